/// Where the audit chain stands: the newest row and the hash that covers it and every row before it.
///
/// Whoever holds a copy of a head (billing gets one in each draft) can later tell whether the journal
/// still says what it said then.
public struct AuditHead: Sendable, Hashable, CustomStringConvertible {
  /// The sequence of the newest row, from 1; 0 while the journal is empty.
  public let sequence: Int64
  /// The 32 bytes of that row's hash; all zero while the journal is empty.
  public let hash: [UInt8]

  /// The head of a journal without rows.
  public static let genesis = AuditHead(
    sequence: 0, hash: [UInt8](repeating: 0, count: SHA256.byteCount))

  public init(sequence: Int64, hash: [UInt8]) {
    self.sequence = sequence
    self.hash = hash
  }

  /// The hash as 64 lower-case hexadecimal digits: the text that drafts and the ledger message carry.
  public var text: String { SHA256.hex(hash) }

  public var description: String { "row \(sequence), \(text)" }
}
