import Foundation
import Glibc
import Testing
import Torture

@testable import Journal

@Suite("A damaged file")
struct DamageTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("garbage is refused as corrupt and left as it is")
  func garbage() throws {
    let garbage = Data((0..<9_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) })
    try garbage.write(to: URL(fileURLWithPath: scratch.database))
    let error = journalError { _ = try scratch.open() }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains("nothing was deleted") == true)
    #expect(journalError { _ = try JournalReader(directory: scratch.path) }?.kind == .corrupt)
    #expect(try scratch.bytes() == Array(garbage))
  }

  @Test(
    "one flipped bit anywhere is refused or harmless: what is read is what was stored",
    arguments: 0..<(isTorture ? 500 : 150))
  func flippedBit(seed: UInt64) throws {
    let stored = try prepare()
    var bytes = try scratch.bytes()
    var generator = SplitMix(state: seed)
    let place = Int(generator.next() % UInt64(bytes.count))
    bytes[place] ^= 1 << UInt8(generator.next() % 8)
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.database))
    try expectHonest(stored, "byte \(place)")
  }

  @Test("a page of zeros or a cut-off end is refused or harmless", arguments: 1..<12)
  func lostPage(page: Int) throws {
    let stored = try prepare()
    let whole = try scratch.bytes()
    var bytes = whole
    guard page * 4_096 < bytes.count else { return }
    bytes.replaceSubrange(page * 4_096..<(page + 1) * 4_096, with: repeatElement(0, count: 4_096))
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.database))
    try expectHonest(stored, "zeroed page \(page)")
    try Data(whole.prefix(page * 4_096)).write(to: URL(fileURLWithPath: scratch.database))
    try expectHonest(stored, "cut off before page \(page)")
  }

  @Test(
    "a changed value outside of the journal is refused, naming its table",
    arguments: [
      ("state", "UPDATE state SET body = x'00' WHERE id = 'j3'"),
      ("state", "UPDATE state SET id = 'j999' WHERE id = 'j3'"),
      ("event_outbox", "UPDATE event_outbox SET body = x'00'"),
      ("outbox", "DROP TRIGGER outbox_never_changes; UPDATE outbox SET body = x'00'"),
      ("outbox", "UPDATE outbox SET reference = 'INV-8'"),
      ("meta", "UPDATE meta SET value = 'XXXXXX' WHERE key = 'series'"),
    ])
  func checksums(table: String, change: String) throws {
    _ = try prepare()
    try scratch.tamper(change)
    let error = journalError { _ = try scratch.open().load() }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains("table \(table),") == true)
  }

  @Test("a damaged trace is told where it is read, and keeps nobody from starting")
  func damagedTrace() throws {
    do {
      let store = try scratch.open()
      var batch = store.newBatch()
      batch.put(trace: TraceRow(run: "R1", channel: "scale/weight", number: 0, body: [1, 2]))
      try store.commit(batch)
    }
    try scratch.tamper("UPDATE trace SET body = x'00'")
    let store = try scratch.open()
    _ = try store.load()
    let error = journalError { _ = try store.traces(run: "R1", channel: "scale/weight") }
    #expect(error?.kind == .corrupt && error?.message.contains("table trace") == true)
  }

  @Test("a damaged table of traces keeps no commit from being stored, and is told")
  func damagedTraceTable() throws {
    let row = TraceRow(run: "R1", channel: "scale/weight", number: 0, body: [UInt8](repeating: 7, count: 200))
    do {
      let store = try scratch.open()
      var batch = store.newBatch()
      batch.put(trace: row)
      try store.commit(batch)
      try store.close()
    }
    let file = try DatabaseFile(path: scratch.database, access: .readWrite)
    let page = try #require(
      Int(try file.scalar("SELECT rootpage FROM sqlite_schema WHERE name = 'trace'", to: "look") ?? ""))
    let size = try #require(Int(try file.scalar("PRAGMA page_size", to: "look") ?? ""))
    try file.close()
    var bytes = try scratch.bytes()
    bytes.replaceSubrange((page - 1) * size..<page * size, with: [UInt8](repeating: 0xFF, count: size))
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.database))

    let store = try scratch.open()
    var batch = store.newBatch()
    batch.appendSample(1)
    batch.put(state: "job", id: "a", body: [1])
    batch.put(trace: row)
    let outcome = try store.commit(batch)
    #expect(outcome.traceError?.kind == .corrupt)
    #expect(store.head.sequence == 1)
    var next = store.newBatch()
    next.appendSample(2)
    #expect(try store.commit(next).traceError == nil, "it goes on")
    #expect(try store.load().states == [StateRow(kind: "job", id: "a", body: [1])])
  }

  @Test("an index that hides a pending draft is refused at the start, and named by the structural check")
  func hiddenDraft() throws {
    _ = try prepare()
    #expect(try JournalReader(directory: scratch.path).structuralProblems().isEmpty)
    // The index is built anew for another state, and its old definition put back.
    for (from, to) in [("pending", "held"), ("held", "pending")] {
      try scratch.tamper(
        """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(sql, char(39) || '\(from)', char(39) || '\(to)')
          WHERE name = 'outbox_pending'
        """)
      if to == "held" { try scratch.tamper("REINDEX outbox_pending") }
    }
    #expect(journalError { _ = try scratch.open() }?.kind == .corrupt)
    #expect(try !JournalReader(directory: scratch.path).structuralProblems().isEmpty)
  }

  @Test("a damaged file is set aside with its log, never over another, and a new one can be started")
  func setAside() throws {
    var copies: [String: [UInt8]] = [:]
    do {
      let store = try scratch.open()
      try store.fill(5)
      #expect(
        journalError { _ = try JournalStore.setAside(directory: scratch.path, suffix: "1") }?.kind
          == .inUse(processID: getpid()))
      // Copied while it is open: what a crash leaves, the rows in the log still.
      for name in ["chargehand.sqlite", "chargehand.sqlite-wal"] { copies[name] = try scratch.bytes(name) }
    }
    for (name, bytes) in copies { try Data(bytes).write(to: URL(fileURLWithPath: scratch.path + "/" + name)) }
    let aside = try JournalStore.setAside(directory: scratch.path, suffix: "damaged-1")
    #expect(aside == scratch.database + ".damaged-1")
    for (name, bytes) in copies {
      let newName = name.replacingOccurrences(of: ".sqlite", with: ".sqlite.damaged-1")
      #expect(try scratch.bytes(newName) == bytes)
    }
    do { #expect(try scratch.open().head == .genesis) }
    let taken = journalError { _ = try JournalStore.setAside(directory: scratch.path, suffix: "damaged-1") }
    #expect(taken?.kind == .unusable)
    #expect(try scratch.bytes("chargehand.sqlite.damaged-1") == copies["chargehand.sqlite"])
  }

  /// What a test stores and expects to read back.
  struct Stored: Equatable {
    var head: AuditHead
    var states: [StateRow]
    var drafts: [DraftRow]
  }

  private func prepare() throws -> Stored {
    let store = try JournalStore(directory: scratch.path, series: "ABC123")
    var batch = store.newBatch()
    for number in 0..<60 {
      batch.appendSample(number)
      batch.put(state: "job", id: "j\(number)", body: Array("state of job \(number)".utf8))
    }
    for number in 1...8 { batch.insert(draft: draft("ABC123-\(number)", sequence: Int64(number))) }
    batch.insertEvent(topic: "t", body: [1], createdMilliseconds: 1)
    try store.commit(batch)
    let loaded = try store.load()
    return Stored(head: store.head, states: loaded.states, drafts: loaded.pendingDrafts)
  }

  /// Either an error says that the file is damaged, or everything reads as it was stored.
  private func expectHonest(_ stored: Stored, _ damage: String) throws {
    do {
      let store = try scratch.open()
      let loaded = try store.load()
      let read = Stored(head: store.head, states: loaded.states, drafts: loaded.pendingDrafts)
      guard case .whole(let head) = try JournalReader(directory: scratch.path).verifyChain() else { return }
      #expect(head == stored.head && read == stored, "silently different: \(damage)")
    } catch let error as JournalError {
      #expect([.corrupt, .unknownSchema, .io].contains(error.kind), "\(damage): \(error)")
    }
  }

  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }
}
