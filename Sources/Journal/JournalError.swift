internal import GRDB

/// What went wrong with the state directory or the file in it, as a sentence and as a kind to act on.
public struct JournalError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What the caller can do about it.
  public enum Kind: Sendable, Hashable {
    /// No space. Nothing was stored; the same commit succeeds once there is space again.
    case full
    /// The disk failed. Whether the commit is on it shows only after a restart, so the process must end.
    case io
    /// The file is damaged, or is no database. Nothing was deleted or repaired.
    case corrupt
    /// Another program held the file for longer than the busy timeout. Nothing was stored; try again.
    case busy
    /// Another daemon holds the state directory; its process id where it could be read.
    case inUse(processID: Int32?)
    /// The directory or the file cannot be used as it is: missing, not a directory, no permission,
    /// read-only.
    case unusable
    /// The file was written by another program, or by a version of this one that it does not know.
    case unknownSchema
    /// The batch contradicts what is stored (a sequence twice, a draft changed, a stale batch): a mistake
    /// in the caller. Nothing was stored.
    case conflict
  }

  public let kind: Kind
  /// A sentence: what, where, and what to do.
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public var description: String { message }
}

extension JournalError {
  /// SQLite's error as ours. `action` says what was being done, `path` to which file.
  init(_ error: DatabaseError, _ action: String, path: String) {
    let detail = error.message ?? "no detail"
    let code = "SQLite code \(error.extendedResultCode.rawValue)"
    let (kind, advice) = Self.classify(error)
    self.init(kind, "\(path): cannot \(action): \(detail) (\(code)); \(advice)")
  }

  private static func classify(_ error: DatabaseError) -> (Kind, String) {
    // Growing the -shm file fails with an I/O code of its own; on Linux that means no space, and space
    // may return, so it must not end the process.
    if error.extendedResultCode == .SQLITE_IOERR_SHMSIZE {
      return (.full, "nothing was stored; free some space, it goes on by itself")
    }
    return switch error.resultCode {
    case .SQLITE_FULL:
      (.full, "nothing was stored; free some space, it goes on by itself")
    case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT, .SQLITE_MISMATCH:
      (.corrupt, "nothing was deleted or repaired; keep the file, restore a backup beside it")
    case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL:
      (.busy, "nothing was stored; close the other program that has the file open")
    case .SQLITE_CONSTRAINT, .SQLITE_MISUSE, .SQLITE_RANGE, .SQLITE_TOOBIG:
      (.conflict, "nothing was stored; this is a mistake in the program, please report it")
    case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
      (.unusable, "check that the directory exists, is not read-only, and belongs to this user")
    case .SQLITE_ERROR, .SQLITE_SCHEMA:
      // A table or column that is not there: the schema's version matched, so the file is damaged.
      (.corrupt, "nothing was deleted or repaired; keep the file, restore a backup beside it")
    default:
      (.io, "check the disk (dmesg, smartctl), then start again")
    }
  }
}
