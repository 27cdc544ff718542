import Synchronization

extension Connection {
  /// Reads while there is something, then hands all of it over at once.
  func readAndHandle() throws(LinkError.Reason) {
    var events: [ClientEvent] = []
    var failure: LinkError.Reason?
    do throws(LinkError.Reason) {
      // One call reads about one packet and ignores its packet limit; with TLS there may be more in the
      // library's buffer than poll can see. So: until a call brings nothing.
      while events.count < Self.batchLimit {
        try client.read()
        let more = client.takeEvents()
        if more.isEmpty { break }
        events += more
      }
    } catch {
      failure = error
      events += client.takeEvents()
    }
    if let failure {
      // What came at QoS 1 comes again; what came at QoS 0 does not, so it is handed over.
      let kept = messages(in: events).filter { $0.qos == .atMostOnce }
      if !kept.isEmpty && stage != .greeting { _ = handler.received(kept) }
      throw ending(events) ?? failure
    }
    try handle(events)
    if client.socket < 0 { throw ending(events) ?? .closed }
  }

  private func handle(_ events: [ClientEvent]) throws(LinkError.Reason) {
    for case .accepted(let code, let sessionPresent) in events { try accepted(code, sessionPresent) }
    let batch = messages(in: events)
    if !batch.isEmpty, handler.received(batch) == .drop {
      client.cut()
      throw .notCommitted
    }
    let now = boottimeMilliseconds()
    for event in events {
      switch event {
      case .published(let packet, let code): published(packet, code)
      case .subscribed(let packet, let codes): try subscribed(packet, codes, now)
      case .accepted, .message, .ended: break
      }
    }
    if fenceReturned {
      fenceReturned = false
      handler.fencePassed()
    }
  }

  /// The messages for the handler, marked; the fence's own are taken out.
  private func messages(in events: [ClientEvent]) -> [Message] {
    var batch: [Message] = []
    for case .message(var message) in events {
      if message.topic == settings.fenceTopic {
        if fence?.passes(message) == true { fenceReturned = true }
        continue
      }
      message.beforeFence = fence.map { !$0.isPassed } ?? false
      batch.append(message)
    }
    if !batch.isEmpty { shared.count { $0.received += UInt64(batch.count) } }
    return batch
  }

  private func accepted(_ code: UInt8, _ sessionPresent: Bool) throws(LinkError.Reason) {
    guard code == 0 else { throw .refused(code: code, text: MosquittoCode.reasonText(code)) }
    shared.count { $0.connects += 1 }
    shared.outgoing.withLock { outgoing in
      outgoing.isOpen = outgoing.stop == nil
      // Meant for an earlier connection.
      outgoing.shallCut = false
    }
    enter(.subscribing, boottimeMilliseconds())
    handler.connected(sessionPresent: sessionPresent)
    var wanted = settings.subscriptions
    if let topic = settings.fenceTopic {
      wanted.append(Subscription(topic, qos: .atMostOnce, retained: .never))
    }
    for subscription in wanted { pending[try client.subscribe(subscription)] = subscription }
    if pending.isEmpty { allSubscribed(boottimeMilliseconds()) }
  }

  private func subscribed(_ packet: Int32, _ codes: [UInt8], _ now: Int64) throws(LinkError.Reason) {
    guard let subscription = pending.removeValue(forKey: packet) else { return }
    let code = codes.first ?? 0x80
    if code >= 0x80 {
      let reason = LinkError.Reason.subscriptionRefused(
        filter: subscription.filter, code: code, text: MosquittoCode.reasonText(code))
      guard subscription.isOptional else { throw reason }
      handler.trouble(LinkError(link: settings.name, broker: settings.broker, reason: reason))
      if pending.isEmpty && stage == .subscribing { allSubscribed(now) }
      return
    }
    // At QoS 0 nothing would come again, however carefully it is acknowledged after the commit.
    guard code >= subscription.qos.rawValue else {
      let text = "it grants QoS \(code) instead of \(subscription.qos.rawValue)"
      throw .subscriptionRefused(filter: subscription.filter, code: code, text: text)
    }
    if pending.isEmpty && stage == .subscribing { allSubscribed(now) }
  }

  private func allSubscribed(_ now: Int64) {
    enter(.ready, now)
    sendFence(now)
    handler.subscribed()
  }

  func reportWritten(_ events: [ClientEvent]) {
    for case .published(let packet, let code) in events { published(packet, code) }
  }

  private func published(_ packet: Int32, _ code: UInt8) {
    guard let entry = inFlight.removeValue(forKey: packet) else { return }
    if entry.qos == .atLeastOnce { unacknowledged -= 1 }
    let receipt: Receipt =
      switch code {
      case 0x10: .noSubscribers
      case 0..<0x80: .acknowledged
      default: .refused(MosquittoCode.reasonText(code))
      }
    shared.count {
      if case .refused = receipt {
        $0.refused += 1
      } else if entry.qos == .atLeastOnce {
        $0.acknowledged += 1
      }
    }
    if let token = entry.token { handler.published(token, receipt) }
  }

  /// The best reason in what the callbacks saw, if any: a CONNACK or a DISCONNECT says more than the
  /// closed socket after it.
  private func ending(_ events: [ClientEvent]) -> LinkError.Reason? {
    for case .accepted(let code, _) in events where code != 0 {
      return .refused(code: code, text: MosquittoCode.reasonText(code))
    }
    for case .ended(let code) in events where code >= 0x80 {
      let code = UInt8(clamping: code)
      return .disconnected(code: code, text: MosquittoCode.reasonText(code))
    }
    return nil
  }
}
