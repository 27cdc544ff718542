import MQTT
import ShopSimulator
import Synchronization
import Testing
import Torture

@Suite(
  "Trap 3: publish only while connected, and report what became of it", .serialized, .timeLimit(.minutes(1))
)
struct PublishTests {
  @Test("nothing is published or kept while the broker is away")
  func whileDisconnected() async throws {
    let broker = try await startBroker()
    let recorder = Recorder()
    let link = try Link(quickSettings(broker.port))
    #expect(link.publish(publication("billing/draft", "early")) == .notConnected)
    try link.start(recorder)
    defer { link.stop(graceMilliseconds: 1_000) }
    #expect(await recorder.subscribed())
    try await broker.stop()
    #expect(await recorder.error { _ in true })
    for _ in 0..<5 { #expect(link.publish(publication("billing/draft", "late")) == .notConnected) }
    try await broker.restart()
    #expect(await recorder.subscribed(times: 2))
    #expect(link.publish(publication("billing/draft", "now"), token: 7) == .queued)
    let isAcknowledged = await recorder.wait { events in
      events.contains { if case .published(7, _) = $0 { true } else { false } }
    }
    #expect(isAcknowledged)
    #expect(broker.log.occurrences(of: "Received PUBLISH from gateway") == 1)
    #expect(link.statistics.droppedNotConnected == 6)
  }

  @Test("what is in flight when the connection ends is not sent again by the link")
  func diesWithConnection() async throws {
    let broker = try await startBroker()
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port), recorder) { link in
      #expect(await recorder.subscribed())
      broker.freeze()
      for token in 1...40 {
        #expect(link.publish(publication("billing/draft", "x"), token: UInt64(token)) == .queued)
      }
      #expect(await eventually { link.statistics.sent == 32 })
      try await broker.kill()
      #expect(await recorder.error { _ in true })
      try await broker.restart()
      #expect(await recorder.subscribed(times: 2))
      #expect(link.publish(publication("billing/draft", "again"), token: 99) == .queued)
      let isAcknowledged = await recorder.wait { events in
        events.contains { if case .published(99, _) = $0 { true } else { false } }
      }
      #expect(isAcknowledged)
      #expect(link.statistics.lostWithConnection == 40)
      #expect(broker.log.occurrences(of: "Received PUBLISH from gateway") == 1)
      let reported = recorder.events.compactMap { event -> UInt64? in
        if case .published(let token, _) = event { return token }
        return nil
      }
      #expect(reported == [99])
    }
  }

  @Test("a full queue refuses the newest and counts it")
  func boundedQueue() async throws {
    let broker = try await startBroker()
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.queueLimit = 10
    settings.inFlightLimit = 1
    try await withLink(settings, recorder) { link in
      #expect(await recorder.subscribed())
      broker.freeze()
      defer { broker.thaw() }
      #expect(link.publish(publication("state/a", "x")) == .queued)
      #expect(await eventually { link.statistics.sent == 1 })
      for _ in 0..<10 { #expect(link.publish(publication("state/a", "x")) == .queued) }
      for _ in 0..<5 { #expect(link.publish(publication("state/a", "x")) == .queueFull) }
      #expect(link.statistics.droppedQueueFull == 5)
      broker.thaw()
      #expect(await eventually { link.statistics.acknowledged == 11 })
    }
  }

  @Test("a receipt tells a publication without subscribers from one with")
  func receipts() async throws {
    let broker = try await startBroker()
    let listener = BrokerClient(broker, id: "listener", "heard/#")
    let speaker = BrokerClient(broker, id: "speaker")
    defer {
      listener.close()
      speaker.close()
    }
    try await listener.connected()
    #expect(try await speaker.send("heard/a", "x") == .acknowledged)
    #expect(try await speaker.send("unheard/a", "x") == .noSubscribers)
    #expect(try await speaker.send("heard/a", "x", qos: .atMostOnce) == .acknowledged)
  }

  @Test("a publication that the broker's access list forbids is reported in words")
  func forbidden() async throws {
    let list = "user ann\ntopic allowed\n"
    let broker = try await startBroker {
      $0.users = ["ann": "secret"]
      $0.accessList = list
    }
    let ann = BrokerClient(broker, id: "ann", login: .init(username: "ann", password: "secret"))
    defer { ann.close() }
    #expect(try await ann.send("forbidden", "x") == .refused("not authorized"))
    #expect(try await ann.send("allowed", "x") == .noSubscribers)
  }

  @Test("a message above the broker's or our own packet limit is refused, and the link lives on")
  func oversize() async throws {
    let broker = try await startBroker { $0.lines.append("max_packet_size 2000") }
    let speaker = BrokerClient(broker, id: "speaker")
    defer { speaker.close() }
    let large = Publication(topic: "a", payload: [UInt8](repeating: 0, count: 3_000))
    guard case .refused(let text) = try await speaker.send(large) else {
      Issue.record("it was not refused")
      return
    }
    #expect(text.contains("larger than"))
    #expect(try await speaker.send("a", "x") == .noSubscribers)
    #expect(speaker.link.statistics.connects == 1)

    // Inbound: the broker keeps to the maximum packet size of our CONNECT.
    let patient = try await startBroker()
    let other = BrokerClient(patient, id: "speaker")
    defer { other.close() }
    let recorder = Recorder()
    var settings = quickSettings(patient.port, session: .durable(expirySeconds: 60), "#")
    settings.maximumPacketSize = 2_000
    try await withLink(settings, recorder) { link in
      #expect(await recorder.subscribed())
      try await other.send(large)
      try await other.send("a", "small")
      #expect(await recorder.message("small"))
      #expect(recorder.messages.count == 1)
      #expect(link.statistics.connects == 1)
    }
  }

  @Test("a hostile topic is refused before it is sent")
  func hostileTopics() async throws {
    for topic in ["", "a/+", "#", "a\u{0}b", "a\nb", "a\u{7F}", String(repeating: "x", count: 65_536)] {
      let outcome = try Link(quickSettings(1)).publish(publication(topic, "x"))
      guard case .refused = outcome else {
        Issue.record("\(topic.prefix(20)) was not refused: \(outcome)")
        continue
      }
    }
  }

  @Test("correlation data, response and content type go there and back")
  func properties() async throws {
    let broker = try await startBroker()
    let client = BrokerClient(broker, id: "client", "a/#")
    defer { client.close() }
    var publication = publication("a/b", "x")
    publication.responseTopic = "a/reply"
    publication.correlationData = [0, 255, 1]
    publication.contentType = "application/json"
    #expect(try await client.send(publication) == .acknowledged)
    let message = try await client.next(on: "a/b")
    #expect(
      message
        == Message(
          topic: "a/b", payload: [UInt8]("x".utf8), qos: .atLeastOnce, responseTopic: "a/reply",
          correlationData: [0, 255, 1], contentType: "application/json"))
  }

  @Test("trap 11: a command's round trip takes milliseconds, not tens of them")
  func roundTrip() async throws {
    let broker = try await startBroker()
    let holder = Mutex<Link?>(nil)
    let gateway = Recorder { batch in
      for message in batch {
        _ = holder.withLock { $0 }?.publish(publication("reply/ann/1", message.text))
      }
      return .commit
    }
    let operatorTool = BrokerClient(broker, id: "operator", "reply/ann/#")
    defer { operatorTool.close() }
    try await withLink(durableSettings(broker.port), gateway) { link in
      holder.withLock { $0 = link }
      defer { holder.withLock { $0 = nil } }
      #expect(await gateway.subscribed())
      try await operatorTool.connected()
      var times: [Duration] = []
      for number in 0..<101 {
        let start = ContinuousClock.now
        // Not awaiting the PUBACK: only the reply counts.
        _ = operatorTool.link.publish(publication("command/ann/a", "\(number)"))
        _ = try await operatorTool.next("\(number)") { $0.text == "\(number)" }
        times.append(ContinuousClock.now - start)
      }
      times.sort()
      #expect(times[50] < .milliseconds(10) * slack, "median \(times[50]), worst \(times[100])")
      print("command to reply: median \(times[50]), 90 % \(times[90]), worst \(times[100])")
    }
  }
}
