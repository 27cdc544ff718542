internal import GRDB

/// The tables, and the two numbers in the file's header that say whose they are.
enum Schema {
  /// `CHHD` in SQLite's application_id: this file is Chargehand's.
  static let applicationID: Int64 = 0x4348_4844
  /// The version of the tables below, and of the states in them, in SQLite's user_version.
  static let version: Int64 = 4

  /// What a file turns out to be.
  enum Finding {
    case empty
    case current
  }

  /// Tells an empty file from one of ours; refuses all others, and touches none.
  static func examine(_ file: DatabaseFile) throws(JournalError) -> Finding {
    let action = "read what schema it has"
    let application = try file.scalar("PRAGMA application_id", to: action)
    let version = try file.scalar("PRAGMA user_version", to: action)
    if application == "\(applicationID)", version == "\(Self.version)" { return .current }
    let objects = try file.scalar("SELECT count(*) FROM sqlite_schema", to: action)
    if application == "0", version == "0", objects == "0" { return .empty }
    guard application == "\(applicationID)" else {
      throw JournalError(
        .unknownSchema,
        "\(file.path): is a database of another program (application id \(application ?? "none")); "
          + "move it away, or name another state_directory")
    }
    throw JournalError(
      .unknownSchema,
      "\(file.path): has schema version \(version ?? "none"), this program knows \(Self.version); "
        + "it was not touched: run the version of chargehand that wrote it")
  }

  /// Creates all tables in one transaction; after a crash in the middle the file is empty still.
  static func create(in file: DatabaseFile, series: String) throws(JournalError) {
    try file.write("create the tables") { database in
      try database.execute(sql: tables)
      try database.setMeta("series", series)
      try database.setMeta("events_dropped", "0")
      try database.execute(
        sql: "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
    }
  }

  private static let tables = """
    CREATE TABLE journal (
      sequence INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
      version INTEGER NOT NULL, configuration TEXT NOT NULL, body BLOB NOT NULL,
      hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT;
    CREATE INDEX journal_subject ON journal (subject) WHERE subject <> '';
    CREATE INDEX journal_kind ON journal (kind);
    CREATE TRIGGER journal_never_changes BEFORE UPDATE ON journal
      BEGIN SELECT RAISE(ABORT, 'a journal row never changes'); END;
    CREATE TRIGGER journal_never_shrinks BEFORE DELETE ON journal
      BEGIN SELECT RAISE(ABORT, 'a journal row is never deleted'); END;

    CREATE TABLE state (
      kind TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, checksum BLOB NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE reply (
      actor TEXT NOT NULL, id TEXT NOT NULL, content_hash BLOB NOT NULL, verb TEXT NOT NULL,
      body BLOB NOT NULL, at_ms INTEGER NOT NULL, checksum BLOB NOT NULL,
      PRIMARY KEY (actor, id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX reply_at ON reply (at_ms);

    CREATE TABLE outbox (
      key TEXT PRIMARY KEY, draft_id TEXT NOT NULL, revision INTEGER NOT NULL CHECK (revision > 0),
      series TEXT NOT NULL, sequence INTEGER NOT NULL CHECK (sequence > 0), topic TEXT NOT NULL,
      body BLOB NOT NULL, content_sha256 TEXT NOT NULL, created_ms INTEGER NOT NULL,
      checksum BLOB NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'acknowledged', 'rejected', 'superseded', 'held')),
      reference TEXT, reason TEXT, changed_ms INTEGER NOT NULL, state_checksum BLOB NOT NULL,
      UNIQUE (draft_id, revision), UNIQUE (series, sequence)
    ) STRICT;
    CREATE INDEX outbox_pending ON outbox (state) WHERE state = 'pending';
    CREATE TRIGGER outbox_never_changes
      BEFORE UPDATE OF key, draft_id, revision, series, sequence, topic, body, content_sha256,
        created_ms, checksum
      ON outbox BEGIN SELECT RAISE(ABORT, 'a draft that was stored never changes'); END;
    CREATE TRIGGER outbox_acknowledged_is_final BEFORE UPDATE OF state ON outbox
      WHEN OLD.state = 'acknowledged' AND NEW.state <> 'acknowledged'
      BEGIN SELECT RAISE(ABORT, 'a draft that was acknowledged never changes'); END;
    CREATE TRIGGER outbox_never_shrinks BEFORE DELETE ON outbox
      BEGIN SELECT RAISE(ABORT, 'a draft is never deleted'); END;

    CREATE TABLE event_outbox (
      number INTEGER PRIMARY KEY, topic TEXT NOT NULL, body BLOB NOT NULL, created_ms INTEGER NOT NULL,
      checksum BLOB NOT NULL
    ) STRICT;

    CREATE TABLE trace (
      run TEXT NOT NULL, channel TEXT NOT NULL, number INTEGER NOT NULL CHECK (number >= 0),
      body BLOB NOT NULL, checksum BLOB NOT NULL,
      PRIMARY KEY (run, channel, number)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE boot (
      number INTEGER PRIMARY KEY, boot_id TEXT NOT NULL UNIQUE, checksum BLOB NOT NULL
    ) STRICT;
    CREATE TABLE meta (
      key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    """
}
