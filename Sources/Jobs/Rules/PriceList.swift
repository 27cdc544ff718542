public import Measures
public import Metering

/// Prices, markups, taxes and templates of one configuration version; exact and immutable.
///
/// An entry may lack its price: a draft that needs it is held until an operator settles it.
public struct PriceList: Hashable, Sendable, Codable {
  public var currency: Currency
  public var materials: [MaterialID: PricedItem]
  public var machines: [RateID: MachinePrice]
  public var labor: [ActivityID: PricedItem]
  public var energy: PricedItem?
  public var services: [ServiceID: PricedItem]
  /// Percent on every line whose price does not say `markup: none`.
  public var markup: Percentages
  public var taxes: [TaxID: TaxRate]
  /// How much is billed of what a run used that failed or was canceled, in percent; all of it unless said.
  public var outcomes: [Outcome: Percentages]
  /// Prices are what the customer pays, tax and all.
  public var includesTax: Bool

  public init(
    currency: Currency, materials: [MaterialID: PricedItem] = [:], machines: [RateID: MachinePrice] = [:],
    labor: [ActivityID: PricedItem] = [:], energy: PricedItem? = nil, services: [ServiceID: PricedItem] = [:],
    markup: Percentages = Percentages(), taxes: [TaxID: TaxRate] = [:],
    outcomes: [Outcome: Percentages] = [:], includesTax: Bool = false
  ) {
    self.currency = currency
    self.materials = materials
    self.machines = machines
    self.labor = labor
    self.energy = energy
    self.services = services
    self.markup = markup
    self.taxes = taxes
    self.outcomes = outcomes
    self.includesTax = includesTax
  }
}

extension PriceList {
  /// Whether the same thing at the same price comes to the same under both.
  public func hasSameTerms(as other: PriceList) -> Bool {
    markup == other.markup && taxes == other.taxes && includesTax == other.includesTax
  }
}

/// A thing with a name, a price and a tax: a material, an activity, a service, energy.
public struct PricedItem: Hashable, Sendable, Codable {
  public var name: String
  public var price: Price?
  public var tax: TaxID?
  /// `markup: none` keeps the price as it is.
  public var hasMarkup: Bool

  public init(name: String, price: Price?, tax: TaxID?, hasMarkup: Bool = true) {
    self.name = name
    self.price = price
    self.tax = tax
    self.hasMarkup = hasMarkup
  }
}

/// The price of machine time.
public struct MachinePrice: Hashable, Sendable, Codable {
  public var item: PricedItem
  /// Time is rounded up to a multiple of this; `nil`: billed as measured.
  public var increment: Span?
  /// At least this much is billed per part and machine.
  public var minimum: Span?
  /// A fee of its own, once per part and machine.
  public var setup: Decimal?

  public init(item: PricedItem, increment: Span? = nil, minimum: Span? = nil, setup: Decimal? = nil) {
    self.item = item
    self.increment = increment
    self.minimum = minimum
    self.setup = setup
  }
}

/// A tax: its rate in percent and its EN 16931 category (`S`, `E`, `Z`, `AE`, `K`, `G`, `O`).
public struct TaxRate: Hashable, Sendable, Codable {
  public var rate: Decimal
  public var category: String
  public var reason: String?

  public init(rate: Decimal, category: String, reason: String? = nil) {
    self.rate = rate
    self.category = category
    self.reason = reason
  }
}
