// Blobs come out of GRDB as Data.
internal import Foundation
internal import GRDB

/// A few bytes beside each row outside of the journal, because SQLite has none: a bit that flips in a
/// stored tally or draft would else be billed. (The journal's rows are covered by the audit chain.)
enum Checksum {
  /// The first 8 bytes of the SHA-256 of the table's name and the values, each with its type and length.
  static func of(_ values: [DatabaseValue], table: String) -> [UInt8] {
    var bytes: [UInt8] = []
    func put(_ type: UInt8, _ content: some Collection<UInt8>) {
      bytes.append(type)
      withUnsafeBytes(of: UInt64(content.count).bigEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: content)
    }
    put(0, table.utf8)
    for value in values {
      switch value.storage {
      case .null: put(1, [])
      case .int64(let integer): put(2, withUnsafeBytes(of: integer.bigEndian) { Array($0) })
      case .double(let double): put(3, withUnsafeBytes(of: double.bitPattern.bigEndian) { Array($0) })
      case .string(let text): put(4, text.utf8)
      case .blob(let data): put(5, data)
      }
    }
    return Array(SHA256.digest(bytes).prefix(8))
  }

  /// The values with their checksum behind them.
  static func appended(
    to values: [(any DatabaseValueConvertible)?], table: String
  ) -> [(any DatabaseValueConvertible)?] {
    values + [Data(of(values.map { $0?.databaseValue ?? .null }, table: table))]
  }
}

extension Database {
  /// Runs a prepared statement.
  func run(_ sql: String, _ values: [(any DatabaseValueConvertible)?]) throws {
    let statement = try cachedStatement(sql: sql)
    statement.setUncheckedArguments(StatementArguments(values))
    try statement.execute()
  }

  /// Inserts a row with its checksum behind the `values` that it covers; `rest` stands behind that.
  func insert(
    _ table: String, _ values: [(any DatabaseValueConvertible)?],
    rest: [(any DatabaseValueConvertible)?] = [], onConflict: String = ""
  ) throws {
    let all = Checksum.appended(to: values, table: table) + rest
    let places = Array(repeating: "?", count: all.count).joined(separator: ", ")
    try run("INSERT INTO \(table) VALUES (\(places)) \(onConflict)", all)
  }

  /// Sets a value of the file itself.
  func setMeta(_ key: String, _ value: String) throws {
    try insert(
      "meta", [key, value],
      onConflict: "ON CONFLICT DO UPDATE SET value = excluded.value, checksum = excluded.checksum")
  }
}
