public import Costing
public import Jobs
public import Measures
public import Metering

/// The journal's note of a draft: its bytes are in the outbox, their hash is in the chain.
public struct DraftNote: Hashable, Sendable, Codable {
  public static let kind = "draft"
  public static let version = 1

  public let id: String
  public let revision: Int
  public let sequence: Int64
  public let payable: String
  public let contentSHA256: String

  public init(_ draft: InvoiceDraft, contentSHA256: String) {
    id = draft.id.text
    revision = draft.revision
    sequence = draft.sequence
    payable = draft.totals.payable.text(in: draft.currency)
    self.contentSHA256 = contentSHA256
  }

  /// - Throws: `ContractError` for a version this program does not know, and for bytes that do not fit.
  public static func decode(version: Int, _ bytes: [UInt8]) throws(ContractError) -> DraftNote {
    guard version == Self.version else {
      throw ContractError("a draft note of version \(version) is not known")
    }
    return try RecordCoder.decode(DraftNote.self, from: bytes, as: "the draft note")
  }

  public func encoded() throws(ContractError) -> [UInt8] { try RecordCoder.encode(self, as: "draft note") }
}

/// The journal's note of something that was refused: for the audit, without effect on the shop.
public struct RefusalNote: Hashable, Sendable, Codable {
  public static let kind = "refused"
  public static let version = 1

  public let verb: String
  public let id: String?
  public let code: RefusalCode
  public let message: String
  /// Of what came, which itself is not kept: it may be anything.
  public let byteCount: Int
  public let sha256: String

  public init(verb: String, id: String?, refusal: Refusal, byteCount: Int, sha256: String) {
    self.verb = String(verb.prefix(64))
    self.id = id
    code = refusal.code
    message = refusal.message
    self.byteCount = byteCount
    self.sha256 = sha256
  }

  public func encoded() throws(ContractError) -> [UInt8] { try RecordCoder.encode(self, as: "refusal note") }
}

/// The journal rows that a measured quantity was summed from: hashed into the draft, and found again by `explain`.
public enum EvidenceRows {
  public static func subject(of run: RunID) -> String { "run/\(run)" }

  /// The bodies of the segments and stretches of one channel, in their order: what the hash is over.
  public static func bytes(
    _ rows: [(kind: String, version: Int, body: [UInt8])], _ channel: ChannelID
  ) throws(ContractError) -> [UInt8] {
    var bytes: [UInt8] = []
    for row in rows where try fact(in: row, on: channel) != nil { bytes += row.body }
    return bytes
  }

  /// The segment or stretch in a row, if it is one of that channel.
  public static func fact(
    in row: (kind: String, version: Int, body: [UInt8]), on channel: ChannelID
  ) throws(ContractError) -> Fact? {
    guard row.kind == EventRecord.Kind.segment.rawValue || row.kind == EventRecord.Kind.stretch.rawValue,
      case .fact(let fact) = try EventRecord.decode(kind: row.kind, version: row.version, bytes: row.body),
      fact.channel == channel
    else { return nil }
    return fact
  }
}
