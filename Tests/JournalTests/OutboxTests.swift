import Testing

@testable import Journal

@Suite("The outbox")
struct OutboxTests {
  let scratch: Scratch
  let store: JournalStore

  init() throws {
    scratch = try Scratch()
    store = try scratch.open()
  }

  @Test("a stored draft's bytes, hash, topic and sequence never change, and it is never deleted")
  func immutable() throws {
    var batch = store.newBatch()
    batch.insert(draft: draft("ABC123-1", sequence: 1))
    try store.commit(batch)
    for sql in [
      "UPDATE outbox SET body = x'00'", "UPDATE outbox SET content_sha256 = ''",
      "UPDATE outbox SET sequence = 2", "UPDATE outbox SET topic = 'elsewhere'",
      "UPDATE outbox SET key = 'ABC123-1/2'", "UPDATE outbox SET series = 'XYZ'", "DELETE FROM outbox",
    ] {
      let error = journalError { try store.file.execute(sql, to: "tamper") }
      #expect(error?.kind == .conflict, "\(sql)")
    }
    #expect(try store.draft("ABC123-1/1") == draft("ABC123-1", sequence: 1))
  }

  @Test("a draft is pending until marked, and an acknowledged one keeps its state for good")
  func marking() throws {
    var batch = store.newBatch()
    batch.insert(draft: draft("ABC123-1", sequence: 1))
    batch.insert(draft: draft("ABC123-1", 2, sequence: 2))
    batch.insert(draft: draft("ABC123-10", sequence: 3, state: .held))
    batch.mark(draft: "ABC123-1/1", .superseded, reason: "revised", atMilliseconds: 7)
    try store.commit(batch)
    #expect(try store.pendingDrafts().map(\.key) == ["ABC123-1/2"])
    #expect(try store.drafts(id: "ABC123-1").map(\.revision) == [1, 2])
    #expect(try store.lastSequence(series: "ABC123") == 3)
    #expect(try store.lastSequence(series: "OTHER1") == 0)

    batch = store.newBatch()
    batch.mark(draft: "ABC123-1/1", .acknowledged, reference: "INV-9", atMilliseconds: 8)
    try store.commit(batch)
    let late = try #require(try store.draft("ABC123-1/1"))
    #expect(late.state == .acknowledged && late.reference == "INV-9" && late.reason == nil)
    #expect(late.changedMilliseconds == 8)

    batch = store.newBatch()
    batch.mark(draft: "ABC123-1/1", .pending, atMilliseconds: 9)
    #expect(journalError { try store.commit(batch) }?.kind == .conflict)
    batch = store.newBatch()
    batch.mark(draft: "ABC123-7/1", .acknowledged, atMilliseconds: 9)
    #expect(journalError { try store.commit(batch) }?.message.contains("no draft ABC123-7/1") == true)
    #expect(try store.draft("ABC123-1/1") == late)
  }

  @Test("a sequence is unique within its series only, so that a restored file may start again")
  func sequences() throws {
    var batch = store.newBatch()
    batch.insert(draft: draft("ABC123-1", sequence: 1))
    batch.put(meta: "series", value: "NEW456")
    try store.commit(batch)
    #expect(store.series == "NEW456")
    batch = store.newBatch()
    batch.insert(
      draft: DraftRow(
        draftID: "NEW456-1", revision: 1, series: "NEW456", sequence: 1, topic: "t", body: [1],
        contentSHA256: "00", createdMilliseconds: 1))
    try store.commit(batch)
    #expect(try store.pendingDrafts().map(\.key) == ["ABC123-1/1", "NEW456-1/1"])
  }

  @Test("of more than a thousand events the oldest are dropped and counted, also over a restart")
  func events() throws {
    var batch = store.newBatch()
    for number in 1...1_003 {
      batch.insertEvent(topic: "t", body: [UInt8(number % 256)], createdMilliseconds: 0)
    }
    batch.removeEvent(2)
    let outcome = try store.commit(batch)
    #expect(outcome.droppedEvents == [1, 3])
    #expect(store.eventsDropped == 2)
    #expect(try store.events().first?.number == 4)
    #expect(try store.events().count == JournalStore.eventLimit)
    batch = store.newBatch()
    #expect(batch.insertEvent(topic: "t", body: [], createdMilliseconds: 0) == 1_004)
    #expect(try store.commit(batch).droppedEvents == [4])
    #expect(try JournalReader(directory: scratch.path).meta("events_dropped") == "3")
  }

  @Test("a series is six of A-Z0-9, kept over a restart")
  func series() throws {
    #expect(store.series.count == 6)
    #expect(store.series.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) })
    #expect(try JournalReader(directory: scratch.path).meta("series") == store.series)
    #expect(JournalStore.randomSeries() != JournalStore.randomSeries())
  }
}
