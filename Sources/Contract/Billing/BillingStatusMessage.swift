internal import JSON
public import Jobs
public import Measures

/// What the billing service reports about an invoice later on.
public struct BillingStatusMessage: Hashable, Sendable {
  public enum State: String, Hashable, Sendable, CaseIterable {
    case created, sent, viewed
    case partiallyPaid = "partially_paid"
    case paid, overdue, void, failed
  }

  public var draft: DraftID
  /// Which revision of it; may be left out where there is but one.
  public var revision: Int?
  public var state: State
  /// Unique per event: applied once.
  public var event: String
  public var observedAt: WallTime
  public var amountPaid: Decimal?
  public var amountDue: Decimal?
  public var externalNumber: String?
  public var url: String?

  public init(
    draft: DraftID, revision: Int? = nil, state: State, event: String, observedAt: WallTime,
    amountPaid: Decimal? = nil, amountDue: Decimal? = nil, externalNumber: String? = nil, url: String? = nil
  ) {
    self.draft = draft
    self.revision = revision
    self.state = state
    self.event = event
    self.observedAt = observedAt
    self.amountPaid = amountPaid
    self.amountDue = amountDue
    self.externalNumber = externalNumber
    self.url = url
  }

  /// What the shop takes from it.
  public var status: BillingStatus {
    BillingStatus(
      draft: draft, revision: revision, state: state.rawValue, event: event, observedAt: observedAt)
  }

  /// Reads a status. Total: any bytes give one or a refusal to be audited.
  public static func decode(_ payload: [UInt8]) -> Result<BillingStatusMessage, Refusal> {
    do throws(Refusal) {
      let reader = try BillingReader("the billing status", payload)
      let event = try reader.text("event_id")
      if let fault = Text.fault(in: event, maximum: 128) {
        throw Refusal(.invalidArgument, "event_id \(fault)")
      }
      let observed = try reader.text("observed_at")
      guard let observedAt = WallTime(rfc3339: observed) else {
        throw reader.invalid("observed_at", observed)
      }
      return .success(
        BillingStatusMessage(
          draft: try reader.draftID(), revision: try reader.optionalRevision(),
          state: try reader.word("state"), event: event, observedAt: observedAt,
          amountPaid: try reader.amount("amount_paid"), amountDue: try reader.amount("amount_due"),
          externalNumber: try reader.note("external_number"), url: try reader.note("url")))
    } catch {
      return .failure(error)
    }
  }

  /// As a billing service sends it.
  public var bytes: [UInt8] {
    var payload = Payload()
    payload.set("draft_id", draft)
    if let revision { payload.set("revision", revision) }
    payload.set("state", state.rawValue)
    payload.set("amount_paid", amountPaid)
    payload.set("amount_due", amountDue)
    payload.set("external_number", externalNumber)
    payload.set("url", url)
    payload.set("event_id", event)
    payload.set("observed_at", observedAt.description)
    return payload.bytes
  }
}
