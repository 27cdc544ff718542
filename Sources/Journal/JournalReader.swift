internal import Glibc
internal import GRDB

/// Reads a state directory beside its running daemon, or after it stopped or crashed. Never writes, never
/// waits for the writer, and holds no transaction for longer than one page of rows, so that the -wal
/// file stays bounded.
///
/// Who can read: members of the files' group (0640 in a directory 0750), and root. After a clean stop
/// there is no -wal file, and the main file is read as immutable, which needs no permission to write and
/// leaves nothing behind. If a daemon starts meanwhile, that is seen, the page is read again, properly.
///
/// Not Sendable: one thread uses it.
public final class JournalReader {
  /// The file's path, for messages.
  public let path: String
  /// Rows in one transaction.
  static let pageSize = 1_000

  private var file: DatabaseFile
  /// What the main file looked like when it was opened as immutable; nil where SQLite's locks are used.
  private var immutable: Stamp?

  /// - Throws: `.unusable` where there is no journal or it may not be read, `.unknownSchema`, `.corrupt`.
  public init(directory: String) throws(JournalError) {
    path = directory + "/" + DatabaseFile.name
    (file, immutable) = try Self.open(path)
    guard try access({ file throws(JournalError) in try Schema.examine(file) }) == .current else {
      throw JournalError(.unusable, "\(path): holds no journal yet; run the daemon once")
    }
  }

  /// The newest row's place in the chain, as stored.
  public func head() throws(JournalError) -> AuditHead {
    try access { file throws(JournalError) in
      try file.journalRows("ORDER BY sequence DESC LIMIT 1", []).first?.head ?? .genesis
    }
  }

  /// One page: at most `limit` rows with `after < sequence <= upTo`, in order.
  public func rows(
    after: Int64, upTo: Int64, limit: Int = 1_000
  ) throws(JournalError) -> [JournalRow] {
    try access { file throws(JournalError) in
      try file.journalRows(
        "WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?", [after, upTo, limit])
    }
  }

  /// Every row from `from` up to `upTo`, or up to the head at the time of the call, in order; read in
  /// pages, and `body` runs outside of any transaction.
  public func forEachRow(
    from: Int64 = 1, upTo: Int64? = nil, _ body: (JournalRow) throws -> Void
  ) throws {
    let last = if let upTo { upTo } else { try head().sequence }
    var position = from - 1
    while position < last {
      let page = try rows(after: position, upTo: last, limit: Self.pageSize)
      guard let end = page.last else { return }
      for row in page { try body(row) }
      position = end.sequence
    }
  }

  /// All rows about one subject, in order.
  public func rows(subject: String) throws(JournalError) -> [JournalRow] {
    try access { file throws(JournalError) in
      try file.journalRows("WHERE subject = ? AND subject <> '' ORDER BY sequence", [subject])
    }
  }

  /// All rows of one kind, in order.
  public func rows(kind: String) throws(JournalError) -> [JournalRow] {
    try access { file throws(JournalError) in
      try file.journalRows("WHERE kind = ? ORDER BY sequence", [kind])
    }
  }

  /// All state of one kind, ordered by id.
  public func state(kind: String) throws(JournalError) -> [StateRow] {
    try access { file throws(JournalError) in try file.states(kind: kind) }
  }

  /// All state there is, ordered by kind and id.
  func allStates() throws(JournalError) -> [StateRow] {
    try access { file throws(JournalError) in try file.states(kind: nil) }
  }

  /// The state of one thing.
  public func state(kind: String, id: String) throws(JournalError) -> StateRow? {
    try access { file throws(JournalError) in try file.state(kind: kind, id: id) }
  }

  /// One revision of a draft, by ``DraftRow/key``.
  public func draft(_ key: String) throws(JournalError) -> DraftRow? {
    try access { file throws(JournalError) in try file.drafts("WHERE key = ?", [key]).first }
  }

