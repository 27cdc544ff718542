import Contract
import Foundation
import JSON
import Journal
import Jobs
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// What billing compares its own books with.
  @Suite(.serialized) struct LedgerTests {
    @Test(
      "the ledger is retained, said anew on ledger.publish and on a connect, and adds up to billing's own books",
      .timeLimit(.minutes(2)))
    func published() async throws {
      try await withShop(decide: { $0.number == 4 ? .reject("no such customer") : .accept }) { played in
        let (shop, topic) = (played.shop, played.shop.topics.ledger)
        let books = BrokerClient("books", port: shop.broker.port, filters: [topic])
        try await books.connected()
        let first = try await books.state(of: topic, "the first ledger") { _ in true }
        #expect(first.json?["last_sequence"] == 0 && first.json?["count"] == 0)
        #expect(first.json?["sum"] == "0.00" && first.json?["currency"] == "USD")

        try await Desk.bill(played, "J-1")
        try await played.state("job/J-1", "J-1 accepted") { $0["billing_state"]?.string == "accepted" }
        try await shop.person.command("job.reopen", ["job": "J-1", "reason": "a fee was forgotten"])
        try await shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try await shop.person.command("job.complete", ["job": "J-1"])
        try await played.state("job/J-1", "the new draft accepted") {
          $0["drafts"]?.array?.compactMap { $0["state"]?.string } == ["credited", "accepted", "accepted"]
        }
        try await Desk.bill(played, "J-2")
        try await played.state("job/J-2", "J-2 rejected") { $0["billing_state"]?.string == "rejected" }
        #expect(books.latest(topic)?.json?["last_sequence"] == 0, "nobody asked for another")

        let receipt = try await shop.person.command("ledger.publish", [:])
        #expect(receipt.message?.hasPrefix("drafts that stand, up to sequence 4: 3, together ") == true)
        let second = try await books.state(of: topic, "the ledger of four drafts") {
          $0.json?["last_sequence"] == 4
        }
        let held = try shop.billing.ledger.invoices.map { try DraftDocument.read($0.bytes) }
        #expect(held.map(\.kind) == ["invoice", "credit", "invoice"])
        let sum = held.reduce(Foundation.Decimal(0)) {
          $0 + Recomputed.number($1.payable) * ($1.kind == "credit" ? -1 : 1)
        }
        let said = try #require(second.json)
        #expect(said["count"] == 3 && said["first_sequence"] == 1)
        #expect(Recomputed.number(try #require(said["sum"]?.string)) == sum)
        #expect(said["series"]?.string == held.first.map { String($0.id.prefix(6)) })

        // By the tool the same, but for when it was said, and which row was the newest.
        let shown = try await played.tool("ledger", "show", "--json")
        #expect(shown.status == 0, "\(shown.output)")
        let told = try JSONScanner.parse(Array(shown.output.utf8), limits: .trusted)
        for member in ["series", "first_sequence", "last_sequence", "count", "sum", "currency"] {
          #expect(told[member] == said[member], "\(member)")
        }
        let table = try await played.tool("ledger", "show").output
        #expect(table.contains("1 to 4") && table.contains("\(said["sum"]?.string ?? "?") USD"), "\(table)")
        let asked = try await played.tool("ledger", "publish")
        #expect(asked.status == 0 && asked.output.contains("up to sequence 4: 3"), "\(asked.output)")

        // Its audit head is one that the journal had.
        let head = try #require(said["audit_head"]?.string)
        let journal = try played.journal()
        let rows = try journal.rows(after: 0, upTo: try journal.head().sequence)
        #expect(rows.contains { $0.head.text == head })

        try await played.kill()
        try await played.start()
        let third = try await books.state(of: topic, "the ledger after a restart") {
          $0.json?["last_sequence"] == 4 && $0.json?["at"] != second.json?["at"]
        }
        #expect(third.json?["sum"] == said["sum"])
        let late = BrokerClient("late", port: shop.broker.port, filters: [topic])
        try await late.connected()
        #expect(try await late.state(of: topic, "the retained one") { _ in true }.payload == third.payload)
        late.close()
        books.close()
        try await Story.verify(played)
      }
    }
  }
}
