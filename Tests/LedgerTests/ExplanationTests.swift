import Contract
import JSON
import ShopSimulator
import TestGateway
import Testing

/// What `explain` says of amounts: every product that it shows must be right.
@Suite(.serialized) struct ExplanationTests {
  @Test("where prices are with tax, explain multiplies those, and shows the tax", .timeLimit(.minutes(1)))
  func taxIncluded() async throws {
    try await withShop(edit: { text in
      text.replacing("currency: USD", with: "currency: EUR").replacing(
        "  markup: 15%", with: "  prices_include_tax: true"
      ).replacing(", markup: 20%", with: "").replacing("rate: 8.25%", with: "rate: 19%")
    }) { played in
      let person = played.shop.person
      try await person.command("job.create", ["job": "J-1", "customer": "acme", "parts": "[]"])
      try await person.command(
        "service.add",
        ["job": "J-1", "name": "Screw", "price": "0.10", "tax": "standard", "quantity": "7"])
      try await person.command(
        "material.record", ["job": "J-1", "material": "pla-black", "grams": "250"])
      try await person.command("job.complete", ["job": "J-1"])
      let draft = try await Self.draft(played)
      let explained = try await played.tool("explain", draft.id).output
      for text in [
        "amount    0.70 EUR with tax = 7 × 0.10 EUR; net 0.59 EUR",
        "price     0.10 EUR with tax, no markup",
        "tax       S 19 %, taken out of the sum of its lines",
        "amount    6.23 EUR with tax = 0.25 kg × 24.90 EUR/kg; net 5.23 EUR",
        "price     24.90 EUR/kg with tax, no markup",
        "to pay    6.93 EUR",
      ] {
        #expect(explained.contains(text), "\(text) is not in:\n\(explained)")
      }
      #expect(
        !explained.contains("cost  "), "without a markup there is nothing beside the amount:\n\(explained)")
      let line = try await played.tool("explain", draft.id, "L1").output
      #expect(!line.contains("to pay"), "\(line)")
    }
  }

  @Test("explain says what was billed before and what is withheld", .timeLimit(.minutes(1)))
  func installments() async throws {
    try await withShop { played in
      let person = played.shop.person
      try await person.command("job.create", ["job": "J-1", "customer": "acme", "parts": "[]"])
      let quoted = try await played.tool("quote", "J-1", "--service", "design-revision=4", "--save")
      #expect(quoted.status == 0, "\(quoted.output)")
      // Of a part that there is not nothing is costed.
      let lost = try await played.tool("quote", "J-1", "--material", "pla-black=10g@nopart")
      #expect(
        lost.status == 1 && lost.output.hasPrefix("chargehand: job J-1 has no part nopart"), "\(lost.output)")
      #expect(try await played.tool("billing", "deposit", "J-1", "--amount", "42").status == 0)
      let deposit = try await Self.draft(played)
      try await played.state("job/J-1", "the deposit accepted") {
        $0["drafts"]?.array?.first?["state"]?.string == "accepted"
      }
      try await person.command("service.add", ["job": "J-1", "service": "design-revision", "quantity": "4"])
      try await person.command("job.complete", ["job": "J-1"])
      let invoice = try await Self.draft(played, number: 2)
      let explained = try await played.tool("explain", invoice.id).output
      for text in [
        "amount    168.00 USD = 4 × 42.00 USD", "price     42.00 USD, with 20 % markup of the customer",
        "cost      140.00 USD, the amount before markup",
        "prepaid   -42.00 USD, by the deposit \(deposit.id)", "to pay    126.00 USD",
      ] {
        #expect(explained.contains(text), "\(text) is not in:\n\(explained)")
      }
      let table = try await played.tool("quote", "J-1").output
      #expect(table.contains("all, with tax"), "\(table)")
    }
  }

  private static func draft(_ played: PlayedShop, number: Int = 1) async throws -> DraftView {
    let invoices = try await played.shop.billing.wait(for: "draft \(number)", within: .seconds(30)) {
      ledger in
      ledger.invoices.count >= number ? ledger.invoices : nil
    }
    return try DraftDocument.read(invoices[number - 1].bytes)
  }
}