  /// All revisions of a draft, the lowest first.
  public func drafts(id: String) throws(JournalError) -> [DraftRow] {
    try access { file throws(JournalError) in
      try file.drafts("WHERE draft_id = ? ORDER BY revision", [id])
    }
  }

  /// All drafts in the order they were stored.
  public func drafts() throws(JournalError) -> [DraftRow] {
    try access { file throws(JournalError) in try file.drafts("ORDER BY rowid", []) }
  }

  /// All pieces of the traces of a run, channel by channel, in their order.
  public func traces(run: String) throws(JournalError) -> [TraceRow] {
    try access { file throws(JournalError) in try file.traces(run: run) }
  }

  /// A value of the file itself: `series`, `events_dropped`, and what the daemon put there.
  public func meta(_ key: String) throws(JournalError) -> String? {
    try access { file throws(JournalError) in try file.meta(key) }
  }

  /// Walks the audit chain from the first row to the head at the time of the call.
  ///
  /// - Parameter progress: rows walked so far and rows to walk, after each page.
  public func verifyChain(
    progress: (_ done: Int64, _ of: Int64) -> Void = { _, _ in }
  ) throws(JournalError) -> ChainResult {
    let last = try head().sequence
    var check = ChainCheck()
    while check.head.sequence < last {
      let page = try rows(after: check.head.sequence, upTo: last, limit: Self.pageSize)
      for row in page {
        if let fault = check.next(row) { return .broken(fault, after: check.head) }
      }
      if page.isEmpty {
        let fault = ChainFault(sequence: check.head.sequence + 1, reason: "is missing")
        return .broken(fault, after: check.head)
      }
      progress(check.head.sequence, last)
    }
    return .whole(check.head)
  }

  /// What SQLite finds wrong with the structure of the file: tables, indexes, free pages; empty if nothing
  /// is. Reads all of it in one go, so it is for people who ask, not for every start. The content is for
  /// ``verifyChain(progress:)`` and the checksums.
  public func structuralProblems() throws(JournalError) -> [String] {
    try access { file throws(JournalError) in try file.problems() }
  }

  /// Runs one read. A file opened as immutable is only believed if it is the same afterwards and still
  /// has no -wal file; else a daemon has started, and the read is done again with SQLite's locks.
  private func access<T>(
    _ body: (DatabaseFile) throws(JournalError) -> T
  ) throws(JournalError) -> T {
    guard let before = immutable else { return try body(file) }
    let result = Result { () throws(JournalError) in try body(file) }
    if Stamp(path) == before, !Self.hasLog(path) { return try result.get() }
    (file, immutable) = try Self.open(path)
    return try access(body)
  }

  private static func open(_ path: String) throws(JournalError) -> (DatabaseFile, Stamp?) {
    // Asked of the kernel first: its answer says what to do, SQLite's only that it could not open it.
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure(path, errno) }
    close(descriptor)
    if hasLog(path) { return (try DatabaseFile(path: path, access: .readOnly), nil) }
    guard let stamp = Stamp(path) else { throw failure(path, errno) }
    return (try DatabaseFile(path: path, access: .immutable), stamp)
  }

  private static func failure(_ path: String, _ code: Int32) -> JournalError {
    let advice =
      switch code {
      case EACCES, EPERM: "run this as the daemon's user, as root, or as a member of the file's group"
      case ENOENT, ENOTDIR: "run the daemon once, or name the right state_directory"
      default: "check the disk"
      }
    return JournalError(
      code == EIO ? .io : .unusable,
      "\(path): cannot read it: \(String(cString: strerror(code))); \(advice)")
  }

  private static func hasLog(_ path: String) -> Bool {
    var status = stat()
    return stat(path + "-wal", &status) == 0
  }

  /// What changes when somebody writes to the main file.
  private struct Stamp: Equatable {
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int

    init?(_ path: String) {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      inode = UInt64(status.st_ino)
      size = Int64(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }
}
