/// A journal row that the audit chain contradicts.
public struct ChainFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// The first bad row; for a missing one, its number.
  public let sequence: Int64
  /// What is wrong with it.
  public let reason: String

  public var description: String { "journal row \(sequence): \(reason)" }
}

/// What walking the audit chain found.
public enum ChainResult: Sendable, Hashable {
  /// Every row up to this head is as it was written. Compare the head with the copies in drafts: rows cut
  /// off at the end leave a whole chain behind, only a shorter one.
  case whole(AuditHead)
  /// The first bad row, and the last head before it.
  case broken(ChainFault, after: AuditHead)
}

/// Walks rows in order and finds the first that does not follow from the one before.
public struct ChainCheck: Sendable {
  public private(set) var head: AuditHead
  /// The hash before the first row is unknown when the walk starts in the middle.
  private var trustsFirst: Bool

  /// A walk from the beginning.
  public init() {
    head = .genesis
    trustsFirst = false
  }

  /// A walk from a row in the middle, whose own hash is taken as it stands.
  init(startingAt row: JournalRow) {
    head = AuditHead(sequence: row.sequence - 1, hash: AuditHead.genesis.hash)
    trustsFirst = row.sequence > 1
  }

  public mutating func next(_ row: JournalRow) -> ChainFault? {
    guard row.sequence == head.sequence + 1 else {
      return ChainFault(sequence: head.sequence + 1, reason: "is missing (the next is \(row.sequence))")
    }
    if !trustsFirst, row.hash != row.expectedHash(after: head.hash) {
      return ChainFault(
        sequence: row.sequence, reason: "its hash does not follow from the row before and its own content")
    }
    trustsFirst = false
    head = row.head
    return nil
  }
}
