import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

/// One message of each kind, made by the code from the workshop: what `FrozenPayloads` has the bytes of.
struct MadePayload: CustomTestStringConvertible {
  /// As in docs/asyncapi.yaml and `FrozenPayloads`.
  let name: String
  /// The file below docs/schema, and which of its definitions.
  let schema: String
  var definition: String?
  let bytes: [UInt8]

  var testDescription: String { name }

  static func all() throws -> [MadePayload] { try said() + states() }

  /// What is said once: commands, replies, billing's messages, the daemon's presence.
  private static func said() throws -> [MadePayload] {
    let digest = String(repeating: "0a", count: 32)
    let draft: DraftID = try .named("K7Q2ZP-000001")
    var receipt = Receipt()
    (receipt.job, receipt.run, receipt.state) = (try .named("J-1001"), try .named("R12"), .running)
    let start = try #require(CommandVerb.named("job.start"))
    return [
      MadePayload(
        name: "job.start", schema: "command-1", definition: "job.start",
        bytes: try start.payload(
          id: "panel-7:1042", texts: [("work_center", "mill-1"), ("job", "J-1001"), ("part", "bracket")],
          expiresAt: WallTime(rfc3339: "2026-11-21T08:30:00Z"))),
      MadePayload(
        name: "done", schema: "reply-1", bytes: Reply.bytes(id: "panel-7:1042", result: .success(receipt))),
      MadePayload(
        name: "refused", schema: "reply-1",
        bytes: Reply.bytes(
          id: "panel-7:1042", result: .failure(Refusal(.notRunning, "nothing runs at mill-1")))),
      MadePayload(
        name: "online", schema: "status-1",
        bytes: StatePayloads.online(version: "0.1.0", since: at(0), at: at(1))),
      MadePayload(name: "offline", schema: "status-1", bytes: StatePayloads.offline),
      MadePayload(
        name: "ack", schema: "billing-ack-1",
        bytes: BillingAck(
          draft: draft, revision: 1, contentSHA256: digest, outcome: .accepted, reference: "INV-7"
        ).bytes),
      MadePayload(
        name: "billingStatus", schema: "billing-status-1",
        bytes: BillingStatusMessage(
          draft: draft, revision: 1, state: .partiallyPaid, event: "evt-981", observedAt: at(90_000).wall,
          amountPaid: try decimal("50.00"), amountDue: try decimal("69.11"), externalNumber: "2026-007",
          url: "https://billing.example/7"
        ).bytes),
      MadePayload(
        name: "ledger", schema: "billing-ledger-1",
        bytes: LedgerMessage(
          series: "K7Q2ZP",
          drafts: DraftSum(
            in: try #require(Currency(code: "USD")), firstSequence: 1, lastSequence: 9, count: 7,
            minorUnits: 123_450),
          auditHead: String(repeating: "ab", count: 32), at: at(0).wall
        ).bytes),
    ]
  }

  private static func states() throws -> [MadePayload] {
    var shop = try Workshop.busy()
    let place: WorkCenterID = try .named("mill-1")
    let center = StatePayloads.workCenter(
      place, try #require(shop.books.shop.workCenters[place]),
      rules: shop.books.shop.currentRules?.workCenters[place],
      run: shop.books.shop.runs[try .named("R1")], tallies: nil)
    shop.apply(
      .fact(
        .segment(
          Segment(
            channel: shop.scale, account: .nobody, from: at(1320), to: at(1330), first: 935_000,
            last: 933_750, amount: 1_250))))
    let usage = try #require(shop.books.shop.usages[try .named("U1")])
    let (drafted, draft) = try Workshop.drafted()
    let job = try #require(drafted.books.shop.jobs[try .named("J-1001")])
    var rejected = drafted
    rejected.apply(
      .acknowledged(draft.id, revision: 1, .rejected(reason: "no such customer"), at: at(1500)))
    let (id, alarm) = try #require(rejected.books.shop.alarms.rows.first)
    // Sentences for people may be worded anew; what is frozen is all the rest.
    var shown = try #require(
      try JSONScanner.parse(StatePayloads.alarm(id, alarm), limits: .trusted).object)
    shown["message"] = "billing rejected draft K7Q2ZP-000001 of job J-1001: no such customer"
    return [
      MadePayload(name: "device", schema: "state-device-1", bytes: StatePayloads.device(try device())),
      MadePayload(name: "workCenter", schema: "state-work-center-1", bytes: center),
      MadePayload(
        name: "job", schema: "state-job-1", bytes: StatePayloads.job(job, shop: drafted.books.shop)),
      MadePayload(name: "usage", schema: "state-usage-1", bytes: StatePayloads.usage(usage)),
      MadePayload(
        name: "alarm", schema: "state-alarm-1",
        bytes: JSONValue.object(shown).compactBytes),
      MadePayload(
        name: "catalog", schema: "state-catalog-1", bytes: StatePayloads.catalog(try Workshop.rules())),
      MadePayload(name: "draft", schema: "invoice-draft-1", bytes: try encode(draft).bytes),
    ]
  }

  static func device() throws -> DeviceState {
    let scale: DeviceID = try .named("scale-2")
    let reading = Reading(
      channel: ChannelID(scale, .weight), at: at(5), value: .weight(Mass(milligrams: 962_500), stable: true))
    return DeviceState(
      device: scale, isOnline: true, channels: [.init(reading)], errors: [.noReply: 7],
      reach: Reach(
        nextTry: nil, latency: Reach.Latency(median: 12, percentile99: 31, count: 128), isSlow: false))
  }
}
