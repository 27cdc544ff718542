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

  private mutating func storage() -> DatabaseValue.Storage {
    defer { next += 1 }
    return (row[next] as DatabaseValue).storage
  }

  func damaged(_ expected: String) -> JournalError {
    JournalError(
      .corrupt,
      "\(path): table \(table), value \(next) of a row is not \(expected); nothing was deleted or "
        + "repaired; keep the file, restore a backup beside it")
  }
}
