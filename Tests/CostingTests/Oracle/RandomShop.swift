import Jobs
import Measures
import Metering
import TestShop

/// A shop by chance: its currency, prices, markups, taxes, outcomes, and how it bills before the work is done.
struct RandomShop {
  var rules: Rules
  /// What is said to a hold for a price that is missing.
  var settledPrices: [String: Price]
  static let materials: [MaterialID] = ["black", "white", "exotic", "untaxed"]
  static let places: [WorkCenterID] = ["printer", "mill", "hand"]
  static let activities: [ActivityID] = ["finish", "paint", "favor"]
  static let services: [ServiceID] = ["fee", "pin"]
  static let customers: [CustomerID] = ["acme", "plain"]
  static let phases = ["design", "build", "finish"]
  /// Of 0, 2 and 3 decimals.
  static let currencies = ["EUR", "JPY", "KWD"]

  init(_ random: inout SeededGenerator) {
    let taxed: [TaxID] = ["normal", "reduced", "exempt"]
    func item(_ name: String, _ unit: BillingUnit, _ random: inout SeededGenerator) -> PricedItem {
      PricedItem(
        name: name, price: Self.price(unit, &random), tax: random.pick(taxed, or: "normal"),
        hasMarkup: random.chance(85))
    }
    func mass(_ random: inout SeededGenerator) -> BillingUnit { random.chance(50) ? .kilogram : .gram }
    func time(_ random: inout SeededGenerator) -> BillingUnit { random.chance(60) ? .hour : .minute }
    var exotic = item("Exotic", .kilogram, &random)
    exotic.price = nil
    var untaxed = item("Untaxed", mass(&random), &random)
    untaxed.tax = nil
    var favor = item("Favor", time(&random), &random)
    favor.tax = nil
    let list = PriceList(
      currency: currency(random.pick(Self.currencies, or: "EUR")),
      materials: [
        "black": item("Black", mass(&random), &random), "white": item("White", mass(&random), &random),
        "exotic": exotic, "untaxed": untaxed,
      ],
      machines: [
        "print": MachinePrice(item: item("Printing", time(&random), &random)),
        "mill": MachinePrice(
          item: item("Milling", time(&random), &random),
          increment: random.chance(80) ? .milliseconds(random.int(1...1_800_000)) : nil,
          minimum: random.chance(75) ? .milliseconds(random.int(1...7_200_000)) : nil,
          setup: random.chance(70) ? Self.price(.piece, &random).amount : nil),
        "bench": MachinePrice(
          item: item("Bench work", time(&random), &random),
          minimum: random.chance(50) ? .minutes(random.int(1...90)) : nil),
      ],
      labor: [
        "finish": item("Finishing", time(&random), &random),
        "paint": item("Painting", time(&random), &random),
        "favor": favor,
      ],
      energy: random.chance(80) ? item("Energy", .kilowattHour, &random) : nil,
      services: ["fee": item("Fee", .piece, &random), "pin": item("Pin", .piece, &random)],
      markup: Self.markup(&random) ?? Percentages(),
      taxes: [
        "normal": TaxRate(
          rate: random.chance(50) ? Decimal(25) : Self.decimal(1...2500, scale: 2, &random), category: "S"),
        "reduced": TaxRate(rate: Self.decimal(1...1000, scale: 2, &random), category: "S"),
        "exempt": TaxRate(rate: .zero, category: "E", reason: "Exempt"),
      ],
      outcomes: Self.outcomes(&random), includesTax: random.chance(40))
    rules = Rules(
      version: "v1", workCenters: Self.workCenters, priceList: list,
      customers: [
        "acme": Customer(
          ref: "acme", name: "Acme", markup: Self.markup(&random),
          retainage: random.chance(50) ? Self.decimal(0...5000, scale: 2, &random) : nil),
        "plain": Customer(ref: "plain", name: "Plain"),
      ],
      billing: BillingRules(
        retainage: random.chance(60) ? Self.decimal(0...3000, scale: 2, &random) : .zero,
        phases: zip(Self.phases, ["12.5", "37.5", "50"]).map {
          .init(name: $0, percent: TestShop.decimal($1))
        },
        depositTax: random.chance(50) ? random.pick(taxed, or: "normal") : nil))
    settledPrices = ["price.material.exotic": Self.price(mass(&random), &random)]
  }

  private static let workCenters: [WorkCenterID: WorkCenterRules] = [
    "printer": WorkCenterRules(
      name: "Printer", runState: ChannelID("printer", .runState), scales: [ChannelID("spool", .weight)],
      energy: ChannelID("printer", .energy), machineRate: "print"),
    "mill": WorkCenterRules(
      runState: ChannelID("mill", .runState), scales: [ChannelID("hopper", .weight)],
      energy: ChannelID("mill", .energy), machineRate: "mill"),
    // Timed by hand, from start to stop.
    "hand": WorkCenterRules(machineRate: "bench"),
  ]

  /// A third of them below a cent, with up to five decimals; a third round, so that halves and ties come up.
  static func price(_ unit: BillingUnit, _ random: inout SeededGenerator) -> Price {
    let amount =
      switch random.int(0...2) {
      case 0: decimal(1...999, scale: 5, &random)
      case 1: decimal(1...199, scale: 1, &random)
      default: decimal(1...99_999, scale: Int(random.int(0...3)), &random)
      }
    return Price(amount, per: unit)
  }

  static func decimal(_ range: ClosedRange<Int64>, scale: Int, _ random: inout SeededGenerator) -> Decimal {
    Decimal(significand: Int128(random.int(range)), scale: scale) ?? .one
  }

  /// One for all, some by kind with or without one for the others, or nothing.
  static func markup(_ random: inout SeededGenerator) -> Percentages? {
    guard random.chance(70) else { return nil }
    var kinds: [LineKind: Decimal] = [:]
    for kind in LineKind.allCases where random.chance(30) {
      kinds[kind] = decimal(-2000...6000, scale: 2, &random)
    }
    let others =
      random.chance(50) ? decimal(-20_000...60_000, scale: 3, &random) : Decimal(random.int(0...5) * 10)
    return Percentages(kinds, others: random.chance(60) ? others : nil)
  }

  private static func outcomes(_ random: inout SeededGenerator) -> [Outcome: Percentages] {
    var outcomes: [Outcome: Percentages] = [:]
    for outcome: Outcome in [.failed, .canceled] where random.chance(70) {
      var kinds: [LineKind: Decimal] = [:]
      for kind: LineKind in [.machine, .material, .energy] where random.chance(50) {
        kinds[kind] = random.chance(20) ? .zero : decimal(0...10_000, scale: 2, &random)
      }
      outcomes[outcome] = Percentages(
        kinds, others: random.chance(60) ? decimal(0...100, scale: 0, &random) : nil)
    }
    return outcomes
  }
}
