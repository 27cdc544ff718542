import Synchronization

extension Connection {
  /// Hands queued publications to the library, as many as may be in flight, and writes what the socket
  /// takes: acknowledgements of committed batches first, for they were queued first.
  func send() throws(LinkError.Reason) {
    if stage == .connecting { return }
    try write()
    while stage == .subscribing || stage == .ready || stage == .ending, !client.wantsWrite {
      let entries = nextEntries()
      if entries.isEmpty { break }
      for entry in entries { hand(entry) }
      try write()
    }
  }

  /// A few at a time, so that a full socket leaves the rest in our bounded queue, not in the library's.
  private func nextEntries() -> [SendQueue.Entry] {
    shared.outgoing.withLock { outgoing in
      var entries: [SendQueue.Entry] = []
      var room = settings.inFlightLimit - unacknowledged
      while entries.count < 64, let next = outgoing.queue.first {
        if next.publication.qos == .atLeastOnce {
          if room <= 0 { break }
          room -= 1
        }
        _ = outgoing.queue.removeFirst()
        entries.append(next)
      }
      return entries
    }
  }

  private func hand(_ entry: SendQueue.Entry) {
    switch client.publish(entry.publication) {
    case .packet(let packet):
      let qos = entry.publication.qos
      if qos == .atLeastOnce { unacknowledged += 1 }
      if qos == .atLeastOnce || entry.token != nil {
        inFlight[packet] = InFlight(token: entry.token, qos: qos)
      }
      shared.count { $0.sent += 1 }
    case .refused(let text):
      shared.count { $0.refused += 1 }
      if let token = entry.token { handler.published(token, .refused(text)) }
    }
  }

  private func write() throws(LinkError.Reason) {
    try client.write()
    // Writing can only tell that QoS 0 messages went out.
    reportWritten(client.takeEvents())
    if client.socket < 0 { throw .closed }
  }
}
