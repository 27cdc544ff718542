public import Jobs
public import Measures
import Metering

/// A decimal of a test's own making; a typo in one is a broken test, so it stops there.
public func decimal(_ text: String) -> Decimal {
  guard let value = Decimal(text) else { fatalError("\(text) is not a decimal") }
  return value
}

public func price(_ text: String) -> Price {
  guard let value = Price(text: text) else { fatalError("\(text) is not a price") }
  return value
}

public func grams(_ text: String) -> Mass {
  guard let value = Mass(decimal(text), .g) else { fatalError("\(text) is not a mass") }
  return value
}

public func currency(_ code: String) -> Currency {
  guard let value = Currency(code: code) else { fatalError("\(code) is not a currency") }
  return value
}

extension Identifier: ExpressibleByStringLiteral, ExpressibleByUnicodeScalarLiteral,
  ExpressibleByExtendedGraphemeClusterLiteral
{
  public init(stringLiteral text: String) {
    guard let id = Self(text) else { fatalError("\(text) is not an id") }
    self = id
  }
}

extension Rules {
  /// A small shop: two printers, a mill, a saw that ends its runs for idleness, a bench timed by hand.
  public static func sample(_ version: RulesVersion = "v1", change: (inout Rules) -> Void = { _ in }) -> Rules
  {
    var rules = Rules(
      version: version, workCenters: places, priceList: list,
      customers: [
        "acme": Customer(
          ref: "acme", name: "Acme Robotics", markup: Percentages(decimal("20")), terms: "net 15"),
        "plain": Customer(ref: "plain", name: "Plain & Co"),
        "auto": Customer(ref: "auto", name: "Auto", delivery: .autoSend),
        "gathered": Customer(ref: "gathered", name: "Gathered & Sons", batch: .onCommand),
      ],
      billing: BillingRules(
        retainage: decimal("10"),
        phases: [.init(name: "first", percent: decimal("30")), .init(name: "rest", percent: decimal("70"))]))
    change(&rules)
    return rules
  }

  private static var places: [WorkCenterID: WorkCenterRules] {
    [
      "printer-1": WorkCenterRules(
        name: "MK4 on bench 1", runState: ChannelID("printer-1", .runState),
        scales: [ChannelID("spool-1", .weight)],
        energy: ChannelID("printer-1", .energy), buttons: ["andon-1"], machineRate: "mk4", runEnds: .done),
      "printer-2": WorkCenterRules(
        runState: ChannelID("printer-2", .runState),
        scales: [ChannelID("spool-2", .weight), ChannelID("spool-3", .weight)], machineRate: "mk4",
        runEnds: .done),
      "mill-1": WorkCenterRules(
        runState: ChannelID("mill-1", .runState), scales: [ChannelID("hopper-1", .weight)],
        machineRate: "mill",
        maxUseRate: MassRate(milligramsPerMinute: 500_000)),
      "saw-1": WorkCenterRules(
        runState: ChannelID("saw-1", .runState), machineRate: "mk4", runEnds: .idleFor(.minutes(10))),
      "bench": WorkCenterRules(buttons: ["andon-2"], machineRate: "hand"),
      "shelf": WorkCenterRules(),
    ]
  }

  private static var list: PriceList {
    func item(_ name: String, _ text: String?, _ tax: TaxID?) -> PricedItem {
      PricedItem(name: name, price: text.map(price), tax: tax)
    }
    return PriceList(
      currency: currency("USD"),
      materials: [
        "pla-black": item("PLA, black", "24.90/kg", "standard"),
        "pla-white": item("PLA, white", "0.0249/g", "standard"),
        "exotic": item("Exotic", nil, "standard"),
        "untaxed": item("Untaxed", "10.00/kg", nil),
      ],
      machines: [
        "mk4": MachinePrice(item: item("Printing, MK4", "6.00/h", "standard")),
        "mill": MachinePrice(
          item: item("Milling", "85.00/h", "standard"), increment: .minutes(6), minimum: .minutes(15),
          setup: decimal("20.00")),
        "hand": MachinePrice(item: item("Bench work", "1.50/min", "standard")),
      ],
      labor: [
        "post-processing": item("Post-processing", "45.00/h", "exempt"),
        "unpriced": item("Unpriced work", nil, "exempt"),
      ],
      energy: item("Energy", "0.21/kWh", "standard"),
      services: ["design-revision": item("Design revision fee", "35.00", "exempt")],
      markup: Percentages(decimal("15")),
      taxes: [
        "standard": TaxRate(rate: decimal("8.25"), category: "S"),
        "exempt": TaxRate(rate: .zero, category: "E", reason: "Exempt service"),
        "food": TaxRate(rate: decimal("5"), category: "S"),
      ])
  }
}
