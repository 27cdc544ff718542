extension JournalReader {
  /// State, drafts and head of one moment.
  public struct Snapshot: Sendable {
    public let head: AuditHead
    /// Ordered by kind and id.
    public let states: [StateRow]
    /// In the order they were stored.
    public let drafts: [DraftRow]
  }

  /// Reads everything that follows from the journal, as of one head.
  ///
  /// The head is read before and after: whatever follows from the journal changes only together with it. A
  /// daemon commits every few seconds at most, so a second attempt is rare; while it takes commands without
  /// a pause the reading is done in earnest up to `attempts` times.
  /// - Throws: `.busy` when the journal never stood still.
  public func snapshot(attempts: Int = 100) throws(JournalError) -> Snapshot {
    for _ in 0..<attempts {
      let before = try head()
      let states = try allStates()
      let drafts = try drafts()
      if try head() == before { return Snapshot(head: before, states: states, drafts: drafts) }
    }
    throw JournalError(.busy, "\(path): it is written to without a pause; try again when the shop is quieter")
  }
}

extension JournalStore {
  /// All committed rows about one subject, in order.
  public func rows(subject: String) throws(JournalError) -> [JournalRow] {
    try file.journalRows("WHERE subject = ? AND subject <> '' ORDER BY sequence", [subject])
  }
}
