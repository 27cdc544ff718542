// Blobs go into GRDB as Data.
internal import Foundation
internal import GRDB

extension JournalStore {
  /// What a commit did beside what it was asked to.
  public struct Outcome: Sendable, Hashable {
    /// The head of the chain now.
    public let head: AuditHead
    /// The numbers of the events dropped to keep to ``JournalStore/eventLimit``.
    public let droppedEvents: [Int64]
    /// Why the traces of the batch were not stored: all the rest was.
    public let traceError: JournalError?
  }

  /// Stores a batch in one transaction; when this returns it is on the disk. An empty batch does no I/O.
  ///
  /// If it throws, nothing of the batch is stored and ``head`` has not moved. After `.full` and `.busy`
  /// the same batch may be committed again. After `.io` and `.corrupt` this store refuses everything: a
  /// sync that failed leaves it open until the next start whether the batch is on the disk, so the
  /// process must end (and a command that was not acknowledged is delivered again, to find its reply).
  @discardableResult
  public func commit(_ batch: Batch) throws(JournalError) -> Outcome {
    if let failure { throw failure }
    guard batch.base == head else {
      throw JournalError(
        .conflict,
        "\(path): the batch continues from \(batch.base), the journal stands at \(head); nothing was "
          + "stored; this is a mistake in the program, please report it")
    }
    guard !batch.isEmpty else { return Outcome(head: head, droppedEvents: [], traceError: nil) }
    try checkTexts(batch)
    let (dropped, traceError) = try writeAtAnyPrice(batch)
    head = batch.head
    eventsDropped += Int64(dropped.count)
    for case .setMeta("series", let value) in batch.steps { series = value }
    for case .insertEvent(let event) in batch.steps { nextEvent = event.number + 1 }
    return Outcome(head: head, droppedEvents: dropped, traceError: traceError)
  }

  /// What is only to be looked at is the first thing to go: where a disk is full, or the table of traces is damaged, the
  /// rest is stored without it.
  private func writeAtAnyPrice(_ batch: Batch) throws(JournalError) -> ([Int64], JournalError?) {
    do {
      return (try write(batch), nil)
    } catch let first {
      guard batch.hasTraces, first.kind == .full || first.kind == .corrupt else { throw failed(first) }
      do {
        return (try write(batch.withoutTraces), first)
      } catch {
        throw failed(error)
      }
    }
  }

  private func failed(_ error: JournalError) -> JournalError {
    if error.kind == .io || error.kind == .corrupt { failure = error }
    return error
  }

  private func write(_ batch: Batch) throws(JournalError) -> [Int64] {
    var dropped: [Int64] = []
    try file.write("commit") { database in
      let writer = BatchWriter(database: database, path: path)
      try writer.write(batch)
      dropped = try writer.dropEvents(beyond: Self.eventLimit, droppedBefore: eventsDropped)
    }
    return dropped
  }

  /// SQLite would cut a text at a NUL: the chain would name that row as changed, and two keys could become
  /// one.
  private func checkTexts(_ batch: Batch) throws(JournalError) {
    guard let culprit = batch.firstTextWithNUL else { return }
    throw JournalError(
      .conflict,
      "\(path): \(culprit) contains a NUL character; nothing was stored; such a name must be refused "
        + "where it comes in")
  }
}

/// Writes the parts of a batch inside an open transaction, by statements that GRDB keeps prepared.
private struct BatchWriter {
  let database: Database
  let path: String

