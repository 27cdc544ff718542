import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// A fraction of two integers: the test's own exact arithmetic, nothing of the product's.
struct Fraction {
  var top: Int128
  var bottom: Int128

  init(_ top: Int128, over bottom: Int128 = 1) {
    self.top = top
    self.bottom = bottom
  }

  init(_ decimal: Decimal) {
    self.init(decimal.significand, over: (0..<decimal.scale).reduce(Int128(1)) { power, _ in power * 10 })
  }

  static func * (left: Fraction, right: Fraction) -> Fraction {
    Fraction(left.top * right.top, over: left.bottom * right.bottom)
  }

  /// The nearest integer of `self` × 10^digits, halves away from zero (all amounts here are positive).
  func roundedHalfUp(digits: Int) -> Int64 {
    let scaled = (0..<digits).reduce(top) { value, _ in value * 10 }
    return Int64((2 * scaled + bottom) / (2 * bottom))
  }
}

struct OracleTests {
  /// What a random job should cost, computed beside it.
  struct Expected {
    var kind: LineKind
    var name: String
    var quantity: Fraction
    var price: Fraction
    var tax: TaxID
  }

  static let codes = ["USD", "JPY", "KWD"]

  @Test("every amount is the exact product rounded once, and the totals obey EN 16931", arguments: 0..<6)
  func amounts(group: UInt64) throws {
    for seed in (group * 60)..<(group * 60 + 60) {
      var random = SeededGenerator(seed: seed)
      let markup = Decimal(significand: Int128(random.int(0...4000)), scale: 2) ?? .zero
      let digits = [2, 0, 3][Int(seed % 3)]
      var floor = Shopfloor(rules(seed, &random))
      floor.create("J", markup: markup, parts: [])
      let expected = work(&floor, &random)
      floor.complete("J")
      let draft = try #require(floor.drafts.last, "seed \(seed): \(floor.job("J")?.holds ?? [])")
      try check(draft, against: expected, markup: markup, digits: digits, seed: seed)
    }
  }

  private func rules(_ seed: UInt64, _ random: inout SeededGenerator) -> Rules {
    func some(_ unit: BillingUnit, _ highest: Int64) -> Price {
      Price(
        Decimal(significand: Int128(random.int(1...highest)), scale: Int(random.int(0...4))) ?? .one,
        per: unit)
    }
    let prices = [
      some(.kilogram, 99_999), some(.gram, 999), some(.hour, 99_999), some(.minute, 9_999),
      some(.piece, 9_999),
    ]
    let tax = Decimal(significand: Int128(random.int(0...2500)), scale: 2) ?? .zero
    return .sample { rules in
      rules.priceList.currency = currency(Self.codes[Int(seed % 3)])
      rules.priceList.materials["pla-black"]?.price = prices[0]
      rules.priceList.materials["pla-white"]?.price = prices[1]
      rules.priceList.labor["post-processing"]?.price = prices[2]
      rules.priceList.machines["hand"]?.item.price = prices[3]
      rules.priceList.services["design-revision"]?.price = prices[4]
      rules.priceList.taxes["standard"]?.rate = tax
    }
  }

  /// Puts random work on the job, and says what it should come to.
  private func work(_ floor: inout Shopfloor, _ random: inout SeededGenerator) -> [Expected] {
    guard let list = floor.shop.currentRules?.priceList else { return [] }
    var black: Int64 = 0
    var white: Int64 = 0
    var labor: Int64 = 0
    var hand: Int64 = 0
    var services: [Decimal] = []
    for _ in 0..<random.int(1...12) {
      switch random.int(0...4) {
      case 0, 1:
        let mass = Mass(milligrams: random.int(1...3_000_000))
        let isBlack = random.chance(50)
        if isBlack { black += mass.base } else { white += mass.base }
        floor.send(
          .materialRecord(
            job: "J", part: nil, material: isBlack ? "pla-black" : "pla-white", mass: mass, note: nil))
      case 2:
        let span = Span(base: random.int(1...36_000_000))
        labor += span.base
        floor.send(.laborRecord(job: "J", operator: "ann", activity: "post-processing", span: span))
      case 3:
        let span = Span(base: random.int(1...3_600_000))
        hand += span.base
        floor.start("J", at: "bench")
        floor.now = floor.now.advanced(by: span)
        floor.stop(at: "bench")
      default:
        let quantity =
          Decimal(significand: Int128(random.int(1...99_999)), scale: Int(random.int(0...6))) ?? .one
        services.append(quantity)
        floor.send(.serviceAdd(job: "J", service: .listed("design-revision"), quantity: quantity))
      }
    }
    func fraction(_ price: Price?) -> Fraction { price.map { Fraction($0.amount) } ?? Fraction(0) }
    // Quantities are stated with six decimals, and the amount is that of the stated quantity.
    func stated(_ base: Int64, _ unit: Int128) -> Fraction {
      Fraction(Int128(Fraction(Int128(base), over: unit).roundedHalfUp(digits: 6)), over: 1_000_000)
    }
    var expected: [Expected] = []
    func expect(_ kind: LineKind, _ item: PricedItem?, _ quantity: Fraction) {
      guard let item, let tax = item.tax, quantity.top > 0 else { return }
      expected.append(
        Expected(kind: kind, name: item.name, quantity: quantity, price: fraction(item.price), tax: tax))
    }
    expect(.material, list.materials["pla-black"], stated(black, 1_000_000))
    expect(.material, list.materials["pla-white"], stated(white, 1000))
    expect(.machine, list.machines["hand"]?.item, stated(hand, 60_000))
    expect(.labor, list.labor["post-processing"], stated(labor, 3_600_000))
    for quantity in services { expect(.service, list.services["design-revision"], Fraction(quantity)) }
    return expected
  }

