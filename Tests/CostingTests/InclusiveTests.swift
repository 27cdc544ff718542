import Costing
import Jobs
import Measures
import TestShop
import Testing

@Suite("Prices with the tax in them")
struct InclusiveTests {
  @Test(
    "what the customer pays is what the list says, and the net amounts are what is left of it",
    arguments: 0..<4)
  func totals(group: UInt64) throws {
    for seed in (group * 50)..<(group * 50 + 50) {
      var random = SeededGenerator(seed: seed)
      let rate = Decimal(significand: Int128(random.int(1...3000)), scale: 2) ?? .one
      var floor = Shopfloor(
        .sample {
          $0.priceList.currency = currency(["EUR", "JPY", "KWD"][Int(seed % 3)])
          $0.priceList.includesTax = true
          $0.priceList.markup = Percentages()
          $0.priceList.taxes["standard"]?.rate = rate
        })
      floor.create("J", parts: [])
      for _ in 0..<random.int(1...20) {
        let price =
          Decimal(significand: Int128(random.int(1...9999)), scale: Int(seed % 3 == 1 ? 0 : 2)) ?? .one
        floor.send(
          .serviceAdd(
            job: "J", service: .free(name: "Pin", price: price, tax: random.chance(70) ? "standard" : "food"),
            quantity: Decimal(random.int(1...9))))
      }
      floor.complete("J")
      let draft = try #require(floor.drafts.last)
      try check(draft, seed)
    }
  }

  private func check(_ draft: InvoiceDraft, _ seed: UInt64) throws {
    var gross: [Decimal: Int64] = [:]
    var net: [Decimal: Int64] = [:]
    for line in draft.lines {
      let paid = try #require(line.taxIncluded).amount.base
      gross[line.tax.rate, default: 0] += paid
      net[line.tax.rate, default: 0] += line.netAmount.base
      // No line is off by a whole minor unit from its own share.
      let share = Fraction(Int128(paid) * 100).over(100, line.tax.rate)
      let difference = Int128(line.netAmount.base) * share.bottom - share.top
      #expect(abs(difference) < share.bottom, "seed \(seed)")
      #expect(
        (line.quantity.multiplied(by: line.unitPrice))?.divided(by: line.priceBaseQuantity, roundedTo: 6)
          == line.netAmount.amount(in: draft.currency), "whoever multiplies gets the same, seed \(seed)")
    }
    for tax in draft.taxes {
      let paid = try #require(gross[tax.rate])
      let exact = Fraction(Int128(paid) * 100).over(100, tax.rate)
      #expect(tax.taxable.base == exact.roundedHalfUp(digits: 0), "seed \(seed)")
      #expect(tax.taxable.base == net[tax.rate], "BR-S-8, seed \(seed)")
      #expect(tax.taxable.base + tax.tax.base == paid, "seed \(seed)")
    }
    #expect(draft.totals.taxInclusive.base == gross.values.reduce(0, +), "seed \(seed)")
    #expect(draft.totals.taxExclusive.base == net.values.reduce(0, +), "BR-CO-10, seed \(seed)")
  }
}

extension Fraction {
  /// Divided by `whole` + `rate`.
  fileprivate func over(_ whole: Int128, _ rate: Decimal) -> Fraction {
    let divisor = Fraction(rate)
    return Fraction(top * divisor.bottom, over: bottom * (whole * divisor.bottom + divisor.top))
  }
}
