import Testing

@testable import Journal

@Suite("The audit chain")
struct ChainTests {
  let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// Computed by another program from the documented encoding. If it fails, do not change the test: every
  /// journal in the field would stop verifying.
  @Test("the hash of a row is what it always was")
  func frozen() throws {
    let store = try scratch.open()
    var batch = store.newBatch()
    let first = batch.append(
      kind: "command", subject: "job-7", version: 1, configuration: "abc", at: "2026-01-02T03:04:05.678Z",
      body: [0, 1, 254, 255])
    let second = batch.append(
      kind: "fact", subject: "lauf-ä", version: -3, configuration: "", at: "2026-01-02T03:04:06.000Z",
      body: [])
    #expect(first.text == "c53fdaa69046517a358dbbb2a9f4e9a42e610448ebe2019fdf368b744053a6fc")
    #expect(second.text == "cc7fa5fb893f006558140dcdc7f57496a48f9d05b7dd734c9685954008c31f98")
  }

  @Test("SHA-256 gives the published values")
  func digests() {
    #expect(
      SHA256.hexDigest([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256.hexDigest(Array("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("a journal as it was written verifies, page after page")
  func whole() throws {
    let store = try scratch.open()
    try store.fill(2_500)
    var pages: [Int64] = []
    let result = try JournalReader(directory: scratch.path).verifyChain { done, _ in pages.append(done) }
    #expect(result == .whole(store.head))
    #expect(pages == [1_000, 2_000, 2_500])
  }

  @Test("an empty journal verifies")
  func empty() throws {
    let store = try scratch.open()
    #expect(try JournalReader(directory: scratch.path).verifyChain() == .whole(.genesis))
    _ = consume store
  }

  @Test(
    "any changed field of any row is named by its sequence",
    arguments: [
      "at = '2026-01-02T03:04:05.679Z'", "kind = 'Fact'", "subject = 'run-2'", "version = 2",
      "configuration = 'c0ffef'", "body = x'00'", "hash = zeroblob(32)",
    ], [1, 2, 20, 40])
  func changed(change: String, sequence: Int64) throws {
    do { try scratch.open().fill(40) }
    try scratch.tamper("UPDATE journal SET \(change) WHERE sequence = \(sequence)")
    let result = try JournalReader(directory: scratch.path).verifyChain()
    guard case .broken(let fault, let head) = result else {
      Issue.record("not seen: \(change) in row \(sequence)")
      return
    }
    #expect(fault.sequence == sequence && head.sequence == sequence - 1)
    let error = journalError { _ = try scratch.open() }
    #expect(error?.kind == .corrupt)
    #expect(error?.message.contains("row \(sequence)") == true)
  }

  @Test("a deleted row is named, and one slipped in at the front too")
  func missing() throws {
    do { try scratch.open().fill(40) }
    try scratch.tamper("DELETE FROM journal WHERE sequence = 17")
    guard case .broken(let fault, _) = try JournalReader(directory: scratch.path).verifyChain() else {
      Issue.record("not seen")
      return
    }
    #expect(fault.sequence == 17)
    try scratch.tamper("UPDATE journal SET sequence = 0 WHERE sequence = 1")
    guard case .broken(let first, _) = try JournalReader(directory: scratch.path).verifyChain() else {
      Issue.record("not seen")
      return
    }
    #expect(first.sequence == 1)
  }

  @Test("rows cut off at the end leave a head that the copy in a draft contradicts")
  func cutOff() throws {
    do { try scratch.open().fill(40) }
    let before = try JournalReader(directory: scratch.path).head()
    try scratch.tamper("DELETE FROM journal WHERE sequence > 35")
    guard case .whole(let after) = try JournalReader(directory: scratch.path).verifyChain() else {
      Issue.record("a shorter chain is whole")
      return
    }
    #expect(after.sequence == 35 && after != before)
  }

  @Test("the file itself refuses to change or delete a journal row")
  func appendOnly() throws {
    let store = try scratch.open()
    try store.fill(3)
    for sql in ["UPDATE journal SET body = x'00'", "DELETE FROM journal WHERE sequence = 3"] {
      #expect(journalError { try store.file.execute(sql, to: "tamper") }?.kind == .conflict)
    }
    #expect(try JournalReader(directory: scratch.path).verifyChain() == .whole(store.head))
  }
}
