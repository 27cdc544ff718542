/// Where a stored draft stands with the billing service.
public enum DraftState: String, Sendable, Hashable, CaseIterable {
  /// Sent, and sent again, until an acknowledgement comes.
  case pending
  /// Accepted (or known already) by the billing service. Final: the store refuses any other state after.
  case acknowledged
  /// Refused by the billing service; waits for an operator.
  case rejected
  /// Replaced by a higher revision before it was acknowledged. A late acknowledgement still counts.
  case superseded
  /// Not to be sent yet.
  case held
}

/// One revision of an invoice draft in the outbox. Everything but `state`, `reference`, `reason` and
/// `changedMilliseconds` is stored once; a trigger in the file refuses to change or delete it.
public struct DraftRow: Sendable, Hashable {
  public let draftID: String
  /// From 1.
  public let revision: Int64
  /// The series that the sequence counts in; see ``JournalStore/series``.
  public let series: String
  /// Gapless within the series, one for each revision sent; unique in the file.
  public let sequence: Int64
  public let topic: String
  /// The message, byte for byte as it is sent each time.
  public let body: [UInt8]
  /// The hash that the billing service's acknowledgement must name: hexadecimal.
  public let contentSHA256: String
  public let state: DraftState
  /// What the billing service calls it, once it has said so.
  public let reference: String?
  /// Why it was rejected, superseded or held; nothing once it is acknowledged or sent again.
  public let reason: String?
  /// UTC, milliseconds since 1970.
  public let createdMilliseconds: Int64
  /// When `state` last changed: UTC, milliseconds since 1970.
  public let changedMilliseconds: Int64

  public init(
    draftID: String, revision: Int64, series: String, sequence: Int64, topic: String, body: [UInt8],
    contentSHA256: String, state: DraftState = .pending, reference: String? = nil, reason: String? = nil,
    createdMilliseconds: Int64, changedMilliseconds: Int64? = nil
  ) {
    self.draftID = draftID
    self.revision = revision
    self.series = series
    self.sequence = sequence
    self.topic = topic
    self.body = body
    self.contentSHA256 = contentSHA256
    self.state = state
    self.reference = reference
    self.reason = reason
    self.createdMilliseconds = createdMilliseconds
    self.changedMilliseconds = changedMilliseconds ?? createdMilliseconds
  }

  /// `DRAFT_ID/REVISION`: the key that tells drafts apart everywhere.
  public var key: String { Self.key(draftID, revision) }

  /// The key of a revision of a draft.
  public static func key(_ draftID: String, _ revision: Int64) -> String { "\(draftID)/\(revision)" }
}
