import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

@Suite("Schemas of the payloads") struct PayloadSchemaTests {
  /// A frozen payload with something wrong in it.
  struct Wrong: CustomTestStringConvertible {
    let name: String
    let schema: String
    let what: String
    let with: String

    var testDescription: String { "\(name): \(what) → \(with)" }

    init(_ name: String, _ schema: String, _ what: String, _ with: String) {
      (self.name, self.schema, self.what, self.with) = (name, schema, what, with)
    }
  }

  private static let wrong: [Wrong] = [
    Wrong("ack", "billing-ack-1", #""revision":1"#, #""revision":0"#),
    Wrong("ack", "billing-ack-1", #""accepted""#, #""ok""#),
    Wrong("ack", "billing-ack-1", "0a0a", "0g0a"), Wrong("ack", "billing-ack-1", "K7Q2ZP", "k7q2zp"),
    Wrong("ack", "billing-ack-1", #","result":"accepted""#, ""),
    Wrong("billingStatus", "billing-status-1", #""partially_paid""#, #""payed""#),
    Wrong("billingStatus", "billing-status-1", #""50""#, "50"),
    Wrong("billingStatus", "billing-status-1", #""evt-981""#, #""""#),
    Wrong("billingStatus", "billing-status-1", "2026-11-22T09:00:00Z", "yesterday"),
    Wrong("billingStatus", "billing-status-1", #""revision":1"#, #""revision":0"#),
    Wrong("ledger", "billing-ledger-1", #""1234.50""#, "1234.50"),
    Wrong("ledger", "billing-ledger-1", #""count":7"#, #""count":"7""#),
    Wrong("done", "reply-1", #""ok":true"#, #""ok":false"#),
    Wrong("done", "reply-1", #""running""#, #""begun""#), Wrong("done", "reply-1", "panel-7:", "panel 7:"),
    Wrong("refused", "reply-1", "not_running", "not_there"),
    Wrong("refused", "reply-1", #","message":"nothing runs at mill-1""#, ""),
    Wrong("online", "status-1", "online", "offline"), Wrong("offline", "status-1", "offline", "away"),
    Wrong("online", "status-1", #","at":"2026-11-21T08:00:01Z""#, ""),
    Wrong("device", "state-device-1", #""weight""#, #""mass""#),
    Wrong("device", "state-device-1", #""good""#, #""fine""#),
    Wrong("device", "state-device-1", #""no_reply":7"#, #""no_answer":7"#),
    Wrong("device", "state-device-1", #""no_reply":7"#, #""no_reply":"7""#),
    Wrong("device", "state-device-1", #""962.5""#, "962.5"), Wrong("device", "state-device-1", "true", "1"),
    Wrong("workCenter", "state-work-center-1", #""run_state":"running""#, #""run_state":"busy""#),
    Wrong("workCenter", "state-work-center-1", #""run":"R1","#, ""),
    Wrong("workCenter", "state-work-center-1", #""running":"1200""#, #""running":1200"#),
    Wrong("workCenter", "state-work-center-1", #","usages":[]"#, ""),
    Wrong("job", "state-job-1", #""drafted""#, #""out""#), Wrong("job", "state-job-1", "complete", "ready"),
    Wrong("job", "state-job-1", #""quantity":2"#, #""quantity":"2""#),
    Wrong("job", "state-job-1", #""type":"labor""#, #""type":"material""#),
    Wrong("job", "state-job-1", #""pending""#, #""open""#),
    Wrong("job", "state-job-1", #""holds":[]"#, #""holds":[{}]"#),
    Wrong("usage", "state-usage-1", #""unit":"g""#, #""unit":"s""#),
    Wrong("usage", "state-usage-1", #""open":true"#, #""open":"yes""#),
    Wrong("alarm", "state-alarm-1", "draft_rejected", "Draft rejected"),
    Wrong("alarm", "state-alarm-1", "08:25:00Z", "08:25"),
    Wrong("catalog", "state-catalog-1", #""USD""#, #""usd""#),
    Wrong("catalog", "state-catalog-1", #""ref":"acme","#, ""),
    Wrong("draft", "invoice-draft-1", #""kind":"invoice""#, #""kind":"bill""#),
  ]

  @Test("each schema refuses what is wrong", arguments: wrong)
  func refuses(_ wrong: Wrong) throws {
    let text = wrong.name == "draft" ? FrozenDraft.text : try #require(FrozenPayloads.texts[wrong.name])
    let broken = text.replacing(wrong.what, with: wrong.with)
    #expect(broken != text, "there is no \(wrong.what)")
    let value = try JSONScanner.parse(broken.utf8, limits: .trusted)
    #expect(try !Schema(wrong.schema).faults(in: value).isEmpty)
  }

  private func words(_ schema: String, _ path: String...) throws -> Set<String> {
    var place = try Schema(schema).root
    for name in path { place = try #require(place[name], "\(schema) has no \(name)") }
    return Set(try #require(place.array).compactMap(\.string))
  }

  @Test("the words a schema lists are the code's, all of them and no others")
  func vocabulary() throws {
    #expect(
      try words("reply-1", "$defs", "refused", "properties", "error", "properties", "code", "enum")
        == Set(RefusalCode.allCases.map(\.rawValue)))
    #expect(
      try words("reply-1", "$defs", "done", "properties", "result", "properties", "state", "enum")
        == Set(ProductionState.allCases.map(\.rawValue)))
    let reasons = Set(Rejection.allCases.map(\.rawValue))
    #expect(try words("state-device-1", "$defs", "reason", "enum") == reasons)
    let channels = try Schema("state-device-1").root["properties"]?["channels"]?["properties"]?.object?.keys
    #expect(Set(channels ?? []) == Set(ChannelKind.allCases.map(\.rawValue)))
    for schema in ["state-work-center-1", "state-job-1"] {
      let states = Set(MachineState.allCases.map(\.rawValue))
      #expect(try words(schema, "$defs", "state", "enum") == states)
    }
    #expect(
      try Schema("state-work-center-1").root["$defs"]?["tallies"]
        == Schema("state-job-1").root["$defs"]?["tallies"])
    func job(_ path: String...) throws -> Set<String> {
      var place = try #require(try Schema("state-job-1").root["properties"])
      for name in path { place = try #require(place[name], "the job has no \(name)") }
      return Set(try #require(place["enum"]?.array).compactMap(\.string))
    }
    #expect(try job("production_state") == Set(ProductionState.allCases.map(\.rawValue)))
    #expect(
      try words("state-job-1", "$defs", "billingState", "enum") == Set(BillingState.allCases.map(\.rawValue)))
    #expect(
      try job("drafts", "items", "properties", "kind") == Set(DraftRecord.Kind.allCases.map(\.rawValue)))
    #expect(
      try job("drafts", "items", "properties", "state") == Set(DraftRecord.State.allCases.map(\.rawValue)))
    #expect(try job("holds", "items", "properties", "kind") == Set(Hold.Kind.allCases.map(\.rawValue)))
    #expect(
      try job("holds", "items", "properties", "settle_with", "items")
        == Set(Hold.Means.allCases.map(\.rawValue)))
    #expect(
      try words("state-job-1", "$defs", "run", "properties", "outcome", "enum")
        == Set(Outcome.allCases.map(\.rawValue)))
    #expect(
      try words("state-usage-1", "properties", "kind", "enum") == Set(Usage.Kind.allCases.map(\.rawValue)))
    #expect(
      try words("billing-ack-1", "properties", "result", "enum")
        == Set(BillingAck.Outcome.allCases.map(\.rawValue)))
    #expect(
      try words("billing-status-1", "properties", "state", "enum")
        == Set(BillingStatusMessage.State.allCases.map(\.rawValue)))
    // Designed, and not made by this version: `supplement`.
    #expect(
      try words("invoice-draft-1", "properties", "kind", "enum")
        == Set(DraftRecord.Kind.allCases.map(\.rawValue)).union(["supplement"]))
  }
}
