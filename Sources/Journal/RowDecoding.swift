// Blobs come out of GRDB as Data.
internal import Foundation
internal import GRDB

/// Columns read without trust: a damaged file may hold any type anywhere, and GRDB's own conversions
/// would end the process on it.
struct ColumnReader {
  let row: Row
  let table: String
  let path: String
  private var next = 0
  private var covered: [DatabaseValue] = []

  init(_ row: Row, table: String, path: String) {
    self.row = row
    self.table = table
    self.path = path
  }

  mutating func integer() throws(JournalError) -> Int64 {
    if case .int64(let value) = storage() { return value }
    throw damaged("an integer")
  }

  mutating func text() throws(JournalError) -> String {
    if case .string(let value) = storage() { return value }
    throw damaged("a text")
  }

  mutating func optionalText() throws(JournalError) -> String? {
    switch storage() {
    case .null: return nil
    case .string(let value): return value
    default: throw damaged("a text")
    }
  }

  mutating func bytes() throws(JournalError) -> [UInt8] {
    if case .blob(let value) = storage() { return [UInt8](value) }
    throw damaged("bytes")
  }

  /// Reads a checksum, the next column, and compares it with what was read since the one before.
  mutating func verify() throws(JournalError) {
    let expected = Checksum.of(covered, table: table)
    guard try bytes() == expected else {
      throw damaged("as it was stored: its checksum differs")
    }
    covered = []
  }

  private mutating func storage() -> DatabaseValue.Storage {
    defer { next += 1 }
    let value = row[next] as DatabaseValue
    covered.append(value)
    return value.storage
  }

  func damaged(_ expected: String) -> JournalError {
    let name = covered.first?.description ?? "nothing"
    return JournalError(
      .corrupt,
      "\(path): table \(table), column \(next) of the row that begins with \(name): is not \(expected); nothing was deleted or "
        + "repaired; keep the file, restore a backup beside it")
  }
}
