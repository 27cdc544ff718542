import MQTT
import Synchronization
import Testing

@Suite("Trap 1: acknowledge after the commit", .serialized)
struct CommitTests {
  @Test("no PUBACK leaves before the handler has committed")
  func noEarlyAcknowledgement() async throws {
    let broker = try PrivateBroker()
    let gate = Gate()
    let recorder = Recorder { _ in
      gate.pass()
      return .commit
    }
    let other = try BrokerClient(broker, id: "operator", "ping")
    defer { other.close() }
    try await withLink(durableSettings(broker.port), recorder) { _ in
      defer { gate.open() }
      #expect(await recorder.subscribed())
      #expect(await other.publish("command/ann/job.start", "1") == .acknowledged)
      #expect(await recorder.message("1"))
      // The handler holds the batch. Ten round trips through the broker give it time to read an early ack.
      for number in 0..<10 {
        await other.publish("ping", "\(number)")
        #expect(await other.next(on: "ping") != nil)
      }
      #expect(!broker.log.contains("Received PUBACK from gateway"))
      gate.open()
      #expect(await eventually { broker.log.contains("Received PUBACK from gateway") }, "\(broker.log)")
    }
  }

  @Test("a batch that could not be stored comes again, and no acknowledgement of it ever left")
  func refusedBatchIsRedelivered() async throws {
    let broker = try PrivateBroker()
    let refusals = Mutex(3)
    let recorder = Recorder { _ in
      refusals.withLock { left in
        left -= 1
        return left >= 0 ? .drop : .commit
      }
    }
    let other = try BrokerClient(broker, id: "operator")
    defer { other.close() }
    try await withLink(durableSettings(broker.port), recorder) { _ in
      #expect(await recorder.subscribed())
      await other.publish("command/ann/job.start", "1")
      #expect(await recorder.message("1", times: 4))
      #expect(await eventually { broker.log.contains("Received PUBACK from gateway") }, "\(broker.log)")
      #expect(broker.log.occurrences(of: "Received PUBACK from gateway") == 1)
      #expect(recorder.errors.map(\.reason) == [.notCommitted, .notCommitted, .notCommitted])
    }
  }

  @Test("what gathers while the handler is busy comes as one batch")
  func oneBatch() async throws {
    let broker = try PrivateBroker()
    let gate = Gate()
    let recorder = Recorder { _ in
      gate.pass()
      return .commit
    }
    let other = try BrokerClient(broker, id: "operator")
    defer { other.close() }
    try await withLink(durableSettings(broker.port), recorder) { _ in
      defer { gate.open() }
      #expect(await recorder.subscribed())
      await other.publish("command/ann/a", "first")
      #expect(await recorder.message("first"))
      for number in 0..<50 { await other.publish("command/ann/a", "\(number)") }
      gate.open()
      #expect(await recorder.message("49"))
      #expect(recorder.messages.map(\.text) == ["first"] + (0..<50).map { "\($0)" })
      let batches = recorder.events.count { if case .batch = $0 { true } else { false } }
      #expect(batches <= 3)
    }
  }
}