  func write(_ batch: Batch) throws {
    for row in batch.rows {
      try database.run(
        "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
          row.sequence, row.at, row.kind, row.subject, row.version, row.configuration, Data(row.body),
          Data(row.hash),
        ])
    }
    for (key, body) in batch.states { try write(key, body) }
    for reply in batch.replies.values {
      try database.insert(
        "reply",
        [
          reply.actor, reply.id, Data(reply.contentHash), reply.verb, Data(reply.body),
          reply.atMilliseconds,
        ])
    }
    for step in batch.steps { try write(step) }
  }

  private func write(_ key: Batch.StateKey, _ body: [UInt8]?) throws {
    guard let body else {
      return try database.run("DELETE FROM state WHERE kind = ? AND id = ?", [key.kind, key.id])
    }
    // Equal bytes dirty no page, so a batch that changes nothing writes nothing.
    try database.insert(
      "state", [key.kind, key.id, Data(body)],
      onConflict: """
        ON CONFLICT DO UPDATE SET body = excluded.body, checksum = excluded.checksum
        WHERE body <> excluded.body OR checksum <> excluded.checksum
        """)
  }

  private func write(_ step: Batch.Step) throws {
    switch step {
    case .insertDraft(let draft):
      try database.insert(
        "outbox",
        [
          draft.key, draft.draftID, draft.revision, draft.series, draft.sequence, draft.topic,
          Data(draft.body), draft.contentSHA256, draft.createdMilliseconds,
        ],
        rest: Checksum.appended(
          to: [draft.state.rawValue, draft.reference, draft.reason, draft.changedMilliseconds],
          table: "outbox"))
    case .markDraft(let key, let state, let reference, let reason, let at):
      try mark(key, state, reference, reason, at)
    case .insertEvent(let event):
      try database.insert(
        "event_outbox", [event.number, event.topic, Data(event.body), event.createdMilliseconds])
    case .removeEvent(let number):
      try database.run("DELETE FROM event_outbox WHERE number = ?", [number])
    case .pruneReplies(let before, let limit):
      try database.run(
        """
        DELETE FROM reply WHERE (actor, id) IN
          (SELECT actor, id FROM reply WHERE at_ms < ? ORDER BY at_ms LIMIT ?)
        """, [before, limit])
    case .setMeta(let key, let value):
      try database.setMeta(key, value)
    case .putTrace(let row):
      try database.insert(
        "trace", [row.run, row.channel, row.number, Data(row.body)],
        onConflict: "ON CONFLICT DO UPDATE SET body = excluded.body, checksum = excluded.checksum")
    case .cutTrace(let run, let channel, let count):
      try database.run(
        "DELETE FROM trace WHERE run = ? AND channel = ? AND number >= ?", [run, channel, count])
    }
  }

  private func mark(
    _ key: String, _ state: DraftState, _ reference: String?, _ reason: String?, _ at: Int64
  ) throws {
    let statement = try database.cachedStatement(sql: "SELECT reference, reason FROM outbox WHERE key = ?")
    guard let row = try Row.fetchOne(statement, arguments: [key]) else {
      throw JournalError(
        .conflict, "\(path): there is no draft \(key) to mark \(state.rawValue); nothing was stored")
    }
    // Why it was rejected, or replaced, is over once it is accepted or sent again.
    let isOver = state == .acknowledged || state == .pending
    let values: [(any DatabaseValueConvertible)?] = [
      state.rawValue, reference ?? (row[0] as DatabaseValue),
      reason ?? (isOver ? .null : row[1] as DatabaseValue), at,
    ]
    try database.run(
      """
      UPDATE outbox SET state = ?, reference = ?, reason = ?, changed_ms = ?, state_checksum = ?
      WHERE key = ?
      """, Checksum.appended(to: values, table: "outbox") + [key])
  }

  /// Deletes the oldest events beyond the limit and keeps count of them; returns their numbers.
  func dropEvents(beyond limit: Int, droppedBefore: Int64) throws -> [Int64] {
    let statement = try database.cachedStatement(
      sql: "SELECT number FROM event_outbox ORDER BY number DESC LIMIT -1 OFFSET ?")
    let numbers = try Int64.fetchAll(statement, arguments: [limit])
    guard !numbers.isEmpty else { return [] }
    for number in numbers { try database.run("DELETE FROM event_outbox WHERE number = ?", [number]) }
    try database.setMeta("events_dropped", "\(droppedBefore + Int64(numbers.count))")
    return numbers.reversed()
  }
}
