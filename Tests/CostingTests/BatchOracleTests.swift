import Costing
import Jobs
import Measures
import TestShop
import Testing

/// Two jobs of one customer, each billed by itself and both on one draft: the same lines, and the tax on their sum.
struct BatchOracleTests {
  @Test(
    "a batch bills what its jobs would bill alone, but for the tax, which is on the sum",
    arguments: 0..<OracleTests.groups)
  func together(group: UInt64) throws {
    for seed in OracleTests.seeds(of: group) {
      let apart = play(seed, isBatched: false).drafts
      let floor = play(seed, isBatched: true)
      let draft = try #require(floor.drafts.first, "seed \(seed)")
      #expect(floor.drafts.count == 1 && apart.count == 2, "seed \(seed)")
      #expect(draft.breaches == [], "seed \(seed)")
      #expect(draft.lines.map(Self.bill) == apart.flatMap(\.lines).map(Self.bill), "seed \(seed)")
      #expect(draft.lines.map(\.id) == (1...draft.lines.count).map { "L\($0)" }, "seed \(seed)")
      for tax in draft.taxes {
        #expect(tax.tax.base == Self.tax(on: draft, tax), "seed \(seed), \(tax.rate) %")
        check(floor, draft, tax, "seed \(seed), \(tax.rate) %")
      }
    }
  }

  /// The same life, whoever is billed how.
  private func play(_ seed: UInt64, isBatched: Bool) -> Shopfloor {
    var random = SeededGenerator(seed: seed)
    let shop = RandomShop(&random)
    let work = RandomWork(&random, count: 2)
    var rules = shop.rules
    rules.customers["acme"]?.batch = isBatched ? .onCommand : nil
    var floor = Shopfloor.played(rules)
    var refused: [String] = []
    for var order in work.jobs {
      order.customer = "acme"
      refused += floor.told(.jobCreate(order))
    }
    for deed in work.deeds(1...5, &random) { refused += floor.perform(deed) }
    for order in work.jobs {
      refused += floor.perform(work.service(for: order.job, &random))
      refused += floor.told(.jobComplete(.job(order.job)))
      refused += floor.settleHolds(of: order.job, prices: shop.settledPrices, &random)
    }
    if isBatched { refused += floor.told(.batch(customer: "acme", jobs: nil)) }
    #expect(refused == [], "seed \(seed)")
    return floor
  }

  /// What must be the same on both. With the tax in the price, the net is a matter of all lines of a draft.
  private static func bill(_ line: CostLine) -> [String] {
    let amount = line.taxIncluded.map { "\($0.amount) with tax" } ?? "\(line.netAmount) at \(line.unitPrice)"
    return ["\(line.job)", line.name, "\(line.quantity)", amount, line.quality.rawValue] + line.flags
  }

  /// In minor units: on the net where prices are without it; else it is what comes out of the sum.
  private static func tax(on draft: InvoiceDraft, _ tax: TaxSummary) -> Int64 {
    let mine = draft.lines.filter { $0.tax.category == tax.category && $0.tax.rate == tax.rate }
    let net = mine.filter { $0.taxIncluded == nil }.reduce(Int64(0)) { $0 + $1.netAmount.base }
    let gross = mine.reduce(Int64(0)) { $0 + ($1.taxIncluded?.amount.base ?? 0) }
    let onTop = (Fraction(Int128(net)) * Fraction(tax.rate)).hundredths.roundedHalfUp(digits: 0)
    let without = Fraction(Int128(gross) * 100) / (Fraction(100) + Fraction(tax.rate))
    return onTop + gross - without.roundedHalfUp(digits: 0)
  }

  /// The jobs' shares add up, and none is a whole unit beside its part of what is taxed.
  private func check(_ floor: Shopfloor, _ draft: InvoiceDraft, _ tax: TaxSummary, _ place: Comment) {
    let shares = draft.jobs.compactMap { job in
      floor.job(job.id)?.standingDraft?.taxes.first { $0.category == tax.category && $0.rate == tax.rate }
    }
    #expect(shares.reduce(0) { $0 + $1.tax.base } == tax.tax.base, place)
    #expect(shares.reduce(0) { $0 + $1.taxable.base } == tax.taxable.base, place)
    for share in shares where draft.lines.allSatisfy({ $0.taxIncluded == nil }) && tax.taxable > .zero {
      let distance =
        Int128(share.tax.base) * Int128(tax.taxable.base) - Int128(tax.tax.base) * Int128(share.taxable.base)
      #expect(distance.magnitude < tax.taxable.base.magnitude, place)
    }
  }
}
