internal import GRDB

/// The state directory's one writer: journal, state, replies and outbox in `chargehand.sqlite`.
///
/// Not Sendable: the engine owns it on its own thread and calls it from nowhere else. Every call is
/// synchronous and may wait for the disk. WAL with `synchronous = FULL`: when ``commit(_:)`` returns, the
/// batch is on the disk.
public final class JournalStore {
  /// Events that wait for a PUBACK at most; then the oldest is dropped and counted.
  public static let eventLimit = 1_000

  /// Where the audit chain stands, as of the last commit.
  public internal(set) var head: AuditHead
  /// Six random characters of `A-Z0-9`; each draft_id begins with it. A restore renews it.
  public internal(set) var series: String
  /// How many events were dropped since the file was created because ``eventLimit`` was reached.
  public internal(set) var eventsDropped: Int64
  /// The file's path, for messages.
  public var path: String { file.path }

  let file: DatabaseFile
  var nextEvent: Int64
  /// The error after which nothing may be stored any more; see ``commit(_:)``.
  var failure: JournalError?
  // After `file`, so that the lock outlives the connection.
  private let directory: StateDirectory

  /// Opens the state directory, creating it and the file in it if they are missing, and holds it until
  /// this object goes. The tables of state are checked entirely and the newest journal rows against the
  /// chain, so that a damaged file is refused here rather than billed from.
  ///
  /// - Parameter series: for a new file; nil draws one.
  public init(directory path: String, series: String? = nil) throws(JournalError) {
    let directory = try StateDirectory(path)
    let location = path + "/" + DatabaseFile.name
    try directory.createFile(location)
    let file = try DatabaseFile(path: location, access: .readWrite)
    let finding = try Schema.examine(file)
    try Self.setDurability(of: file)
    if finding == .empty { try Schema.create(in: file, series: series ?? Self.randomSeries()) }
    try file.checkStateTables()
    head = try file.checkTail(rows: 256)
    guard let stored = try file.meta("series"), let dropped = Int64(try file.meta("events_dropped") ?? "")
    else {
      throw JournalError(
        .corrupt,
        "\(location): the table meta lacks its series or its counts; nothing was deleted or repaired; "
          + "keep the file, restore a backup beside it")
    }
    self.series = stored
    eventsDropped = dropped
    nextEvent = (try file.events().last?.number ?? 0) + 1
    self.file = file
    self.directory = directory
  }

  /// An empty batch that continues from here.
  public func newBatch() -> Batch { Batch(base: head, nextEvent: nextEvent) }

  /// Folds the -wal file into the main one and ends the use of this store; the directory is held until
  /// this object goes. Nothing is lost without it: the next start reads the -wal file.
  public func close() throws(JournalError) { try file.close() }

  /// Six random characters of `A-Z0-9`.
  public static func randomSeries() -> String {
    let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return String((0..<6).map { _ in characters[Int.random(in: characters.indices)] })
  }

  /// Sets and then reads back what a commit's promise hangs on.
  ///
  /// Done here, after opening: GRDB's own WAL mode would set `synchronous` back to NORMAL after its
  /// `prepareDatabase` hook, and a commit would then survive `kill -9` but not a power cut.
  private static func setDurability(of file: DatabaseFile) throws(JournalError) {
    let action = "make commits durable"
    try file.execute(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = \(walPageLimit);
      PRAGMA journal_size_limit = \(walByteLimit);
      PRAGMA temp_store = MEMORY;
      """, to: action)
    let mode = try file.scalar("PRAGMA journal_mode", to: action)
    let synchronous = try file.scalar("PRAGMA synchronous", to: action)
    guard mode == "wal", synchronous == "2" else {
      throw JournalError(
        .unusable,
        "\(file.path): cannot \(action): journal mode \(mode ?? "unknown"), synchronous "
          + "\(synchronous ?? "unknown"); the state directory must be on a local file system")
    }
  }

  /// Pages in the -wal file after which a commit also folds them into the main file: 4 MiB, SQLite's own
  /// default. Lower would write the same pages twice more often, and SD cards wear.
  static let walPageLimit = 1_000
  /// What a -wal file that a long read made grow is cut back to, in bytes.
  static let walByteLimit = 8 * 1_024 * 1_024
}