  private func check(
    _ draft: InvoiceDraft, against expected: [Expected], markup: Decimal, digits: Int, seed: UInt64
  ) throws {
    try #require(draft.lines.count == expected.count, "seed \(seed)")
    let factor = Fraction(markup)
    var net: Int64 = 0
    var taxable: [TaxID: Int64] = [:]
    for (line, wanted) in zip(draft.lines, expected) {
      #expect(line.kind == wanted.kind && line.name == wanted.name, "seed \(seed)")
      let unit = wanted.price * Fraction(factor.bottom * 100 + factor.top, over: factor.bottom * 100)
      let amount = (wanted.quantity * unit).roundedHalfUp(digits: digits)
      #expect(
        line.netAmount.base == amount, "seed \(seed): \(line.name) \(line.quantity) × \(line.unitPrice)")
      #expect(
        line.cost.amount.base == (wanted.quantity * wanted.price).roundedHalfUp(digits: digits),
        "seed \(seed)")
      // Whoever multiplies what is stated gets the same.
      #expect((Fraction(line.quantity) * Fraction(line.unitPrice)).roundedHalfUp(digits: digits) == amount)
      net += amount
      taxable[wanted.tax, default: 0] += amount
    }
    let totals = draft.totals
    var tax: Int64 = 0
    for group in draft.taxes {
      let minor = Fraction(
        Int128(group.taxable.base), over: (0..<digits).reduce(Int128(1)) { power, _ in power * 10 })
      let rate = Fraction(group.rate) * Fraction(1, over: 100)
      let code = try #require(group.code)
      #expect(group.taxable.base == taxable[code], "BR-S-8, seed \(seed)")
      #expect(group.tax.base == (minor * rate).roundedHalfUp(digits: digits), "BR-CO-17, seed \(seed)")
      tax += group.tax.base
    }
    #expect(draft.taxes.count == taxable.count, "seed \(seed)")
    #expect(totals.linesNet.base == net, "BR-CO-10, seed \(seed)")
    #expect(
      totals.taxExclusive == totals.linesNet - totals.allowances + totals.charges, "BR-CO-13, seed \(seed)")
    #expect(totals.tax.base == tax, "BR-CO-14, seed \(seed)")
    #expect(totals.taxInclusive == totals.taxExclusive + totals.tax, "BR-CO-15, seed \(seed)")
    #expect(totals.payable == totals.taxInclusive - totals.prepaid, "BR-CO-16, seed \(seed)")
  }

  @Test("splitting a run by a pause and a resume at one moment changes no quantity and no amount")
  func splitting() throws {
    func lived(_ splits: Set<Int>) -> InvoiceDraft? {
      var floor = Shopfloor(.sample { $0.workCenters["printer-1"]?.runState = nil })
      floor.weights["spool-1"] = 900_000
      floor.counters["printer-1"] = 0
      floor.pass(.seconds(5))
      floor.create("J")
      floor.start("J")
      floor.use["spool-1"] = 17
      floor.draw["printer-1"] = 31
      for minute in 0..<12 {
        if splits.contains(minute) {
          floor.pause()
          floor.resume()
        }
        floor.pass(.seconds(40))
      }
      floor.use = [:]
      floor.draw["printer-1"] = 0
      floor.complete("J")
      floor.pass(.seconds(20))
      return floor.drafts.last
    }
    let whole = try #require(lived([]))
    #expect(whole.lines.count == 3)
    for seed: UInt64 in 0..<8 {
      var random = SeededGenerator(seed: seed)
      let splits = Set((0..<4).map { _ in Int(random.int(1...11)) })
      let split = try #require(lived(splits))
      #expect(split.lines.map(\.quantity) == whole.lines.map(\.quantity), "splits at \(splits.sorted())")
      #expect(split.totals == whole.totals, "splits at \(splits.sorted())")
    }
  }

  @Test("the order in which equal things are noted never changes an amount")
  func order() throws {
    let commands: [Command] =
      (1...6).map {
        .materialRecord(job: "J", part: nil, material: "pla-black", mass: Mass(base: $0 * 1237), note: nil)
      }
      + (1...4).map {
        .laborRecord(job: "J", operator: "ann", activity: "post-processing", span: .seconds($0 * 77))
      }
      + [.materialRecord(job: "J", part: nil, material: "pla-white", mass: grams("3.3"), note: nil)]
    var totals: Set<Totals> = []
    var texts: Set<[String]> = []
    for seed: UInt64 in 0..<20 {
      var random = SeededGenerator(seed: seed)
      var floor = Shopfloor()
      floor.create("J", parts: [])
      for command in commands.shuffled(using: &random) { floor.send(command) }
      floor.complete("J")
      totals.insert(try #require(floor.drafts.last).totals)
      texts.insert(floor.text(of: floor.drafts.last))
    }
    #expect(totals.count == 1)
    #expect(texts.count == 1)
  }
}
