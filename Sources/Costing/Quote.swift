public import Jobs
public import Measures
internal import Metering

/// What an estimate comes to, by the same rules as what was used.
public struct Quote: Hashable, Sendable {
  public let currency: Currency
  public let lines: [CostLine]
  public let taxes: [TaxSummary]
  public let totals: Totals
  /// What the price list lacks: without these lines the totals are not whole.
  public let problems: [Hold]

  /// - Parameter rules: the prices, unless a job has them from when its estimate was made.
  /// - Returns: `nil` where an amount is too large to compute.
  public init?(_ estimate: Estimate, for job: Job, rules: Rules) {
    currency = rules.priceList.currency
    var costing = JobCosting(
      job: job, shop: Shop(rules: [rules.version: rules]), currency: currency, isEstimate: true)
    let priced = costing.lines(of: estimate, rules)
    guard let lines = InclusivePrices.takingTaxOut(of: priced, currency: currency),
      let taxes = DraftMaker.taxes(on: lines, currency: currency),
      let totals = Totals(linesNet: lines.map(\.netAmount), taxes: taxes.map(\.tax))
    else { return nil }
    self.lines = lines
    self.taxes = taxes
    self.totals = totals
    problems = costing.pricing.holds
  }
}
