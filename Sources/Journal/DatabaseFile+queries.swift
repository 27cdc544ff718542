internal import GRDB

/// The queries that the writer and the readers share.
extension DatabaseFile {
  func states(kind: String?) throws(JournalError) -> [StateRow] {
    let condition = kind == nil ? "" : "WHERE kind = ? "
    return try rows(
      "SELECT kind, id, body, checksum FROM state \(condition)ORDER BY kind, id", kind.map { [$0] } ?? [],
      table: "state"
    ) { column in
      try StateRow(&column)
    }
  }

  func state(kind: String, id: String) throws(JournalError) -> StateRow? {
    try rows(
      "SELECT kind, id, body, checksum FROM state WHERE kind = ? AND id = ?", [kind, id], table: "state"
    ) { column in
      try StateRow(&column)
    }.first
  }

  func reply(actor: String, id: String) throws(JournalError) -> ReplyRow? {
    try rows(
      "SELECT actor, id, content_hash, verb, body, at_ms, checksum FROM reply WHERE actor = ? AND id = ?",
      [actor, id], table: "reply"
    ) { column in
      let row = ReplyRow(
        actor: try column.text(), id: try column.text(), contentHash: try column.bytes(),
        verb: try column.text(), body: try column.bytes(), atMilliseconds: try column.integer())
      try column.verify()
      return row
    }.first
  }

  /// Drafts by the rest of a SELECT, from WHERE on.
  func drafts(
    _ rest: String, _ values: [any DatabaseValueConvertible]
  ) throws(JournalError) -> [DraftRow] {
    try rows(
      """
      SELECT key, draft_id, revision, series, sequence, topic, body, content_sha256, created_ms, checksum,
        state, reference, reason, changed_ms, state_checksum FROM outbox \(rest)
      """, values, table: "outbox"
    ) { column in
      _ = try column.text()
      let id = try column.text()
      let revision = try column.integer()
      let series = try column.text()
      let sequence = try column.integer()
      let topic = try column.text()
      let body = try column.bytes()
      let hash = try column.text()
      let created = try column.integer()
      try column.verify()
      guard let state = DraftState(rawValue: try column.text()) else { throw column.damaged("a state") }
      let reference = try column.optionalText()
      let reason = try column.optionalText()
      let changed = try column.integer()
      try column.verify()
      return DraftRow(
        draftID: id, revision: revision, series: series, sequence: sequence, topic: topic, body: body,
        contentSHA256: hash, state: state, reference: reference, reason: reason,
        createdMilliseconds: created, changedMilliseconds: changed)
    }
  }

  func lastSequence(series: String) throws(JournalError) -> Int64 {
    try rows(
      "SELECT coalesce(max(sequence), 0) FROM outbox WHERE series = ?", [series], table: "outbox"
    ) { try $0.integer() }.first ?? 0
  }

  func events() throws(JournalError) -> [EventRow] {
    try rows(
      "SELECT number, topic, body, created_ms, checksum FROM event_outbox ORDER BY number", [],
      table: "event_outbox"
    ) { column in
      let row = EventRow(
        number: try column.integer(), topic: try column.text(), body: try column.bytes(),
        createdMilliseconds: try column.integer())
      try column.verify()
      return row
    }
  }

  /// All pieces of the traces of a run, channel by channel, in their order.
  ///
  /// - Parameter channel: of this one alone.
  func traces(run: String, channel: String? = nil) throws(JournalError) -> [TraceRow] {
    let condition = channel == nil ? "" : "AND channel = ? "
    return try rows(
      "SELECT run, channel, number, body, checksum FROM trace WHERE run = ? \(condition)ORDER BY channel, number",
      [run] + (channel.map { [$0] } ?? []), table: "trace"
    ) { column in
      let row = TraceRow(
        run: try column.text(), channel: try column.text(), number: try column.integer(),
        body: try column.bytes())
      try column.verify()
      return row
    }
  }

  func meta(_ key: String) throws(JournalError) -> String? {
    try rows("SELECT key, value, checksum FROM meta WHERE key = ?", [key], table: "meta") { column in
      _ = try column.text()
      let value = try column.text()
      try column.verify()
      return value
    }.first
  }

  func bootNumber(of bootID: String) throws(JournalError) -> Int64? {
    try rows(
      "SELECT number, boot_id, checksum FROM boot WHERE boot_id = ?", [bootID], table: "boot"
    ) { column in
      let number = try column.integer()
      _ = try column.text()
      try column.verify()
      return number
    }.first
  }

  /// Journal rows by the rest of a SELECT, from WHERE on.
  func journalRows(
    _ rest: String, _ values: [any DatabaseValueConvertible]
  ) throws(JournalError) -> [JournalRow] {
    try rows(
      "SELECT sequence, at, kind, subject, version, configuration, body, hash FROM journal \(rest)", values,
      table: "journal"
    ) { column in
      JournalRow(
        sequence: try column.integer(), at: try column.text(), kind: try column.text(),
        subject: try column.text(), version: try column.integer(), configuration: try column.text(),
        body: try column.bytes(), hash: try column.bytes())
    }
  }

  private func rows<Element>(
    _ sql: String, _ values: [any DatabaseValueConvertible], table: String,
    _ decode: (inout ColumnReader) throws -> Element
  ) throws(JournalError) -> [Element] {
    try read("read the table \(table)") { database in
      let statement = try database.cachedStatement(sql: sql)
      let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(values))
      var elements: [Element] = []
      while let row = try cursor.next() {
        var column = ColumnReader(row, table: table, path: path)
        elements.append(try decode(&column))
      }
      return elements
    }
  }
}

extension StateRow {
  fileprivate init(_ column: inout ColumnReader) throws(JournalError) {
    self.init(kind: try column.text(), id: try column.text(), body: try column.bytes())
    try column.verify()
  }
}
