internal import JSON
public import Measures

/// `billing/ledger`: what billing compares its own books with, daily.
public struct LedgerMessage: Hashable, Sendable {
  public var series: String
  /// 0 and 0 where nothing was sent yet.
  public var firstSequence: Int64
  public var lastSequence: Int64
  /// Drafts that stand.
  public var count: Int
  /// The sum of what they ask for, net of credits.
  public var sum: Money
  public var currency: Currency
  public var auditHead: String
  public var at: Moment

  public init(
    series: String, firstSequence: Int64, lastSequence: Int64, count: Int, sum: Money, currency: Currency,
    auditHead: String, at: Moment
  ) {
    self.series = series
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.count = count
    self.sum = sum
    self.currency = currency
    self.auditHead = auditHead
    self.at = at
  }

  public var bytes: [UInt8] {
    var payload = Payload()
    payload.set("series", series)
    payload.set("first_sequence", firstSequence)
    payload.set("last_sequence", lastSequence)
    payload.set("count", count)
    payload.set("sum", sum.text(in: currency))
    payload.set("currency", currency.code)
    payload.set("audit_head", auditHead)
    payload.set("at", at)
    return payload.bytes
  }
}
