import Foundation
import Glibc
import Testing

@testable import Journal

@Suite("Trap 6: GRDB puts WAL databases back to synchronous=NORMAL")
struct DurabilityTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("the writing connection really has synchronous=FULL, WAL and a bounded log, also when reopened")
  func pragmas() throws {
    for _ in 0..<2 {
      let store = try scratch.open()
      #expect(try store.file.scalar("PRAGMA synchronous", to: "look") == "2")
      #expect(try store.file.scalar("PRAGMA journal_mode", to: "look") == "wal")
      #expect(try store.file.scalar("PRAGMA wal_autocheckpoint", to: "look") == "1000")
      #expect(try store.file.scalar("PRAGMA journal_size_limit", to: "look") == "8388608")
    }
  }

  @Test(
    "each commit is one sync of the log, and nothing else ever syncs",
    .enabled(if: SyncTrace.works, "strace is missing or may not attach here"))
  func syncs() throws {
    let store = try scratch.open()
    try store.fill(1)
    var batch = store.newBatch()
    batch.put(state: "job", id: "a", body: [1])
    try store.commit(batch)
    let trace = try SyncTrace(directory: scratch.path)

    let commits = try trace.during {
      for number in 0..<5 {
        var batch = store.newBatch()
        batch.appendSample(number)
        batch.put(state: "job", id: "a", body: [UInt8(number), 9])
        batch.insertEvent(topic: "t", body: [], createdMilliseconds: 0)
        try store.commit(batch)
      }
    }
    #expect(commits.count == 5)
    #expect(commits.allSatisfy { $0.contains("chargehand.sqlite-wal") && $0.contains("fdatasync") })

    let quiet = try trace.during {
      try store.commit(store.newBatch())
      var same = store.newBatch()
      same.put(state: "job", id: "a", body: [4, 9])
      try store.commit(same)
      _ = try store.load()
      _ = try store.reply(actor: "anna", id: "c-1")
      _ = try JournalReader(directory: scratch.path).verifyChain()
    }
    #expect(quiet.isEmpty)
    trace.stop()
  }

  @Test("the log stays bounded over many commits")
  func boundedLog() throws {
    let store = try scratch.open()
    var largest = 0
    for number in 0..<3_000 {
      var batch = store.newBatch()
      batch.append(
        kind: "fact", subject: "run-1", version: 1, configuration: "", at: "",
        body: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 2_000))
      batch.put(state: "meter", id: "m", body: [UInt8](repeating: 1, count: number % 3_000 + 1))
      try store.commit(batch)
      if number.isMultiple(of: 100) {
        let values = try URL(fileURLWithPath: scratch.database + "-wal").resourceValues(
          forKeys: [.fileSizeKey])
        largest = max(largest, values.fileSize ?? 0)
      }
    }
    #expect(largest > 0)
    #expect(largest < JournalStore.walByteLimit)
  }
}

/// strace attached to this very process, counting sync calls on the files of one directory. It ends with
/// the process that it traces.
private final class SyncTrace {
  private let process = Process()
  private let output = Pipe()
  private let marker: Int32
  private let directory: String
  private var unread: [UInt8] = []

  /// Whether strace is there and may trace here.
  static let works: Bool = {
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    probe.arguments = ["strace", "-o", "/dev/null", "-e", "trace=none", "true"]
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
  }()

  init(directory: String) throws {
    self.directory = directory
    marker = open(directory + "/marker", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let calls = "trace=fsync,fdatasync,msync,sync_file_range,syncfs,sync"
    process.arguments = ["strace", "-f", "-y", "-e", calls]
    // Only our files: what other tests sync would fill the pipe while nobody reads it.
    for name in ["", "/marker", "/chargehand.sqlite", "/chargehand.sqlite-wal", "/chargehand.sqlite-shm"] {
      process.arguments?.append(contentsOf: ["-P", directory + name])
    }
    process.arguments?.append(contentsOf: ["-p", "\(getpid())"])
    process.standardError = output
    try process.run()
    // It says "attached" once all threads are.
    while let line = nextLine(), !line.contains("attached") {}
  }

  deinit { close(marker) }

  /// The sync calls on the directory's files while `body` runs, a line each.
  func during(_ body: () throws -> Void) throws -> [String] {
    fsync(marker)
    while let line = nextLine(), !line.contains("/marker>") {}
    try body()
    fsync(marker)
    var lines: [String] = []
    while let line = nextLine(), !line.contains("/marker>") {
      if line.contains("sync("), line.contains(directory) { lines.append(line) }
    }
    return lines
  }

  /// By SIGKILL: a child of Foundation's Process inherits this thread's signal mask, which may block the
  /// gentler ones. The kernel detaches it.
  func stop() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func nextLine() -> String? {
    while true {
      if let end = unread.firstIndex(of: 0x0A) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeFirst(end + 1)
        return line
      }
      var buffer = [UInt8](repeating: 0, count: 4_096)
      let count = read(output.fileHandleForReading.fileDescriptor, &buffer, buffer.count)
      guard count > 0 else { return nil }
      unread += buffer[..<count]
    }
  }
}
