internal import Jobs
internal import Measures

/// Prices, markups and taxes as they apply to one job, and the holds that were met on the way.
struct Pricing {
  let job: Job
  let currency: Currency
  private(set) var holds: [Hold] = []

  init(job: Job, currency: Currency) {
    self.job = job
    self.currency = currency
  }

  /// The markup that wins: the job's over the customer's over the shop's.
  func markup(for item: PricedItem, in list: PriceList) -> (percent: Decimal, from: String) {
    guard item.hasMarkup else { return (.zero, "none") }
    if let markup = job.markup { return (markup, "job") }
    if let markup = job.customer.markup { return (markup, "customer") }
    return list.markup == .zero ? (.zero, "none") : (list.markup, "shop")
  }

  /// What was settled for a hold, if anything.
  func settlement(_ id: String) -> HoldSettlement? { HoldID(String(id.prefix(64))).flatMap { job.settlements[$0]?.settlement } }

  mutating func hold(_ id: String, _ kind: Hold.Kind, line: String, _ message: String, _ means: [Hold.Means]) {
    guard let id = HoldID(String(id.prefix(64))), !holds.contains(where: { $0.id == id }) else { return }
    holds.append(Hold(id: id, kind: kind, line: line, message: message, settleWith: means))
  }

  /// The price of an item, or `nil` and a hold: a missing price is never zero.
  mutating func price(of item: PricedItem, key: String, line: String, per units: [BillingUnit]) -> Price? {
    let id = "price.\(key)"
    if case .price(let price) = settlement(id), units.contains(price.unit) { return price }
    if let price = item.price, units.contains(price.unit) { return price }
    let example = units.first.map { $0 == .piece ? "35.00" : "24.90/\($0.symbol)" } ?? ""
    hold(
      id, .priceMissing, line: line,
      "\(line): the price list had no price for \(key) when the work began; settle it with a price such as \(example)",
      [.price])
    return nil
  }

  mutating func tax(of item: PricedItem, in list: PriceList, line: String) -> LineTax? {
    if let code = item.tax, let rate = list.taxes[code] {
      return LineTax(code: code, category: rate.category, rate: rate.rate, reason: rate.reason)
    }
    let id = "tax.\(item.tax?.text ?? item.name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) })"
    if case .accept = settlement(id) { return LineTax(code: nil, category: "O", rate: .zero, reason: "Not subject to tax") }
    hold(
      id, .taxMissing, line: line,
      "\(line): the price list names no tax for it; accept to bill it as not subject to tax", [.accept])
    return nil
  }

  /// The two amounts of a line, or a hold where exact arithmetic overflows.
  mutating func amounts(
    quantity: Decimal, price: Decimal, markup: Decimal, line: String
  ) -> (unitPrice: Decimal, net: Money, cost: Money)? {
    if let added = price.percent(markup), let unitPrice = price.adding(added),
      let net = quantity.multiplied(by: unitPrice).flatMap({ Money(rounding: $0, in: currency) }),
      let cost = quantity.multiplied(by: price).flatMap({ Money(rounding: $0, in: currency) })
    {
      return (unitPrice, net, cost)
    }
    hold("overflow", .overflow, line: line, "\(line): the amount is too large to compute; correct the price or quantity", [.accept])
    return nil
  }
}
