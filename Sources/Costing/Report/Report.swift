public import Jobs
public import Measures
internal import Metering

/// What was used and what was billed in a period: a run and a usage count where they ended, an entry where it was noted,
/// a draft where it was made.
public struct Report: Hashable, Sendable {
  public enum Grouping: String, Hashable, Sendable, CaseIterable { case job, customer, machine, material }

  public let grouping: Grouping
  public let period: Range<WallTime>
  public let currency: Currency
  /// By their key.
  public let rows: [Row]
  public let total: Row
  /// Jobs billed in another currency than that of the report, which are left out.
  public let foreign: [JobID]

  public init(of shop: Shop, by grouping: Grouping, in period: Range<WallTime>, currency: Currency) {
    var tally = ReportTally(shop: shop, grouping: grouping, period: period, currency: currency)
    tally.count()
    self.grouping = grouping
    self.period = period
    self.currency = currency
    rows = tally.rows.values.sorted { $0.key < $1.key }
    var total = Row("all", nil)
    for row in rows { total.add(row) }
    self.total = total
    foreign = tally.foreign.sorted()
  }
}
