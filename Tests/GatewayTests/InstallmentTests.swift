import Contract
import JSON
import Jobs
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct InstallmentTests {
    @Test(
      "a quote is kept as an estimate, a deposit and a draw are taken of it, and the invoice has what is left",
      .timeLimit(.minutes(1)))
    func downPayment() async throws {
      try await withShop { played in
        try await Desk.create(played, "J-1")
        let quoted = try await played.tool("quote", "J-1", "--service", "design-revision=4", "--save")
        #expect(quoted.status == 0 && quoted.output.contains("Design revision fee"), "\(quoted.output)")
        let state = try await played.state("job/J-1", "the estimate") { $0["estimate"] != nil }
        let total = try #require(state["estimate"]?["total"]?.string)
        let deposit = try await played.tool("billing", "deposit", "J-1", "--percent", "30")
        #expect(deposit.status == 0, "\(deposit.output)")
        let first = try await Story.draft(played.shop)
        #expect(first.kind == "deposit")
        #expect(abs(Story.number(first.payable) - 0.3 * Story.number(total)) < 0.006)
        try await played.state("job/J-1", "the deposit accepted") {
          $0["drafts"]?.array?.first?["state"]?.string == "accepted"
        }
        let draw = try await played.tool("billing", "progress", "J-1", "--percent", "50")
        #expect(draw.status == 0, "\(draw.output)")
        try await played.state("job/J-1", "the draw accepted") {
          $0["drafts"]?.array?.last?["kind"]?.string == "progress"
            && $0["drafts"]?.array?.last?["state"]?.string == "accepted"
        }
        try await played.kill()
        try await played.start()
        try await played.shop.person.command(
          "service.add", ["job": "J-1", "service": "design-revision", "quantity": "5"])
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        let ledger = played.shop.billing.ledger.deliveries
        let invoice = try DraftDocument.read(try #require(ledger.last).bytes)
        #expect(invoice.kind == "invoice")
        let applied = invoice.document["deposits_applied"]?.array ?? []
        #expect(applied.compactMap { $0["kind"]?.string } == ["deposit", "progress"])
        #expect(Recomputed.faults(in: invoice) == [])
        let variance = try await played.tool("quote", "J-1")
        #expect(variance.output.contains("+25 %"), "\(variance.output)")
        try await Story.verify(played)
      }
    }
  }
}
