import Contract
import JSON
import Jobs
import MQTT
import Measures
import ShopSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct PeopleTests {
  private let topics = Topics(gateway: "shop-1")

  @Test func `an operator repeats a command under the same id until it is answered`() async throws {
    try await withBroker { broker in
      let gateway = BrokerClient(
        "gateway", port: broker.port, filters: [topics.commandFilter], wantsRetained: false)
      try await gateway.connected()
      let person = SimulatedOperator(gateway: "shop-1", port: broker.port)
      try await person.connected()
      async let reply = person.reply(to: "job.pause", [(name: "work_center", text: "mill-1")])
      let first = try await gateway.next("the command") { _ in true }
      let second = try await gateway.next("the same command again") { _ in true }
      #expect(first.topic == topics.command("operator-1", "job.pause"))
      #expect(second.payload == first.payload)
      let bytes = Reply.bytes(id: "s1.1", result: .failure(Refusal(.notRunning, "nothing runs at mill-1")))
      gateway.publish(topics.reply("operator-1", "s1.1"), bytes)
      let answered = try await reply
      let refusal = #expect(throws: Refusal.self) { try answered.result.get() }
      #expect(refusal?.code == .notRunning)
    }
  }

  @Test func `billing takes a draft in once, whatever comes how often`() async throws {
    try await withBilling { billing, gateway in
      let bytes = try draft("S-000001")
      #expect(try await answer(to: bytes, gateway)?.outcome == .accepted)
      let again = try await answer(to: bytes, gateway)
      #expect(again?.outcome == .duplicate)
      #expect(again?.reference == "INV-1001")
      // It takes no other revision of what it acknowledged, and says once more which that is.
      let repeated = try await answer(to: draft("S-000001", revision: 2), gateway)
      #expect(repeated?.revision == 1 && repeated?.outcome == .duplicate && repeated?.reference == "INV-1001")
      let message = try await gateway.next("the rejection") { [topics] in $0.topic == topics.ack }
      let refused = try BillingAck.decode(message.payload).get()
      #expect(refused.revision == 2 && refused.outcome == .rejected)
      #expect(billing.ledger.invoices.map(\.revision) == [1])
      #expect(billing.ledger.deliveries.map(\.repeats) == [0, 1, 0])
      #expect(billing.ledger.deliveries[1].bytes == bytes)
      #expect(billing.ledger.faults.isEmpty)
    }
  }

  @Test func `billing notices other bytes under a known id, and a hash that is wrong`() async throws {
    try await withBilling { billing, gateway in
      _ = try await answer(to: draft("S-000001"), gateway)
      _ = try await answer(to: draft("S-000001", payable: "99.00"), gateway)
      var broken = try draft("S-000002")
      broken.replace(Array("10.00".utf8), with: Array("20.00".utf8))
      gateway.publish(topics.draft, broken)
      let faults = try await billing.wait(for: "two faults") { $0.faults.count == 2 ? $0.faults : nil }
      #expect(
        faults == [
          "S-000001 revision 1 came again with other bytes", "delivery 3 is no draft with a right hash",
        ])
      #expect(billing.ledger.invoices.count == 1)
    }
  }

  @Test func `a billing service that is killed gets the draft again, and answers it once it lives`()
    async throws
  {
    let script: @Sendable (SimulatedBilling.Delivery) -> SimulatedBilling.Answer = { delivery in
      switch delivery.number {
      case 1: .killedBefore
      case 2: .killedAfter
      default: .accept
      }
    }
    try await withBilling(script) { billing, gateway in
      let ack = try await answer(to: draft("S-000001"), gateway)
      #expect(ack?.outcome == .duplicate)
      #expect(billing.ledger.deliveries.count == 3)
      #expect(billing.ledger.invoices.count == 1)
    }
  }

  @Test func `billing can reject, name a wrong hash, and be silent`() async throws {
    let script: @Sendable (SimulatedBilling.Delivery) -> SimulatedBilling.Answer = { delivery in
      switch delivery.number {
      case 1: .silent
      case 2: .reject("no such customer")
      case 3: .wrongHash
      default: .accept
      }
    }
    try await withBilling(script) { billing, gateway in
      gateway.publish(topics.draft, try draft("S-000001"))
      _ = try await billing.wait(for: "the first") { $0.deliveries.count == 1 ? true : nil }
      let rejected = try await answer(to: draft("S-000001"), gateway)
      #expect(rejected?.outcome == .rejected)
      #expect(rejected?.reason == "no such customer")
      #expect(
        try await answer(to: draft("S-000001"), gateway)?.contentSHA256 == String(repeating: "0", count: 64))
      #expect(billing.ledger.invoices.isEmpty)
      #expect(try await answer(to: draft("S-000001"), gateway)?.outcome == .accepted)
      let invoice = try #require(billing.ledger.invoices.first)
      let event = try await billing.report(.paid, of: invoice)
      let message = try await gateway.next("the payment") { $0.topic == topics.billingStatus }
      let status = try BillingStatusMessage.decode(message.payload).get()
      #expect(status.state == .paid && status.event == event && status.draft.text == "S-000001")
    }
  }

  private func withBilling(
    _ script: @escaping @Sendable (SimulatedBilling.Delivery) -> SimulatedBilling.Answer = { _ in .accept },
    _ body: (SimulatedBilling, BrokerClient) async throws -> Void
  ) async throws {
    try await withBroker { broker in
      let gateway = BrokerClient(
        "gateway", port: broker.port, filters: [topics.ack, topics.billingStatus], wantsRetained: false)
      try await gateway.connected()
      let billing = SimulatedBilling(gateway: "shop-1", port: broker.port, digest: checksum, decide: script)
      try await billing.connected()
      try await body(billing, gateway)
    }
  }

  private func answer(to draft: [UInt8], _ gateway: BrokerClient) async throws -> BillingAck? {
    gateway.publish(topics.draft, draft)
    let message = try await gateway.next("an acknowledgment") { [topics] in $0.topic == topics.ack }
    return try BillingAck.decode(message.payload).get()
  }
}
