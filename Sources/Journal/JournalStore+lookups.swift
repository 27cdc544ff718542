internal import GRDB

extension JournalStore {
  /// What the engine starts from.
  public struct Loaded: Sendable {
    /// All state, ordered by kind and id.
    public let states: [StateRow]
    /// The drafts to be sent until acknowledged, in the order they were stored.
    public let pendingDrafts: [DraftRow]
    /// The events that wait for a PUBACK, the oldest first.
    public let events: [EventRow]
  }

  /// Reads everything the engine starts from. Replies are looked up one by one.
  public func load() throws(JournalError) -> Loaded {
    Loaded(states: try file.states(kind: nil), pendingDrafts: try pendingDrafts(), events: try events())
  }

  /// The committed reply to a command, if it is still kept.
  public func reply(actor: String, id: String) throws(JournalError) -> ReplyRow? {
    try file.reply(actor: actor, id: id)
  }

  /// One revision of a draft, by ``DraftRow/key``.
  public func draft(_ key: String) throws(JournalError) -> DraftRow? {
    try file.drafts("WHERE key = ?", [key]).first
  }

  /// All revisions of a draft, the lowest first.
  public func drafts(id: String) throws(JournalError) -> [DraftRow] {
    try file.drafts("WHERE draft_id = ? ORDER BY revision", [id])
  }

  /// The drafts to be sent until acknowledged, in the order they were stored.
  public func pendingDrafts() throws(JournalError) -> [DraftRow] {
    try file.drafts("WHERE state = 'pending' ORDER BY rowid", [])
  }

  /// The highest sequence stored in a series; 0 if there is none.
  public func lastSequence(series: String) throws(JournalError) -> Int64 {
    try file.lastSequence(series: series)
  }

  /// The events that wait for a PUBACK, the oldest first.
  public func events() throws(JournalError) -> [EventRow] { try file.events() }

  /// All pieces of the trace of a run on one channel, in their order.
  public func traces(run: String, channel: String) throws(JournalError) -> [TraceRow] {
    try file.traces(run: run, channel: channel)
  }

  /// A value of the file itself.
  public func meta(_ key: String) throws(JournalError) -> String? { try file.meta(key) }

  /// The increasing number of a boot of this machine, from 1, given the kernel's boot id; the first call
  /// for a boot commits it.
  public func bootNumber(of bootID: String) throws(JournalError) -> Int64 {
    if let failure { throw failure }
    if let known = try file.bootNumber(of: bootID) { return known }
    try file.write("number this boot") { database in
      let last = try Int64.fetchOne(database, sql: "SELECT max(number) FROM boot") ?? 0
      try database.insert("boot", [last + 1, bootID])
    }
    guard let number = try file.bootNumber(of: bootID) else {
      throw JournalError(.io, "\(path): the number of this boot is not there after its commit")
    }
    return number
  }
}
