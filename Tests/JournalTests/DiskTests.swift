import Foundation
import Glibc
import Testing
import Torture

@testable import Journal

@Suite("The disk")
struct DiskTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("a full disk stores nothing of a batch, and the same batch succeeds once there is space")
  func full() throws {
    let store = try scratch.open()
    try store.fill(10)
    let head = store.head
    let pages = try #require(try store.file.scalar("PRAGMA page_count", to: "look"))
    try store.file.execute("PRAGMA max_page_count = \(pages)", to: "limit it")
    var batch = store.newBatch()
    batch.put(state: "job", id: "a", body: [1])
    for number in 0..<500 { batch.appendSample(number) }
    for _ in 0..<3 {
      let error = journalError { try store.commit(batch) }
      #expect(error?.kind == .full)
      #expect(error?.message.contains("free some space") == true)
      #expect(store.head == head)
      #expect(try store.load().states.isEmpty)
    }
    try store.file.execute("PRAGMA max_page_count = 1000000", to: "lift the limit")
    try store.commit(batch)
    #expect(store.head == batch.head)
    #expect(try JournalReader(directory: scratch.path).verifyChain() == .whole(batch.head))
  }

  @Test("on a full disk the evidence goes first: what is billed from is stored without it")
  func fullOfEvidence() throws {
    let store = try scratch.open()
    try store.fill(10)
    let pages = try #require(try store.file.scalar("PRAGMA page_count", to: "look"))
    try store.file.execute("PRAGMA max_page_count = \(pages)", to: "limit it")
    var batch = store.newBatch()
    batch.appendSample(11)
    batch.put(
      trace: TraceRow(
        run: "R1", channel: "scale/weight", number: 1, body: [UInt8](repeating: 1, count: 60_000)))
    let outcome = try store.commit(batch)
    #expect(outcome.traceError?.kind == .full)
    #expect(store.head.sequence == 11)
    #expect(try store.traces(run: "R1", channel: "scale/weight").isEmpty)
  }

  @Test("after an I/O error the store refuses everything, and a restart finds a whole chain")
  func ioError() async throws {
    let path = scratch.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      let store = try JournalStore(directory: path)
      try store.fill(10)
      // No file may grow beyond this: the write fails with EFBIG, which SQLite takes for an I/O error.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 200_000, rlim_max: 200_000)
      setrlimit(__rlimit_resource_t(1), &limit)
      var batch = store.newBatch()
      for number in 0..<3_000 { batch.appendSample(number) }
      #expect(journalError { try store.commit(batch) }?.kind == .io)
      #expect(store.head.sequence == 10)
      var small = store.newBatch()
      small.appendSample(1)
      #expect(journalError { try store.commit(small) }?.kind == .io)
    }
    let store = try scratch.open()
    #expect(store.head.sequence == 10)
    #expect(try JournalReader(directory: scratch.path).verifyChain() == .whole(store.head))
  }

  @Test("kill -9 at any instant loses nothing that was committed, and keeps no half of a batch")
  func killed() async throws {
    let path = scratch.path
    for round in 1...(isTorture ? 200 : 12) {
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, round = round as Int] in
        let store = try JournalStore(directory: path)
        let witness = open(path + "/witness", O_RDWR | O_CREAT, 0o600)
        // A commit whose acknowledgment the last kill cut off is on disk: from here on it counts.
        var found = store.head.sequence
        pwrite(witness, &found, 8, 0)
        Thread.detachNewThread {
          usleep(UInt32((round % 12 + 1) * 1_700 + Int.random(in: 0..<1_500)))
          kill(getpid(), SIGKILL)
        }
        while true {
          var batch = store.newBatch()
          for number in 0..<3 { batch.appendSample(number) }
          let sequence = try store.lastSequence(series: "ABC123") + 1
          batch.insert(draft: draft("ABC123-\(sequence)", sequence: sequence))
          batch.put(state: "run", id: "r", body: Array("\(batch.head.sequence)".utf8))
          try store.commit(batch)
          // What is written here survives the kill: this is the acknowledgement seen from outside.
          var acknowledged = store.head.sequence
          pwrite(witness, &acknowledged, 8, 0)
        }
      }
      let witness = try? scratch.bytes("witness")
      let acknowledged = (witness ?? []).reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
      let store = try scratch.open()
      #expect(
        store.head.sequence == acknowledged || store.head.sequence == acknowledged + 3,
        "round \(round): the journal ends at \(store.head.sequence), acknowledged was \(acknowledged)")
      #expect(try store.lastSequence(series: "ABC123") == store.head.sequence / 3)
      #expect(try store.load().states.first?.body ?? Array("0".utf8) == Array("\(store.head.sequence)".utf8))
      #expect(try JournalReader(directory: scratch.path).verifyChain() == .whole(store.head))
    }
    #expect(try scratch.open().head.sequence > 0)
  }
}
