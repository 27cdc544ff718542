import MQTT
import ShopSimulator
import Synchronization
import Testing

@Suite("Trap 1: acknowledge after the commit", .serialized, .timeLimit(.minutes(1)))
struct CommitTests {
  @Test("no PUBACK leaves before the handler has committed")
  func noEarlyAcknowledgement() async throws {
    let broker = try await startBroker()
    let gate = Gate()
    let recorder = Recorder { _ in
      gate.pass()
      return .commit
    }
    let other = BrokerClient(broker, id: "operator", "ping")
    defer { other.close() }
    try await withLink(durableSettings(broker.port), recorder) { _ in
      defer { gate.open() }
      #expect(await recorder.subscribed())
      #expect(try await other.send("command/ann/job.start", "1") == .acknowledged)
      #expect(await recorder.message("1"))
      // The handler holds the batch. Ten round trips through the broker give it time to read an early ack.
      for number in 0..<10 {
        try await other.send("ping", "\(number)")
        _ = try await other.next(on: "ping")
      }
      #expect(!broker.log.contains("Received PUBACK from gateway"))
      gate.open()
      #expect(await eventually { broker.log.contains("Received PUBACK from gateway") }, "\(broker.log)")
    }
  }

  @Test("a batch that could not be stored comes again, and no acknowledgement of it ever left")
  func refusedBatchIsRedelivered() async throws {
    let broker = try await startBroker()
    let refusals = Mutex(3)
    let recorder = Recorder { _ in
      refusals.withLock { left in
        left -= 1
        return left >= 0 ? .drop : .commit
      }
    }
    let other = BrokerClient(broker, id: "operator")
    defer { other.close() }
    try await withLink(durableSettings(broker.port), recorder) { _ in
      #expect(await recorder.subscribed())
      try await other.send("command/ann/job.start", "1")
      #expect(await recorder.message("1", times: 4))
      #expect(await eventually { broker.log.contains("Received PUBACK from gateway") }, "\(broker.log)")
      #expect(broker.log.occurrences(of: "Received PUBACK from gateway") == 1)
      #expect(recorder.errors.map(\.reason) == [.notCommitted, .notCommitted, .notCommitted])
    }
  }

  @Test("a cut lets no acknowledgement leave and no goodbye, and the link comes back")
  func cut() async throws {
    let broker = try await startBroker()
    let holder = Mutex<Link?>(nil)
    // Cut from elsewhere while the first batch is on its way to its acknowledgement.
    let recorder = Recorder { _ in
      holder.withLock { link in
        link?.cut()
        link = nil
      }
      return .commit
    }
    let panel = BrokerClient(broker, id: "panel", "status")
    defer { panel.close() }
    try await panel.connected()
    var settings = durableSettings(broker.port)
    settings.will = publication("status", "will")
    try await withLink(settings, recorder) { link in
      #expect(await recorder.subscribed())
      holder.withLock { $0 = link }
      try await panel.send("command/ann/job.start", "1")
      #expect(await recorder.message("1", times: 2))
      #expect(try await panel.next(on: "status").text == "will")
      #expect(await eventually { broker.log.contains("Received PUBACK from gateway") }, "\(broker.log)")
      #expect(broker.log.occurrences(of: "Received PUBACK from gateway") == 1)
      #expect(recorder.errors.map(\.reason) == [.cut])
      #expect(recorder.errors[0].description.contains("cut from this side"))
    }
  }

  @Test("a cut while the broker is away does not cost the next connection")
  func cutWhileAway() async throws {
    let broker = try await startBroker()
    try await broker.stop()
    let recorder = Recorder()
    try await withLink(durableSettings(broker.port), recorder) { link in
      #expect(await recorder.error { $0.attempt == 1 })
      link.cut()
      try await broker.restart()
      #expect(await recorder.subscribed())
      link.cut()
      #expect(await recorder.subscribed(times: 2))
      #expect(recorder.errors.count { $0.reason == .cut } == 1)
      #expect(link.statistics.connects == 2)
    }
  }

  @Test("what gathers while the handler is busy comes as one batch")
  func oneBatch() async throws {
    let broker = try await startBroker()
    let gate = Gate()
    let recorder = Recorder { _ in
      gate.pass()
      return .commit
    }
    let other = BrokerClient(broker, id: "operator")
    defer { other.close() }
    try await withLink(durableSettings(broker.port), recorder) { _ in
      defer { gate.open() }
      #expect(await recorder.subscribed())
      try await other.send("command/ann/a", "first")
      #expect(await recorder.message("first"))
      for number in 0..<50 { try await other.send("command/ann/a", "\(number)") }
      gate.open()
      #expect(await recorder.message("49"))
      #expect(recorder.messages.map(\.text) == ["first"] + (0..<50).map { "\($0)" })
      let batches = recorder.events.count { if case .batch = $0 { true } else { false } }
      #expect(batches <= 3)
    }
  }
}
