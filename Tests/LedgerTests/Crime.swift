import Contract
import Foundation
import GRDB
@testable import Journal

/// Something that somebody with a text editor for databases might do.
struct Crime: Sendable {
  let name: String
  let complaint: @Sendable (DraftView) -> String
  private let deed: @Sendable (Database, DraftView) throws -> Void

  func commit(in directory: String, _ draft: DraftView) throws {
    let queue = try DatabaseQueue(path: directory + "/chargehand.sqlite")
    try queue.writeWithoutTransaction { database in
      for trigger in [
        "journal_never_changes", "journal_never_shrinks", "outbox_never_changes",
        "outbox_acknowledged_is_final",
        "outbox_never_shrinks",
      ] {
        try database.execute(sql: "DROP TRIGGER \(trigger)")
      }
      try deed(database, draft)
      try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }

  static let all = [
    Crime(
      name: "a flipped bit in a segment", complaint: { _ in "journal row" },
      deed: { database, _ in
        try change(
          database, "SELECT sequence, body FROM journal WHERE kind = 'segment'", of: "journal", by: "sequence"
        ) {
          $0[$0.count / 2] ^= 1
        }
      }),
    Crime(
      name: "a row less", complaint: { _ in "is missing" },
      deed: { database, _ in try database.execute(sql: "DELETE FROM journal WHERE sequence = 5") }),
    Crime(
      name: "more hours in the job's state",
      complaint: { _ in "the state of job J-1 is not what the journal comes to" },
      deed: { database, _ in
        let body =
          try Data.fetchOne(database, sql: "SELECT body FROM state WHERE kind = 'job' AND id = 'J-1'")
          ?? Data()
        let text = String(decoding: body, as: UTF8.self).replacing("3600000", with: "7200000")
        // Whoever knows the program can make its checksums right as well.
        try database.run(
          "UPDATE state SET body = ?2, checksum = ?3 WHERE kind = 'job' AND id = ?1",
          ["J-1"] + Array(Checksum.appended(to: ["job", "J-1", Data(text.utf8)], table: "state").suffix(2)))
      }),
    Crime(
      name: "a job's state gone", complaint: { _ in "the state lacks job J-1" },
      deed: { database, _ in try database.execute(sql: "DELETE FROM state WHERE kind = 'job'") }),
    Crime(
      name: "a bit in the state", complaint: { _ in "checksum differs" },
      deed: { database, _ in
        try change(database, "SELECT id, body FROM state WHERE kind = 'job'", of: "state", by: "id") {
          $0[$0.count / 2] ^= 1
        }
      }),
    Crime(
      name: "another amount in the draft, with a right checksum",
      complaint: { "draft \($0.id) revision 1: its bytes do not match the hash they carry" },
      deed: { database, draft in
        let row = try Row.fetchOne(
          database,
          sql: """
            SELECT key, draft_id, revision, series, sequence, topic, body, content_sha256, created_ms FROM outbox
            """)
        guard let row else { throw CrimeError() }
        var values: [DatabaseValue] = row.map(\.1)
        let text = String(decoding: row["body"] as Data, as: UTF8.self).replacing(draft.payable, with: "1.00")
        values[6] = Data(text.utf8).databaseValue
        let all = Checksum.appended(to: values.map { $0 as any DatabaseValueConvertible }, table: "outbox")
        try database.run("UPDATE outbox SET body = ?1, checksum = ?2", [all[6], all[9]])
      }),
    Crime(
      name: "an accepted draft to be sent again, with a right checksum",
      complaint: {
        "draft \($0.id) revision 1: it is kept as pending, but by the journal it is acknowledged"
      },
      deed: { database, _ in
        let row = try Row.fetchOne(database, sql: "SELECT reference, reason, changed_ms FROM outbox")
        guard let row else { throw CrimeError() }
        let values: [any DatabaseValueConvertible] =
          ["pending", row[0] as DatabaseValue, row[1] as DatabaseValue, row[2] as DatabaseValue]
        try database.run(
          "UPDATE outbox SET state = ?, reference = ?, reason = ?, changed_ms = ?, state_checksum = ?",
          Checksum.appended(to: values, table: "outbox"))
      }),
    Crime(
      name: "a draft gone", complaint: { "draft \($0.id)" },
      deed: { database, _ in try database.execute(sql: "DELETE FROM outbox") }),
  ]

  private static func change(
    _ database: Database, _ query: String, of table: String, by key: String, _ body: (inout [UInt8]) -> Void
  ) throws {
    guard let row = try Row.fetchOne(database, sql: query) else { throw CrimeError() }
    var bytes = [UInt8](row["body"] as Data)
    body(&bytes)
    try database.run(
      "UPDATE \(table) SET body = ? WHERE \(key) = ?", [Data(bytes), row[key] as DatabaseValue])
  }
}

/// There was nothing to change: the test is at fault.
struct CrimeError: Error {}
