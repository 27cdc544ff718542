import MQTT
import Synchronization
import Testing

@Suite("Trap 4: sessions, retained state and the fence", .serialized)
struct SessionTests {
  @Test("a command published while the gateway is away arrives when it comes back")
  func queuedCommand() async throws {
    let broker = try PrivateBroker(BrokerSettings(isPersistent: true))
    let other = try BrokerClient(broker, id: "operator")
    defer { other.close() }
    let settings = quickSettings(broker.port, session: .durable(expirySeconds: 60), "command/#")
    let first = Recorder()
    try await withLink(settings, first) { _ in #expect(await first.subscribed()) }
    #expect(await other.publish("command/ann/job.start", "1") == .acknowledged)
    try broker.restart()
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
    let broker = try PrivateBroker()
    let other = try BrokerClient(broker, id: "operator")
    defer { other.close() }
    let settings = quickSettings(broker.port, "telemetry/#")
    let first = Recorder()
    try await withLink(settings, first) { _ in #expect(await first.subscribed()) }
    #expect(await eventually { broker.log.contains("Client gateway disconnected") })
    #expect(await other.publish("telemetry/a", "old") == .noSubscribers)
    let second = Recorder()
    try await withLink(settings, second) { _ in
      #expect(await second.subscribed())
      await other.publish("telemetry/a", "new")
      #expect(await second.message("new"))
      #expect(second.messages.map(\.text) == ["new"])
    }
  }

  @Test("a stored retained command never comes, and a live one is marked")
  func retainedCommands() async throws {
    let broker = try PrivateBroker()
    let other = try BrokerClient(broker, id: "operator")
    defer { other.close() }
    await other.publish("command/ann/a", "stored", retain: true)
    let recorder = Recorder()
    try await withLink(durableSettings(broker.port), recorder) { _ in
      #expect(await recorder.subscribed())
      await other.publish("command/ann/a", "live", retain: true)
      await other.publish("command/ann/a", "plain")
      #expect(await recorder.message("plain"))
      #expect(recorder.messages.map(\.text) == ["live", "plain"])
      #expect(recorder.messages.map(\.retained) == [true, false])
    }
  }

  @Test("birth and retained state are published again on every connect")
  func birthOnEveryConnect() async throws {
    let broker = try PrivateBroker()
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
    broker.kill()
    try broker.start()
    // The broker forgot everything; only a new birth can be found there.
    let panel = try BrokerClient(broker, id: "panel", "status")
    defer { panel.close() }
    #expect(await panel.next(on: "status")?.text == "online")
  }

  @Test("the last will comes after an abrupt end, and not after a stop in good order")
  func lastWill() async throws {
    let broker = try PrivateBroker()
    let panel = try BrokerClient(broker, id: "panel", "#")
    defer { panel.close() }
    #expect(await panel.ready())
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
    await panel.publish("break", "x", qos: .atMostOnce)
    #expect(await panel.next { $0.text == "will" } != nil)
    #expect(await recorder.subscribed(times: 2))
    for number in 0..<100 { _ = link.publish(publication("work", "\(number)")) }
    link.stop(graceMilliseconds: 5_000, last: publication("status", "offline", retain: true))
    #expect(await panel.next { $0.text == "offline" } != nil)
    #expect(panel.unread.filter { $0.topic == "work" }.count == 100)
    #expect(link.publish(publication("work", "late")) == .notConnected)
    #expect(link.statistics.acknowledged == 101)
    await panel.publish("end", "end")
    #expect(await panel.next(on: "end") != nil)
    #expect(!panel.unread.contains { $0.text == "will" })
  }

  @Test("what comes before the fence is marked, and what comes after is not")
  func fence() async throws {
    let broker = try PrivateBroker()
    let other = try BrokerClient(broker, id: "button")
    defer { other.close() }
    await other.publish("button/1", "stale", retain: true)
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.subscriptions = [Subscription("#", qos: .atMostOnce, retained: .always)]
    settings.fenceTopic = "chargehand/shop-1/fence/telemetry"
    try await withLink(settings, recorder) { link in
      let passed = await recorder.wait { $0.contains { if case .fencePassed = $0 { true } else { false } } }
      #expect(passed)
      await other.publish("button/1", "fresh")
      #expect(await recorder.message("fresh"))
      #expect(recorder.messages.map(\.text) == ["stale", "fresh"])
      #expect(recorder.messages.map(\.beforeFence) == [true, false])
      #expect(link.statistics.received == 2)
    }
  }

  @Test("a fence that the access list swallows is announced, and presses stay marked")
  func fenceSwallowed() async throws {
    let list = "user gateway\ntopic button/#\n"
    let broker = try PrivateBroker(BrokerSettings(users: ["gateway": "secret"], accessList: list))
    let other = try BrokerClient(broker, id: "button", username: "gateway", password: "secret")
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
      await other.publish("button/1", "press")
      #expect(await recorder.message("press"))
      #expect(recorder.messages.map(\.beforeFence) == [true])
    }
  }

  @Test("a hostile message goes through unharmed")
  func hostileMessages() async throws {
    let broker = try PrivateBroker()
    let other = try BrokerClient(broker, id: "other")
    defer { other.close() }
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port, "#"), recorder) { link in
      #expect(await recorder.subscribed())
      let longTopic = "a" + String(repeating: "/b", count: 150)
      await other.publish(Publication(topic: longTopic, payload: []))
      await other.publish(Publication(topic: "a b/ü/\u{1F9F1}", payload: [0, 0xFF, 0xFE, 0]))
      await other.publish("end", "end")
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
