internal import GRDB

extension DatabaseFile {
  /// SQLite's quick_check over the tables of state: bounded by what is current, not by the journal's age.
  func checkStateTables() throws(JournalError) {
    for table in ["state", "reply", "outbox", "event_outbox", "boot", "meta"] {
      let problem = try unisolated("check the table \(table)") { database in
        try Row.fetchOne(database, sql: "PRAGMA quick_check('\(table)')").map {
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
