import MQTT
import ShopSimulator
import Synchronization
import Testing

@Suite("Trap 4: sessions, retained state and the fence", .serialized, .timeLimit(.minutes(1)))
struct SessionTests {
  @Test("a command published while the gateway is away arrives when it comes back")
  func queuedCommand() async throws {
    let broker = try await startBroker { $0.isPersistent = true }
    let other = BrokerClient(broker, id: "operator")
    defer { other.close() }
    let settings = quickSettings(broker.port, session: .durable(expirySeconds: 60), "command/#")
    let first = Recorder()
    try await withLink(settings, first) { _ in #expect(await first.subscribed()) }
    #expect(try await other.send("command/ann/job.start", "1") == .acknowledged)
    try await broker.stop()
    try await broker.restart()
    let second = Recorder()
    try await withLink(settings, second) { _ in
      #expect(await second.message("1"))
      guard case .connected(sessionPresent: true)? = second.events.first(where: \.isConnected) else {
        Issue.record("the session was lost: \(second.events)")
        return
      }
    }
  }

  @Test("a clean link finds nothing from before it")
  func cleanSession() async throws {
    let broker = try await startBroker()
    let other = BrokerClient(broker, id: "operator")
    defer { other.close() }
    let settings = quickSettings(broker.port, "telemetry/#")
    let first = Recorder()
    try await withLink(settings, first) { _ in #expect(await first.subscribed()) }
    #expect(await eventually { broker.log.contains("Client gateway disconnected") })
    #expect(try await other.send("telemetry/a", "old") == .noSubscribers)
    let second = Recorder()
    try await withLink(settings, second) { _ in
      #expect(await second.subscribed())
      try await other.send("telemetry/a", "new")
      #expect(await second.message("new"))
      #expect(second.messages.map(\.text) == ["new"])
    }
  }

  @Test("a broker that grants less than was asked for is refused, not trusted")
  func grantedLess() async throws {
    let broker = try await startBroker { $0.lines.append("max_qos 0") }
    let recorder = Recorder()
    try await withLink(durableSettings(broker.port), recorder) { _ in
      let isNamed = await recorder.error {
        $0.description.contains("refuses the subscription 'command/#': it grants QoS 0 instead of 1")
      }
      #expect(isNamed, "\(recorder.errors)")
      #expect(!recorder.events.contains { if case .subscribed = $0 { true } else { false } })
    }
  }

  @Test("a stored retained command never comes, and a live one is marked")
  func retainedCommands() async throws {
    let broker = try await startBroker()
    let other = BrokerClient(broker, id: "operator")
    defer { other.close() }
    try await other.send("command/ann/a", "stored", retain: true)
    let recorder = Recorder()
    try await withLink(durableSettings(broker.port), recorder) { _ in
      #expect(await recorder.subscribed())
      try await other.send("command/ann/a", "live", retain: true)
      try await other.send("command/ann/a", "plain")
      #expect(await recorder.message("plain"))
      #expect(recorder.messages.map(\.text) == ["live", "plain"])
      #expect(recorder.messages.map(\.retained) == [true, false])
    }
  }

  @Test("birth and retained state are published again on every connect")
  func birthOnEveryConnect() async throws {
    let broker = try await startBroker()
    let holder = Mutex<Link?>(nil)
    let recorder = Recorder(onSubscribed: {
      _ = holder.withLock { $0 }?.publish(publication("status", "online", retain: true))
    })
    let link = try Link(quickSettings(broker.port))
    holder.withLock { $0 = link }
    defer { holder.withLock { $0 = nil } }
    try link.start(recorder)
    defer { link.stop(graceMilliseconds: 1_000) }
    #expect(await recorder.subscribed())
    try await broker.kill()
    try await broker.restart()
    // The broker forgot everything; only a new birth can be found there.
    let panel = BrokerClient(broker, id: "panel", "status")
    defer { panel.close() }
    #expect(try await panel.next(on: "status").text == "online")
  }

  @Test("the last will comes after an abrupt end, and not after a stop in good order")
  func lastWill() async throws {
    let broker = try await startBroker()
    let panel = BrokerClient(broker, id: "panel", "#")
    defer { panel.close() }
    try await panel.connected()
    let isRefusing = Mutex(true)
    let recorder = Recorder { _ in
      isRefusing.withLock { refusing in
        defer { refusing = false }
        return refusing ? .drop : .commit
      }
    }
    var settings = quickSettings(broker.port, "break")
    settings.will = publication("status", "will", retain: true)
    let link = try Link(settings)
    try link.start(recorder)
    #expect(await recorder.subscribed())
    try await panel.send("break", "x", qos: .atMostOnce)
    _ = try await panel.next("will") { $0.text == "will" }
    #expect(await recorder.subscribed(times: 2))
    for number in 0..<100 { _ = link.publish(publication("work", "\(number)")) }
    link.stop(graceMilliseconds: 5_000, last: publication("status", "offline", retain: true))
    _ = try await panel.next("offline") { $0.text == "offline" }
    #expect(panel.unread.filter { $0.topic == "work" }.count == 100)
    #expect(link.publish(publication("work", "late")) == .notConnected)
    #expect(link.statistics.acknowledged == 101)
    try await panel.send("end", "end")
    _ = try await panel.next(on: "end")
    #expect(!panel.unread.contains { $0.text == "will" })
  }

  @Test("what comes before the fence is marked, and what comes after is not")
  func fence() async throws {
    let broker = try await startBroker()
    let other = BrokerClient(broker, id: "button")
    defer { other.close() }
    try await other.send("button/1", "stale", retain: true)
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.subscriptions = [Subscription("#", qos: .atMostOnce, retained: .always)]
    settings.fenceTopic = "chargehand/shop-1/fence/telemetry"
    try await withLink(settings, recorder) { link in
      let passed = await recorder.wait { $0.contains { if case .fencePassed = $0 { true } else { false } } }
      #expect(passed)
      try await other.send("button/1", "fresh")
      #expect(await recorder.message("fresh"))
      #expect(recorder.messages.map(\.text) == ["stale", "fresh"])
      #expect(recorder.messages.map(\.beforeFence) == [true, false])
      #expect(link.statistics.received == 2)
    }
  }

  @Test("a fence that the access list swallows is announced, and presses stay marked")
  func fenceSwallowed() async throws {
    let list = "user gateway\ntopic button/#\n"
    let broker = try await startBroker {
      $0.users = ["gateway": "secret"]
      $0.accessList = list
    }
    let other = BrokerClient(broker, id: "button", login: .init(username: "gateway", password: "secret"))
    defer { other.close() }
    let recorder = Recorder()
    var settings = quickSettings(broker.port, "button/#")
    settings.username = "gateway"
    settings.password = "secret"
    settings.fenceTopic = "chargehand/shop-1/fence/telemetry"
    settings.patienceMilliseconds = 100
    try await withLink(settings, recorder) { _ in
      let isAnnounced = await recorder.wait { events in
        events.contains {
          if case .trouble(let error) = $0 { error.description.contains("access list") } else { false }
        }
      }
      #expect(isAnnounced)
      try await other.send("button/1", "press")
      #expect(await recorder.message("press"))
      #expect(recorder.messages.map(\.beforeFence) == [true])
    }
  }

  @Test("trap 8: a hostile message goes through unharmed, and the next one comes")
  func hostileMessages() async throws {
    let broker = try await startBroker()
    let other = BrokerClient(broker, id: "other")
    defer { other.close() }
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port, "#"), recorder) { link in
      #expect(await recorder.subscribed())
      let longTopic = "a" + String(repeating: "/b", count: 150)
      try await other.send(Publication(topic: longTopic, payload: []))
      try await other.send(Publication(topic: "a b/ü/\u{1F9F1}", payload: [0, 0xFF, 0xFE, 0]))
      try await other.send("end", "end")
      #expect(await recorder.message("end"))
      #expect(recorder.messages.map(\.topic) == [longTopic, "a b/ü/\u{1F9F1}", "end"])
      #expect(recorder.messages[1].payload == [0, 0xFF, 0xFE, 0])
      #expect(link.statistics.connects == 1)
    }
  }
}

extension Recorder.Event {
  var isConnected: Bool { if case .connected = self { true } else { false } }
}
