internal import GRDB

extension DatabaseFile {
  /// SQLite's integrity_check over the tables of state: bounded by them, not by the journal's age. Its
  /// quick_check would not do: a damaged index hides a pending draft, which is then never sent.
  func checkStateTables() throws(JournalError) {
    for table in ["state", "reply", "outbox", "event_outbox", "boot", "meta"] {
      let problem = try unisolated("check the table \(table)") { database in
        try Row.fetchOne(database, sql: "PRAGMA integrity_check('\(table)')").map {
          ($0[0] as DatabaseValue).storage
        }
      }
      guard case .string(let text)? = problem, text == "ok" else {
        throw JournalError(
          .corrupt,
          "\(path): table \(table) is damaged (\(problem.map { "\($0)" } ?? "no answer")); nothing was "
            + "deleted or repaired; keep the file, restore a backup beside it")
      }
    }
  }

  /// What SQLite's integrity_check finds wrong with the entire file, at most a hundred lines; reads it all.
  func problems() throws(JournalError) -> [String] {
    try read("check the file") { database in
      try Row.fetchAll(database, sql: "PRAGMA integrity_check(100)").compactMap { row in
        if case .string(let text) = (row[0] as DatabaseValue).storage, text != "ok" { text } else { nil }
      }
    }
  }

  /// Checks the newest journal rows against the chain and returns its head.
  func checkTail(rows count: Int) throws(JournalError) -> AuditHead {
    var rows = try journalRows("ORDER BY sequence DESC LIMIT ?", [count + 1])
    rows.reverse()
    guard let first = rows.first else { return .genesis }
    var check = ChainCheck(startingAt: first)
    for row in rows {
      if let fault = check.next(row) {
        throw JournalError(
          .corrupt,
          "\(path): journal row \(fault.sequence): \(fault.reason); nothing was deleted or repaired; "
            + "keep the file, restore a backup beside it")
      }
    }
    return check.head
  }
}
