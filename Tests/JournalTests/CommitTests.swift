import Testing

@testable import Journal

@Suite("A commit")
struct CommitTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test("everything in a batch is there after a restart")
  func roundTrip() throws {
    var head = AuditHead.genesis
    do {
      let store = try JournalStore(directory: scratch.path, series: "ABC123")
      var batch = store.newBatch()
      let before = batch.appendSample(1)
      #expect(before == batch.head)
      batch.append(
        kind: "draft", subject: "ABC123-1", version: 2, configuration: "", at: "2026-01-02T03:04:06Z",
        body: [])
      batch.put(state: "job", id: "b", body: [1, 2])
      batch.put(state: "job", id: "a", body: [])
      batch.put(state: "meter", id: "a", body: [0, 255])
      batch.put(reply: reply("anna", "c-1"))
      batch.insert(draft: draft("ABC123-1", sequence: 1))
      let event = batch.insertEvent(topic: "t/event", body: [7], createdMilliseconds: 5)
      batch.put(meta: "created", value: "2026-01-02")
      #expect(event == 1)
      let outcome = try store.commit(batch)
      #expect(outcome.head == batch.head && store.head == batch.head && store.head.sequence == 2)
      head = store.head
    }
    let store = try scratch.open()
    let loaded = try store.load()
    #expect(store.head == head)
    #expect(store.series == "ABC123")
    #expect(
      loaded.states == [
        StateRow(kind: "job", id: "a", body: []), StateRow(kind: "job", id: "b", body: [1, 2]),
        StateRow(kind: "meter", id: "a", body: [0, 255]),
      ])
    #expect(loaded.pendingDrafts == [draft("ABC123-1", sequence: 1)])
    #expect(loaded.events.map(\.body) == [[7]])
    #expect(try store.reply(actor: "anna", id: "c-1") == reply("anna", "c-1"))
    #expect(try store.reply(actor: "ben", id: "c-1") == nil)
    #expect(try store.meta("created") == "2026-01-02")
  }

  @Test("a batch that contradicts the file is rolled back entirely and the head does not move")
  func rolledBack() throws {
    let store = try scratch.open()
    var first = store.newBatch()
    first.insert(draft: draft("ABC123-1", sequence: 1))
    try store.commit(first)
    var second = store.newBatch()
    second.appendSample(1)
    second.put(state: "job", id: "a", body: [1])
    second.insertEvent(topic: "t", body: [], createdMilliseconds: 0)
    second.insert(draft: draft("ABC123-2", sequence: 1))
    let error = journalError { try store.commit(second) }
    #expect(error?.kind == .conflict)
    #expect(store.head == .genesis)
    let loaded = try store.load()
    #expect(loaded.states.isEmpty && loaded.events.isEmpty && loaded.pendingDrafts.count == 1)
    var third = store.newBatch()
    third.appendSample(1)
    #expect(third.insertEvent(topic: "t", body: [], createdMilliseconds: 0) == 1)
    try store.commit(third)
    #expect(store.head.sequence == 1)
  }

  @Test("a batch made before another commit is refused")
  func stale() throws {
    let store = try scratch.open()
    var early = store.newBatch()
    early.appendSample(1)
    try store.fill(1)
    let error = journalError { try store.commit(early) }
    #expect(error?.kind == .conflict)
    #expect(error?.message.contains("row 0") == true)
    #expect(store.head.sequence == 1)
  }

  @Test("a text with a NUL is refused instead of stored cut short", arguments: 0..<5)
  func nul(place: Int) throws {
    let store = try scratch.open()
    var batch = store.newBatch()
    switch place {
    case 0: batch.appendSample(1, subject: "a\0b")
    case 1: batch.put(state: "job", id: "a\0b", body: [])
    case 2: batch.put(reply: reply("an\0na", "c-1"))
    case 3: batch.insertEvent(topic: "t\0", body: [], createdMilliseconds: 0)
    default: batch.insert(draft: draft("A\0", sequence: 1))
    }
    #expect(journalError { try store.commit(batch) }?.kind == .conflict)
    #expect(store.head == .genesis)
    #expect(try store.load().states.isEmpty)
  }

  @Test("the last state of a batch wins, and nil deletes")
  func stateUpserts() throws {
    let store = try scratch.open()
    var batch = store.newBatch()
    batch.put(state: "job", id: "a", body: [1])
    batch.put(state: "job", id: "a", body: [2])
    batch.put(state: "job", id: "b", body: [3])
    try store.commit(batch)
    batch = store.newBatch()
    batch.put(state: "job", id: "b", body: nil)
    batch.put(state: "job", id: "a", body: [4])
    try store.commit(batch)
    #expect(try store.load().states == [StateRow(kind: "job", id: "a", body: [4])])
  }

  @Test("a trace grows piece by piece, is cut where it became shorter, and its reader finds it again")
  func traces() throws {
    let store = try scratch.open()
    func put(_ pieces: [(Int64, [UInt8])], cutTo count: Int64? = nil) throws {
      var batch = store.newBatch()
      for (number, body) in pieces {
        batch.put(trace: TraceRow(run: "R1", channel: "scale/weight", number: number, body: body))
      }
      if let count { batch.cutTrace(run: "R1", channel: "scale/weight", to: count) }
      try store.commit(batch)
    }
    try put([(0, [9]), (1, [1]), (2, [2])])
    try put([(2, [3, 3]), (3, [])])
    var other = store.newBatch()
    other.put(trace: TraceRow(run: "R2", channel: "scale/weight", number: 0, body: [7]))
    other.put(trace: TraceRow(run: "R1", channel: "mill/run_state", number: 0, body: [8]))
    try store.commit(other)
    let reader = try JournalReader(directory: scratch.path)
    #expect(try reader.traces(run: "R1").map(\.body) == [[8], [9], [1], [3, 3], []])
    try put([(1, [5])], cutTo: 2)
    #expect(try reader.traces(run: "R1").map(\.body) == [[8], [9], [5]])
    #expect(try store.traces(run: "R2", channel: "scale/weight").map(\.body) == [[7]])
    #expect(try reader.traces(run: "R3").isEmpty)
  }

  @Test("a second reply to one command fails the commit, and a batch knows its own replies")
  func replies() throws {
    let store = try scratch.open()
    var batch = store.newBatch()
    batch.put(reply: reply("anna", "c-1"))
    #expect(batch.reply(actor: "anna", id: "c-1") != nil)
    #expect(batch.reply(actor: "anna", id: "c-2") == nil)
    try store.commit(batch)
    var again = store.newBatch()
    again.put(reply: reply("anna", "c-1"))
    #expect(journalError { try store.commit(again) }?.kind == .conflict)
  }

  @Test("old replies are pruned in small steps, the oldest first")
  func pruning() throws {
    let store = try scratch.open()
    var batch = store.newBatch()
    for number in 0..<10 { batch.put(reply: reply("anna", "c-\(number)", at: Int64(number))) }
    try store.commit(batch)
    var prune = store.newBatch()
    prune.pruneReplies(beforeMilliseconds: 8, limit: 5)
    try store.commit(prune)
    #expect(try store.reply(actor: "anna", id: "c-4") == nil)
    #expect(try store.reply(actor: "anna", id: "c-5") != nil)
    prune = store.newBatch()
    prune.pruneReplies(beforeMilliseconds: 8, limit: 5)
    try store.commit(prune)
    #expect(try store.reply(actor: "anna", id: "c-7") == nil)
    #expect(try store.reply(actor: "anna", id: "c-8") != nil)
  }

  @Test("boots are numbered in the order they are met, and keep their number")
  func boots() throws {
    do {
      let store = try scratch.open()
      #expect(try store.bootNumber(of: "f00d") == 1)
      #expect(try store.bootNumber(of: "beef") == 2)
      #expect(try store.bootNumber(of: "f00d") == 1)
    }
    #expect(try scratch.open().bootNumber(of: "beef") == 2)
  }

  @Test("ten thousand rows: how fast")
  func throughput() throws {
    let store = try scratch.open()
    let clock = ContinuousClock()
    let together = try clock.measure { try store.fill(10_000) }
    let apart = try clock.measure { try store.fill(1_000, oneBatch: false) }
    print("journal: 10,000 rows in one commit \(together), 1,000 commits of one row \(apart)")
    #expect(store.head.sequence == 11_000)
  }

  private func reply(_ actor: String, _ id: String, at: Int64 = 9) -> ReplyRow {
    ReplyRow(
      actor: actor, id: id, contentHash: SHA256.digest([1]), verb: "job.start", body: [123, 125],
      atMilliseconds: at)
  }
}
