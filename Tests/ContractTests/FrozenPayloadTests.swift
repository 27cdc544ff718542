import Contract
import JSON
import Jobs
import Measures
import Testing

@Suite("Frozen payloads") struct FrozenPayloadTests {
  @Test("what is sent today is what was sent, byte for byte")
  func sent() throws {
    let made = try MadePayload.all()
    for payload in made {
      let frozen = payload.name == "draft" ? FrozenDraft.text : FrozenPayloads.texts[payload.name]
      #expect(payload.bytes.text == frozen, "\(payload.name)")
    }
    #expect(Set(made.map(\.name)) == Set(FrozenPayloads.texts.keys).union(["draft"]))
  }

  @Test("every frozen payload fits its schema, member by member, and every schema has one")
  func fits() throws {
    var covered: Set<String> = []
    for payload in try MadePayload.all() {
      let text = payload.name == "draft" ? FrozenDraft.text : try #require(FrozenPayloads.texts[payload.name])
      let value = try JSONScanner.parse(text.utf8, limits: .trusted)
      #expect(
        try Schema(payload.schema, definition: payload.definition).faults(in: value) == [], "\(payload.name)")
      covered.insert("\(payload.schema).json")
    }
    // That of profiles is of files, and has tests of its own.
    #expect(covered == Set(try repositoryFolder("docs/schema")).subtracting(["profile-1.json"]))
  }

  @Test("what others sent is still read as it was meant")
  func read() throws {
    func frozen(_ name: String) throws -> [UInt8] { Array(try #require(FrozenPayloads.texts[name]).utf8) }
    let ack = try BillingAck.decode(frozen("ack")).get()
    #expect(ack.draft.text == "K7Q2ZP-000001" && ack.revision == 1)
    #expect(ack.outcome == .accepted && ack.reference == "INV-7" && ack.contentSHA256.hasPrefix("0a0a"))
    let status = try BillingStatusMessage.decode(frozen("billingStatus")).get()
    #expect(status.state == .partiallyPaid && status.event == "evt-981" && status.revision == 1)
    #expect(status.amountPaid?.description == "50" && status.amountDue?.description == "69.11")
    let start = CommandMessage.decode(verb: "job.start", payload: try frozen("job.start"))
    #expect(
      try start.command.get()
        == .jobStart(workCenter: .named("mill-1"), job: .named("J-1001"), part: .named("bracket")))
    #expect(start.id == "panel-7:1042" && start.expiresAt?.description == "2026-11-21T08:30:00Z")
    let receipt = try Reply.decode(frozen("done")).result.get()
    #expect(receipt.run?.text == "R12" && receipt.state == .running)
    #expect(
      try Reply.decode(frozen("refused")).result == .failure(Refusal(.notRunning, "nothing runs at mill-1")))
  }
}
