// Blobs come out of GRDB as Data.
internal import Foundation
internal import GRDB

/// A connection to the SQLite file, with GRDB's errors turned into ours.
final class DatabaseFile {
  /// The file's name in the state directory.
  static let name = "chargehand.sqlite"

  /// How the file is opened.
  enum Access {
    case readWrite
    case readOnly
    /// Read-only, and SQLite takes no locks and looks at no -wal file. Right only while nobody writes.
    case immutable
  }

  let path: String
  private let queue: DatabaseQueue

  init(path: String, access: Access) throws(JournalError) {
    self.path = path
    var configuration = Configuration()
    configuration.readonly = access != .readWrite
    configuration.busyMode = .timeout(5)
    configuration.label = "journal"
    configuration.prepareDatabase { database in
      // A file is data: nothing in its schema may run a function with side effects, and a page that does
      // not fit its place is reported rather than believed. No memory map: a read error there is a signal.
      try database.execute(
        sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;")
    }
    let location = access == .immutable ? Self.immutableLocation(path) : path
    do {
      queue = try DatabaseQueue(path: location, configuration: configuration)
    } catch {
      throw Self.journalError(error, "open it", path: path)
    }
  }

  /// Several statements, outside of a transaction.
  func execute(_ sql: String, to action: String) throws(JournalError) {
    try unisolated(action) { try $0.execute(sql: sql) }
  }

  /// The first column of the first row, as text.
  func scalar(_ sql: String, to action: String) throws(JournalError) -> String? {
    try unisolated(action) { database in
      guard let row = try Row.fetchOne(database, sql: sql) else { return nil }
      return switch (row[0] as DatabaseValue).storage {
      case .null: nil
      case .int64(let value): "\(value)"
      case .double(let value): "\(value)"
      case .string(let value): value
      case .blob(let value): SHA256.hex([UInt8](value))
      }
    }
  }

  /// Runs `body` without a transaction of its own: each statement is one.
  func unisolated<T>(_ action: String, _ body: (Database) throws -> T) throws(JournalError) -> T {
    do {
      return try queue.writeWithoutTransaction(body)
    } catch {
      throw Self.journalError(error, action, path: path)
    }
  }

  /// Runs `body` in one read transaction: it sees one moment of the file.
  func read<T>(_ action: String, _ body: (Database) throws -> T) throws(JournalError) -> T {
    do {
      return try queue.read(body)
    } catch {
      throw Self.journalError(error, action, path: path)
    }
  }

  /// Runs `body` in one write transaction, committed to the disk when this returns; rolled back entirely
  /// if anything fails.
  func write(_ action: String, _ body: (Database) throws -> Void) throws(JournalError) {
    try unisolated(action) { database in
      // Immediate, so that waiting for a lock happens here and never half way through.
      try database.inTransaction(.immediate) {
        try body(database)
        return .commit
      }
    }
  }

  /// Closes the connection; the last one to close folds the -wal file into the main one.
  func close() throws(JournalError) {
    do {
      try queue.close()
    } catch {
      throw Self.journalError(error, "close it", path: path)
    }
  }

  private static func journalError(_ error: any Error, _ action: String, path: String) -> JournalError {
    switch error {
    case let error as JournalError: error
    case let error as DatabaseError: JournalError(error, action, path: path)
    default: JournalError(.io, "\(path): cannot \(action): \(error)")
    }
  }

  private static func immutableLocation(_ path: String) -> String {
    var location = "file:"
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "%"): location += "%25"
      case UInt8(ascii: "?"): location += "%3f"
      case UInt8(ascii: "#"): location += "%23"
      default: location.unicodeScalars.append(Unicode.Scalar(byte))
      }
    }
    return location + "?immutable=1"
  }
}
