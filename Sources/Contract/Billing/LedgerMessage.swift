internal import JSON
public import Jobs
public import Measures

/// `billing/ledger`: what billing compares its own books with, daily.
public struct LedgerMessage: Hashable, Sendable {
  public var series: String
  /// The drafts that stand, in the currency in force.
  public var drafts: DraftSum
  /// 64 hexadecimal digits.
  public var auditHead: String
  public var at: WallTime

  public init(series: String, drafts: DraftSum, auditHead: String, at: WallTime) {
    self.series = series
    self.drafts = drafts
    self.auditHead = auditHead
    self.at = at
  }

  public var bytes: [UInt8] {
    var payload = Payload()
    payload.set("series", series)
    payload.set("first_sequence", drafts.firstSequence)
    payload.set("last_sequence", drafts.lastSequence)
    payload.set("count", drafts.count)
    payload.set("sum", drafts.text)
    payload.set("currency", drafts.currency.code)
    payload.set("audit_head", auditHead)
    payload.set("at", at.description)
    return payload.bytes
  }
}
