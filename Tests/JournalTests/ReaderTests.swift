import Foundation
import Glibc
import Testing

@testable import Journal

@Suite("A reader")
struct ReaderTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("beside a running daemon it sees each commit, and reads up to the head it first saw")
  func beside() throws {
    let store = try scratch.open()
    try store.fill(1_500)
    let reader = try JournalReader(directory: scratch.path)
    #expect(try reader.head() == store.head)
    var seen: [Int64] = []
    try reader.forEachRow { row in
      // The daemon goes on meanwhile: no transaction of the reader's is open here.
      if row.sequence == 10 { try store.fill(2) }
      seen.append(row.sequence)
    }
    #expect(seen == Array(1...1_500))
    #expect(try reader.head().sequence == 1_502)
    seen = []
    try reader.forEachRow(from: 1_499, upTo: 1_501) { seen.append($0.sequence) }
    #expect(seen == [1_499, 1_500, 1_501])
  }

  @Test("it finds the rows of one subject and one kind, states and drafts")
  func lookups() throws {
    let store = try scratch.open()
    var batch = store.newBatch()
    for number in 1...6 { batch.appendSample(number, subject: number < 4 ? "run-1" : "run-2") }
    batch.appendSample(7, subject: "")
    batch.put(state: "job", id: "a", body: [1])
    batch.put(state: "run", id: "a", body: [2])
    batch.insert(draft: draft("ABC123-1", sequence: 1))
    batch.insert(draft: draft("ABC123-1", 2, sequence: 2))
    try store.commit(batch)
    let reader = try JournalReader(directory: scratch.path)
    #expect(try reader.rows(subject: "run-2").map(\.sequence) == [4, 5, 6])
    #expect(try reader.rows(kind: "command").map(\.sequence) == [1, 3, 5, 7])
    #expect(try reader.rows(subject: "").isEmpty)
    #expect(try reader.state(kind: "run") == [StateRow(kind: "run", id: "a", body: [2])])
    #expect(try reader.state(kind: "job", id: "a")?.body == [1])
    #expect(try reader.draft("ABC123-1/2")?.sequence == 2)
    #expect(try reader.drafts(id: "ABC123-1").count == 2)
    #expect(try reader.drafts().map(\.key) == ["ABC123-1/1", "ABC123-1/2"])
  }

  @Test("after a clean stop it leaves nothing behind")
  func stopped() throws {
    let store = try scratch.open()
    try store.fill(5)
    try store.close()
    let before = try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
    #expect(before == ["chargehand.sqlite", "lock"])
    let reader = try JournalReader(directory: scratch.path)
    #expect(try reader.verifyChain() == .whole(store.head))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() == before)
  }

  @Test("a daemon that starts while a stopped one's file is read is noticed, and seen")
  func startedMeanwhile() throws {
    do { try scratch.open().fill(5) }
    let reader = try JournalReader(directory: scratch.path)
    #expect(try reader.head().sequence == 5)
    let store = try scratch.open()
    try store.fill(5)
    #expect(try reader.head() == store.head)
    try store.fill(2_000, oneBatch: false)
    #expect(try reader.verifyChain() == .whole(store.head))
  }

  @Test("a daemon that started, wrote and stopped between two reads is noticed too")
  func cameAndWent() throws {
    do { try scratch.open().fill(5) }
    let reader = try JournalReader(directory: scratch.path)
    #expect(try reader.head().sequence == 5)
    do { try scratch.open().fill(500) }
    #expect(try reader.verifyChain() == .whole(try scratch.open().head))
  }

  @Test("nothing there, or nothing in it yet, is said in a sentence")
  func nothing() throws {
    let missing = journalError { _ = try JournalReader(directory: scratch.path) }
    #expect(missing?.kind == .unusable)
    #expect(missing?.message.contains("chargehand.sqlite") == true)
    try Data().write(to: URL(fileURLWithPath: scratch.database))
    let empty = journalError { _ = try JournalReader(directory: scratch.path) }
    #expect(empty?.message.contains("holds no journal yet; run the daemon once") == true)
  }

  enum Daemon: CaseIterable { case running, stopped, crashed }

  @Test(
    "a member of the group, who may write nothing there, reads a running, a stopped and a crashed daemon",
    .enabled(if: geteuid() == 0, "only root can become a group member for a moment"),
    arguments: Daemon.allCases)
  func groupMember(daemon: Daemon) throws {
    let path = scratch.path + "/state"
    chmod(scratch.path, 0o755)
    do { _ = try JournalStore(directory: path) }
    for name in ["", "/lock", "/chargehand.sqlite"] { chown(path + name, 0, 4_321) }
    let store = try JournalStore(directory: path)
    try store.fill(50, oneBatch: false)
    var place = path
    switch daemon {
    case .running: break
    case .stopped: try store.close()
    case .crashed:
      // What kill -9 leaves: the files as they are, held by nobody.
      place = scratch.path + "/crashed"
      try FileManager.default.copyItem(atPath: path, toPath: place)
      for name in ["", "/chargehand.sqlite", "/chargehand.sqlite-wal", "/chargehand.sqlite-shm"] {
        chown(place + name, 0, 4_321)
      }
    }
    let head = store.head
    let before = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
    try asGroupMember(4_321) {
      #expect(access(place, W_OK) == 0, "access() asks for the real user, who is root")
      #expect(open(place + "/probe", O_CREAT | O_WRONLY, 0o600) == -1)
      let reader = try JournalReader(directory: place)
      #expect(try reader.head() == head)
      if daemon == .running {
        try store.file.execute("PRAGMA wal_checkpoint(TRUNCATE)", to: "checkpoint")
        #expect(try reader.head() == head)
      }
      #expect(try reader.verifyChain() == .whole(head))
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place).sorted() == before)
    try asGroupMember(4_322) {
      let error = journalError { _ = try JournalReader(directory: place) }
      #expect(error?.kind == .unusable)
      #expect(error?.message.contains("group") == true)
    }
  }

  /// Runs `body` on this thread with the file permissions of an ordinary user in one group.
  private func asGroupMember(_ group: UInt32, _ body: () throws -> Void) throws {
    typealias Setter = @convention(c) (UInt32) -> Int32
    // Not in Swift's view of the C library; unlike setuid they concern the calling thread alone.
    let setUser = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: Setter.self)
    let setGroup = unsafeBitCast(try #require(dlsym(nil, "setfsgid")), to: Setter.self)
    _ = setGroup(group)
    _ = setUser(65_534)
    defer {
      _ = setUser(0)
      _ = setGroup(0)
    }
    try body()
  }
}
