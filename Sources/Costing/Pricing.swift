internal import Jobs
internal import Measures

/// Prices, markups and taxes as they apply to one job, and the holds that were met on the way.
struct Pricing {
  let job: Job
  let currency: Currency
  /// Nothing began yet: what is missing is not for a hold to settle, but for the configuration.
  let isEstimate: Bool
  private(set) var holds: [Hold] = []
  /// What no line can say, for it was left out.
  private(set) var notes: [String] = []

  /// A hold that was met before, and what somebody said to it.
  struct Settled {
    let hold: HoldID
    let record: SettledHold
  }

  init(job: Job, currency: Currency, isEstimate: Bool = false) {
    self.job = job
    self.currency = currency
    self.isEstimate = isEstimate
  }

  /// The markup that wins: the job's over the customer's over the shop's.
  func markup(for line: LineDraft) -> (percent: Decimal, from: String) {
    guard line.item.hasMarkup else { return (.zero, "none") }
    if let markup = job.markup?[line.kind] { return (markup, "job") }
    if let markup = job.customer.markup?[line.kind] { return (markup, "customer") }
    let shop = line.list.markup[line.kind] ?? .zero
    return shop == .zero ? (.zero, "none") : (shop, "shop")
  }

  /// What was settled for a hold, if anything.
  func settled(_ id: String) -> Settled? {
    HoldID(bounded: id).flatMap { hold in job.settlements[hold].map { Settled(hold: hold, record: $0) } }
  }

  /// Somebody accepted that this is left out: without a line, the draft's notes have to say it.
  mutating func leaveOut(_ what: String, _ settled: Settled) {
    note("\(what) is left out", settled)
  }

  mutating func note(_ what: String, _ settled: Settled) {
    let (by, at) = (settled.record.by, settled.record.at.wall)
    note("\(what): accepted by \(by), \(at): \(settled.record.reason) (hold \(settled.hold))")
  }

  mutating func note(_ text: String) {
    if !notes.contains(text) { notes.append(text) }
  }

  mutating func hold(
    _ id: String, _ kind: Hold.Kind, line: String, _ message: String, _ means: [Hold.Means],
    units: [BillingUnit] = [], doubt: Doubt? = nil
  ) {
    guard let id = HoldID(bounded: id), !holds.contains(where: { $0.id == id }) else { return }
    holds.append(
      Hold(id: id, kind: kind, line: line, message: message, settleWith: means, units: units, doubt: doubt))
  }

  /// The price of a line, or `nil` and a hold: a missing price is never zero, and one once copied never
  /// changes, so what an operator settles fills only what is missing.
  mutating func price(of line: inout LineDraft) -> Price? {
    let id = "price.\(line.key)"
    if let price = settledPrice(overflowID(line), of: &line) { return price }
    if let price = line.item.price, line.units.contains(price.unit) { return price }
    if let price = settledPrice(id, of: &line) { return price }
    let example = line.units.first.map { $0 == .piece ? "35.00" : "24.90/\($0.symbol)" } ?? ""
    let name = line.item.name
    if line.isOfUnknownMaterial {
      hold(
        id, .materialUnknown, line: name,
        "\(name): nobody said which material it was; settle it with a price such as \(example)", [.price],
        units: line.units)
    } else {
      let story =
        isEstimate
        ? "the price list has no price for \(line.key); put one into the configuration, such as \(example)"
        : "the price list had no price for \(line.key) when the work began; "
          + "settle it with a price such as \(example)"
      hold(id, .priceMissing, line: name, "\(name): \(story)", [.price], units: line.units)
    }
    return nil
  }

  private func settledPrice(_ id: String, of line: inout LineDraft) -> Price? {
    guard let settled = settled(id), case .price(let price) = settled.record.settlement,
      line.units.contains(price.unit)
    else { return nil }
    line.settle(settled, as: "price_settled_by_hand")
    return price
  }

  mutating func tax(of line: inout LineDraft) -> LineTax? {
    if let code = line.item.tax, let rate = line.list.taxes[code] {
      return LineTax(code: code, category: rate.category, rate: rate.rate, reason: rate.reason)
    }
    let id = "tax.\(line.key)"
    if let settled = settled(id) {
      line.settle(settled, as: "tax_settled_by_hand")
      return LineTax(code: nil, category: "O", rate: .zero, reason: "Not subject to tax")
    }
    let advice =
      isEstimate ? "put one into the configuration" : "accept to bill it as not subject to tax"
    hold(
      id, .taxMissing, line: line.item.name,
      "\(line.item.name): the price list names no tax for it; \(advice)", [.accept])
    return nil
  }

  /// The two amounts of a line, or `nil` where exact arithmetic overflows.
  ///
  /// - Parameter taxInside: the rate of the tax that the price includes; what the line costs is without it.
  func amounts(
    quantity: Decimal, price: Decimal, markup: Decimal, taxInside: Decimal
  ) -> (unitPrice: Decimal, net: Money, cost: Money)? {
    guard let added = price.percent(markup), let unitPrice = price.adding(added),
      let net = quantity.multiplied(by: unitPrice).flatMap({ Money(rounding: $0, in: currency) }),
      let charged = quantity.multiplied(by: price)?.multiplied(by: Decimal(100)),
      let divisor = Decimal(100).adding(taxInside),
      let cost = charged.divided(by: divisor, roundedTo: currency.minorDigits).flatMap({
        Money(rounding: $0, in: currency)
      })
    else { return nil }
    return (unitPrice, net, cost)
  }

  /// More came back than was taken at this price: no invoice has a line that is less than nothing.
  mutating func holdNegative(_ line: LineDraft) {
    let id = "negative.\(line.key)"
    if let settled = settled(id) {
      leaveOut("\(line.amount) of \(line.item.name)", settled)
      return
    }
    hold(
      id, .negativeResult, line: line.item.name,
      "\(line.item.name): it comes to \(line.amount), for more came back than was taken at this price; accept to leave that "
        + "out, or void the entry that gave it back", [.accept])
  }

  func overflowID(_ line: LineDraft) -> String { "overflow.\(line.key)" }

  /// An amount that exact arithmetic cannot hold: an operator gives a price, or leaves the line out.
  mutating func holdOverflow(of line: LineDraft) {
    if let settled = settled(overflowID(line)), settled.record.settlement == .accept {
      leaveOut(line.item.name, settled)
      return
    }
    let advice =
      isEstimate
      ? "give less of it, or another price"
      : "settle it with another price, or accept to leave the line out"
    hold(
      overflowID(line), .overflow, line: line.item.name,
      "\(line.item.name): the amount is too large, or its price too fine, to compute exactly; \(advice)",
      [.accept, .price], units: line.units)
  }
}
