import Glibc
import MQTT
import ShopSimulator
import Testing

@Suite("Trap 2: the link always comes back", .serialized, .timeLimit(.minutes(1)))
struct ReconnectLinkTests {
  @Test("a broker that is down at first is found when it comes up")
  func downAtFirst() async throws {
    let broker = try await startBroker()
    try await broker.stop()
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port, "command/#"), recorder) { link in
      #expect(await recorder.error { $0.attempt == 3 && $0.description.contains("connection refused (3rd") })
      let before = link.lastTickMilliseconds
      #expect(await eventually { link.lastTickMilliseconds > before })
      try await broker.restart()
      #expect(await recorder.subscribed())
      #expect(link.statistics.connects == 1)
      #expect((link.statistics.drops["connection refused"] ?? 0) >= 3)
    }
  }

  @Test("a broker that is killed and comes back is subscribed to again")
  func killedAndRestarted() async throws {
    let broker = try await startBroker()
    let recorder = Recorder()
    let other = BrokerClient(broker, id: "operator")
    defer { other.close() }
    try await withLink(quickSettings(broker.port, "command/#"), recorder) { _ in
      for round in 1...3 {
        #expect(await recorder.subscribed(times: round))
        #expect(try await other.send("command/ann/a", "\(round)") == .acknowledged)
        #expect(await recorder.message("\(round)"))
        try await broker.kill()
        let isDown = await recorder.wait { events in
          events.count { if case .disconnected(let e) = $0 { e.reason == .closed } else { false } } >= round
        }
        #expect(isDown)
        try await broker.restart()
      }
    }
  }

  @Test("server busy (0x89) is named and tried again")
  func serverBusy() async throws {
    let broker = try #require(FakeBroker([FakeBroker.busy]))
    defer { broker.close() }
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port), recorder) { _ in
      #expect(await recorder.error { $0.attempt == 3 })
      let first = try #require(recorder.errors.first)
      #expect(first.reason == .refused(code: 0x89, text: "server busy"))
      #expect(first.description.contains("the broker refuses the connection: server busy (next try in"))
    }
  }

  @Test("garbage instead of a CONNACK, or after it, drops the link and is tried again")
  func garbage() async throws {
    let broker = try #require(
      FakeBroker([[0x00], [0xFF], [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], FakeBroker.accepted + [0x00, 0x00]]))
    defer { broker.close() }
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.patienceMilliseconds = 300
    try await withLink(settings, recorder) { _ in
      #expect(await recorder.error { $0.attempt == 5 })
      #expect(broker.connectionCount >= 5)
      // One byte could still become a packet; it is given up in time.
      let labels = recorder.errors.prefix(5).map(\.reason.label)
      let garbage = "protocol error"
      #expect(labels == ["timed out", "timed out", garbage, garbage, garbage])
    }
  }

  @Test("trap 10: packets changed by chance drop the link and never end the process")
  func mutatedPackets() async throws {
    var packets = MutatedPackets(seed: 20_261_121)
    let answers = (0..<600).map { _ in packets.next() }
    let broker = try #require(FakeBroker(answers, greets: true))
    defer { broker.close() }
    let recorder = Recorder()
    var settings = quickSettings(broker.port, "command/#")
    settings.backoff = Backoff(minimumMilliseconds: 1, maximumMilliseconds: 1)
    settings.patienceMilliseconds = 300
    try await withLink(settings, recorder) { link in
      #expect(await eventually(within: .seconds(40)) { broker.connectionCount > 600 })
      #expect(link.statistics.connects >= 600)
    }
    // The mutations must not all fail at the first byte.
    #expect(recorder.messages.count > 20)
  }

  @Test("a broker that accepts and says nothing is given up in time")
  func mute() async throws {
    let broker = try #require(FakeBroker([nil]))
    defer { broker.close() }
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.patienceMilliseconds = 100
    try await withLink(settings, recorder) { _ in
      #expect(await recorder.error { $0.reason == .timedOut("CONNACK from the broker") && $0.attempt == 2 })
    }
  }

  @Test("a frozen broker is noticed by the keepalive")
  func frozen() async throws {
    let broker = try await startBroker()
    let recorder = Recorder()
    var settings = quickSettings(broker.port, "command/#")
    settings.keepaliveSeconds = 5
    try await withLink(settings, recorder) { _ in
      #expect(await recorder.subscribed())
      broker.freeze()
      let isNoticed = await recorder.wait(within: .seconds(30)) { events in
        events.contains { if case .disconnected(let e) = $0 { e.reason == .keepalive } else { false } }
      }
      broker.thaw()
      #expect(isNoticed)
      #expect(await recorder.subscribed(times: 2))
    }
  }

  @Test("the liveness mark stands still while the handler is stuck")
  func liveness() async throws {
    let broker = try await startBroker()
    let gate = Gate()
    let recorder = Recorder { _ in
      gate.pass()
      return .commit
    }
    let other = BrokerClient(broker, id: "operator")
    defer { other.close() }
    try await withLink(quickSettings(broker.port, "command/#"), recorder) { link in
      defer { gate.open() }
      #expect(await recorder.subscribed())
      try await other.send("command/ann/a", "1")
      #expect(await recorder.message("1"))
      let stuckAt = link.lastTickMilliseconds
      let idleAt = other.link.lastTickMilliseconds
      // The other link ticks on meanwhile, three idle turns of it.
      #expect(await eventually { other.link.lastTickMilliseconds > idleAt + 1_000 })
      #expect(link.lastTickMilliseconds == stuckAt)
      gate.open()
      #expect(await eventually { link.lastTickMilliseconds > stuckAt })
    }
  }

  @Test("the liveness mark advances through a long backoff, and a stop ends it at once")
  func longBackoff() async throws {
    let broker = try await startBroker()
    try await broker.stop()
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.backoff = Backoff(minimumMilliseconds: 60_000)
    let link = try Link(settings)
    try link.start(recorder)
    #expect(await recorder.error { $0.description.hasSuffix("connection refused (next try in 60 s)") })
    let before = link.lastTickMilliseconds
    #expect(await eventually { link.lastTickMilliseconds > before + 1_000 })
    let start = ContinuousClock.now
    link.stop(graceMilliseconds: 10_000)
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(recorder.errors.count == 1)
    #expect(throws: LinkError.self) { try link.start(recorder) }
  }

  @Test("a host name is looked up, and one that does not exist is an error in words")
  func names() async throws {
    let broker = try await startBroker()
    let recorder = Recorder()
    var settings = quickSettings(broker.port, "command/#")
    settings.host = "localhost"
    try await withLink(settings, recorder) { _ in #expect(await recorder.subscribed()) }
    let lost = Recorder()
    settings.host = "no-such-host.invalid"
    try await withLink(settings, lost) { _ in
      #expect(await lost.error { $0.description.contains("the host name cannot be resolved") })
    }
  }

  @Test("a DISCONNECT with a reason is put in words")
  func disconnectedWithReason() async throws {
    // mosquitto 2.0.11 sends none when a session is taken over; other brokers do.
    let takenOver: [UInt8] = [0xE0, 0x02, 0x8E, 0x00]
    let broker = try #require(FakeBroker([FakeBroker.accepted + takenOver]))
    defer { broker.close() }
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port), recorder) { _ in
      #expect(await recorder.error { $0.description.contains("another client took over the session") })
    }
  }

  @Test("two links of one client id: each says that there may be a second gateway")
  func twins() async throws {
    let broker = try await startBroker()
    let recorders = [Recorder(), Recorder()]
    let settings = quickSettings(broker.port, id: "chargehand-shop-1-commands")
    try await withLink(settings, recorders[0]) { _ in
      try await withLink(settings, recorders[1]) { _ in
        for recorder in recorders {
          #expect(
            await recorder.error {
              $0.description.contains(
                "check that no second gateway with this id is connected (client id "
                  + "chargehand-shop-1-commands)")
            })
        }
      }
    }
  }

  @Test("a pause in which nobody listened ends the connection; without that wish it goes on")
  func unattended() async throws {
    let broker = try await startBroker()
    for attention: Int64? in [300, nil] {
      let recorder = Recorder { _ in
        usleep(700_000)
        return .commit
      }
      var settings = quickSettings(broker.port, "news", qos: .atMostOnce)
      settings.attentionMilliseconds = attention
      try await withLink(settings, recorder) { link in
        #expect(await recorder.subscribed())
        let client = BrokerClient(broker, id: "teller")
        try await client.send("news", "one")
        #expect(await eventually { recorder.messages.count == 1 })
        if attention == nil {
          try await client.send("news", "two")
          #expect(await eventually { recorder.messages.count == 2 })
          #expect(recorder.errors.isEmpty)
        } else {
          #expect(await recorder.error { $0.description.contains("nobody listened for 0 s") })
        }
        client.close()
      }
    }
  }

  @Test("a TLS connection that is refused while its first bytes leave is given up at once, in words")
  func refusedWhileGreeting() async throws {
    let broker = try await startBroker()
    try await broker.stop()
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.tls = TLSSettings()
    try await withLink(settings, recorder) { _ in
      #expect(await recorder.error { $0.attempt == 5 })
      let reasons = Set(recorder.errors.map(\.reason.label))
      #expect(reasons == ["connection refused"])
    }
  }
}
