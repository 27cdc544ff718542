import GRDB
import JSON
import Testing

@testable import Gateway

@Suite struct EngineTests {
  /// The draft of a job with one service, as soon as it is in the outbox.
  private func firstDraft(of bench: EngineBench, in database: DatabaseQueue) async throws -> (
    id: String, hash: String
  ) {
    _ = await bench.command("job.create", #"{"id":"1","job":"J-1","customer":"acme","parts":[]}"#)
    _ = await bench.command("service.add", #"{"id":"2","job":"J-1","service":"delivery"}"#)
    _ = await bench.command("job.complete", #"{"id":"3","job":"J-1"}"#)
    var found: (id: String, hash: String)?
    for _ in 0..<500 where found == nil {
      found = try await database.read { db in
        try Row.fetchOne(db, sql: "SELECT draft_id, content_sha256 FROM outbox").map { ($0[0], $0[1]) }
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    return try #require(found)
  }

  @Test("an acknowledgment whose draft cannot be read is not refused: it is asked for again")
  func unreadableDraft() async throws {
    let bench = try EngineBench()
    let database = try bench.database()
    let draft = try await firstDraft(of: bench, in: database)
    let ack =
      #"{"draft_id":"\#(draft.id)","revision":1,"content_sha256":"\#(draft.hash)","result":"accepted"}"#
    try await database.write { try $0.execute(sql: "ALTER TABLE outbox RENAME TO hidden") }
    #expect(await bench.acknowledge(ack) == false, "an acknowledgment that nobody could judge was committed")
    try await database.write { try $0.execute(sql: "ALTER TABLE hidden RENAME TO outbox") }
    #expect(await bench.acknowledge(ack))
    let (state, refusals) = try await database.read { db in
      (
        try String.fetchOne(db, sql: "SELECT state FROM outbox"),
        try Int.fetchOne(db, sql: "SELECT count(*) FROM journal WHERE kind = 'refused'")
      )
    }
    #expect(state == "acknowledged")
    #expect(refusals == 0, "billing was told off for a fault of ours")
  }

  @Test("a rejection that comes after the acceptance changes nothing and is audited")
  func rejectedAfterAccepted() async throws {
    let bench = try EngineBench()
    let database = try bench.database()
    let draft = try await firstDraft(of: bench, in: database)
    func answer(_ result: String) async -> Bool {
      await bench.acknowledge(
        #"{"draft_id":"\#(draft.id)","revision":1,"content_sha256":"\#(draft.hash)","result":"\#(result)","reason":"no such customer"}"#
      )
    }
    for result in ["rejected", "accepted", "duplicate", "rejected"] { #expect(await answer(result)) }
    let (state, reason, refusals) = try await database.read { db in
      (
        try String.fetchOne(db, sql: "SELECT state FROM outbox"),
        try String.fetchOne(db, sql: "SELECT reason FROM outbox"),
        try String.fetchAll(db, sql: "SELECT CAST(body AS TEXT) FROM journal WHERE kind = 'refused'")
      )
    }
    #expect(state == "acknowledged")
    #expect(reason == nil, "a draft that was accepted after all keeps no reason of its rejection")
    #expect(refusals.count == 1 && refusals[0].contains("was accepted before"), "\(refusals)")
  }
}
