internal import JSON
public import Jobs
public import Measures

/// The billing service's answer to one revision of a draft.
public struct BillingAck: Hashable, Sendable {
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    case accepted
    /// Accepted before: the same as `accepted`.
    case duplicate
    case rejected
  }

  public var draft: DraftID
  public var revision: Int
  /// 64 hexadecimal digits, in small letters; must be that of the bytes that were sent.
  public var contentSHA256: String
  public var outcome: Outcome
  /// What the billing service calls the invoice.
  public var reference: String?
  /// Why it was rejected.
  public var reason: String?

  public init(
    draft: DraftID, revision: Int, contentSHA256: String, outcome: Outcome, reference: String? = nil,
    reason: String? = nil
  ) {
    self.draft = draft
    self.revision = revision
    self.contentSHA256 = contentSHA256
    self.outcome = outcome
    self.reference = reference
    self.reason = reason
  }

  /// What it means to the shop, once the hash was found right.
  public var acknowledgment: Acknowledgment {
    outcome == .rejected ? .rejected(reason: reason) : .accepted(reference: reference)
  }

  /// Reads an acknowledgment. Total: any bytes give one or a refusal to be audited.
  public static func decode(_ payload: [UInt8]) -> Result<BillingAck, Refusal> {
    do throws(Refusal) {
      let reader = try BillingReader("the acknowledgment", payload)
      let hash = try reader.text("content_sha256")
      guard hash.utf8.count == 64, hash.utf8.allSatisfy(isHexDigit) else {
        throw reader.invalid("content_sha256", hash)
      }
      return .success(
        BillingAck(
          draft: try reader.draftID(), revision: try reader.revision(), contentSHA256: hash.lowercased(),
          outcome: try reader.word("result"), reference: try reader.note("reference"),
          reason: try reader.note("reason")))
    } catch {
      return .failure(error)
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  /// As a billing service sends it.
  public var bytes: [UInt8] {
    var payload = Payload()
    payload.set("draft_id", draft)
    payload.set("revision", revision)
    payload.set("content_sha256", contentSHA256)
    payload.set("result", outcome.rawValue)
    payload.set("reference", reference)
    payload.set("reason", reason)
    return payload.bytes
  }
}
