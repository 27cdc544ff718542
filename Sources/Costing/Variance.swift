public import Jobs
public import Measures

/// What a job was estimated to come to and what it does: line beside line before tax, and the totals with it.
public struct Variance: Hashable, Sendable {
  public struct Row: Hashable, Sendable {
    public let kind: LineKind
    public let part: PartID?
    public let name: String
    /// Of both quantities; the first one seen, where a price changed its unit.
    public let unit: BillingUnit
    /// `nil`: nothing of it was expected, or nothing was used.
    public var estimated: Decimal?
    public var actual: Decimal?
    public var estimatedAmount = Money.zero
    public var actualAmount = Money.zero

    /// Positive: more than estimated.
    public var difference: Money { actualAmount - estimatedAmount }
  }

  public let currency: Currency
  public let rows: [Row]
  /// What the customer would pay, tax included.
  public let estimatedWithTax: Money
  public let actualWithTax: Money
  /// What keeps lines from having a price: their amounts are missing.
  public let problems: [Hold]

  public var estimated: Money { rows.reduce(.zero) { $0 + $1.estimatedAmount } }
  public var actual: Money { rows.reduce(.zero) { $0 + $1.actualAmount } }

  /// Of a job that has an estimate, as far as it is; `nil` of any other, and where an amount is too large to compute.
  public init?(of job: Job, in shop: Shop) {
    guard let estimate = job.estimate, let rules = shop.rules[estimate.rules],
      let quote = Quote(estimate, for: job, rules: rules)
    else { return nil }
    var costing = JobCosting(job: job, shop: shop, currency: quote.currency)
    guard let used = InclusivePrices.takingTaxOut(of: costing.lines(), currency: quote.currency),
      let taxes = DraftMaker.taxes(on: used, currency: quote.currency),
      let totals = Totals(linesNet: used.map(\.netAmount), taxes: taxes.map(\.tax))
    else { return nil }
    var rows: [Row] = []
    for line in quote.lines { Self.add(line, to: &rows, \.estimated, \.estimatedAmount) }
    for line in used { Self.add(line, to: &rows, \.actual, \.actualAmount) }
    currency = quote.currency
    self.rows = rows
    estimatedWithTax = quote.totals.taxInclusive
    actualWithTax = totals.taxInclusive
    problems = quote.problems + costing.pricing.holds
  }

  private static func add(
    _ line: CostLine, to rows: inout [Row], _ quantity: WritableKeyPath<Row, Decimal?>,
    _ amount: WritableKeyPath<Row, Money>
  ) {
    let index =
      rows.firstIndex { $0.kind == line.kind && $0.part == line.part && $0.name == line.name } ?? rows.count
    if index == rows.count {
      rows.append(Row(kind: line.kind, part: line.part, name: line.name, unit: line.unit))
    }
    rows[index][keyPath: amount] = rows[index][keyPath: amount] + line.netAmount
    if rows[index].unit == line.unit {
      rows[index][keyPath: quantity] = (rows[index][keyPath: quantity] ?? .zero).adding(line.quantity)
    }
  }
}
