import Foundation
import Glibc
import Testing

@testable import Journal

@Suite("The state directory")
struct StateDirectoryTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("a second daemon on the same directory is refused, naming the process that holds it")
  func lock() throws {
    do {
      let store = try scratch.open()
      let error = journalError { _ = try JournalStore(directory: scratch.path) }
      #expect(error?.kind == .inUse(processID: getpid()))
      #expect(error?.message.contains("process \(getpid()) holds") == true)
      try store.fill(1)
    }
    #expect(try scratch.open().head.sequence == 1)
  }

  @Test("a missing directory is created for the group to read, nobody else")
  func modes() throws {
    let path = scratch.path + "/state"
    let old = umask(0)
    defer { umask(old) }
    let store = try JournalStore(directory: path)
    try store.fill(1)
    #expect(mode(path) == 0o750)
    for name in ["/chargehand.sqlite", "/chargehand.sqlite-wal", "/chargehand.sqlite-shm", "/lock"] {
      #expect(mode(path + name) == 0o640, "\(name)")
    }
  }

  @Test("what cannot be a state directory is refused with what to do")
  func unusable() throws {
    let file = scratch.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    let notDirectory = journalError { _ = try JournalStore(directory: file) }
    #expect(notDirectory?.kind == .unusable)
    #expect(notDirectory?.message.contains("is not a directory; name another") == true)
    let noParent = journalError { _ = try JournalStore(directory: scratch.path + "/a/b") }
    #expect(noParent?.kind == .unusable)
    #expect(noParent?.message.contains("parent directory") == true)
    mkdir(scratch.path + "/odd", 0o700)
    mkdir(scratch.path + "/odd/chargehand.sqlite", 0o700)
    let odd = journalError { _ = try JournalStore(directory: scratch.path + "/odd") }
    #expect(odd?.kind == .unusable)
  }

  @Test("a schema version it does not know is refused, not guessed at, and not touched")
  func unknownVersion() throws {
    do { try scratch.open().fill(3) }
    try scratch.tamper("PRAGMA user_version = 5")
    let before = try scratch.bytes()
    let error = journalError { _ = try scratch.open() }
    #expect(error?.kind == .unknownSchema)
    #expect(error?.message.contains("schema version 5, this program knows 4") == true)
    #expect(journalError { _ = try JournalReader(directory: scratch.path) }?.kind == .unknownSchema)
    #expect(try scratch.bytes() == before)
  }

  @Test("another program's database is refused and not touched")
  func foreign() throws {
    let file = try DatabaseFile(path: scratch.database, access: .readWrite)
    try file.execute("CREATE TABLE spool (id INTEGER)", to: "prepare")
    try file.close()
    let before = try scratch.bytes()
    #expect(journalError { _ = try scratch.open() }?.kind == .unknownSchema)
    #expect(try scratch.bytes() == before)
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
  }
}
