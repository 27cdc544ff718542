import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

@Suite("Records") struct RecordTests {
  /// One of every event, and every command and fact.
  static func everything() throws -> [Event] {
    var shop = try Workshop.busy()
    try shop.complete()
    let draft: DraftID = try .named("K7Q2ZP-000001")
    return shop.events + [
      .pressed(try .named("andon-1"), .toggle, at: at(1)),
      .dayBegan(try day("2026-11-21"), at: at(2)),
      .tasked(
        try .named("printer-1"),
        TaskName(text: "J-7-body.gcode", job: try .named("J-7"), part: try .named("body")), at: at(2)),
      .fact(.loaded(shop.scale, by: Mass(milligrams: -5), at: at(2))),
      .acknowledged(draft, revision: 1, .accepted(reference: "INV-7"), at: at(3)),
      .acknowledged(draft, revision: 1, .rejected(reason: nil), at: at(4, trusted: false)),
      .billingStatus(
        BillingStatus(draft: draft, state: "paid", event: "e1", observedAt: at(4).wall), at: at(5)),
      .billingStatus(
        BillingStatus(draft: draft, revision: 2, state: "void", event: "e2", observedAt: at(4).wall),
        at: at(5)),
      .command(.ledgerPublish, by: try .named("anna"), at: at(5)),
      .command(.jobStop(workCenter: try .named("m"), outcome: .failed), by: try .named("anna"), at: at(6)),
      .command(.jobComplete(.workCenter(try .named("m"))), by: try .named("anna"), at: at(6)),
      .command(
        .holdSettle(job: try .named("J"), hold: try .named("h"), settlement: .accept, reason: "r"),
        by: try .named("anna"), at: at(7)),
      .command(
        .serviceAdd(
          job: try .named("J"),
          service: .free(name: "Çourier 😀", price: try decimal("0.1"), tax: try .named("t")),
          quantity: .one), by: try .named("anna"), at: at(8)),
    ]
  }

  @Test("every event reads back from its record as it was, and every kind occurs")
  func events() throws {
    var kinds: Set<EventRecord.Kind> = []
    for event in try Self.everything() {
      let record = try EventRecord.encode(event)
      kinds.insert(record.kind)
      #expect(
        try EventRecord.decode(kind: record.kind.rawValue, version: record.version, bytes: record.bytes)
          == event)
    }
    #expect(kinds == Set(EventRecord.Kind.allCases))
  }

  // Frozen: version 1 is in databases out there. If this fails, do not change the test: add a version.
  @Test("rows of version 1 are written, and read, with these very bytes")
  func frozen() throws {
    let channel = try ChannelID(.named("scale-2"), .weight)
    let account = Account(run: try .named("R1"), material: try .named("pla"), lot: "L 7")
    let rows: [(Event, String, String)] = [
      (
        .founded(series: "K7Q2ZP", at: at(0)), "founded",
        #"{"at":"1:1000000:1795248000000:t","series":"K7Q2ZP"}"#
      ),
      (
        .command(
          .jobStart(workCenter: try .named("mill-1"), job: nil, part: nil), by: try .named("anna"), at: at(0)),
        "command",
        #"{"at":"1:1000000:1795248000000:t","by":"anna","command":{"jobStart":{"workCenter":"mill-1"}}}"#
      ),
      (
        .command(.draftResend(draft: try .named("K7-1")), by: try .named("anna"), at: at(0)), "command",
        #"{"at":"1:1000000:1795248000000:t","by":"anna","command":{"draftResend":{"draft":"K7-1"}}}"#
      ),
      (
        .command(.draftsResend(from: 7, reason: "a backup"), by: try .named("anna"), at: at(0)), "command",
        #"{"at":"1:1000000:1795248000000:t","by":"anna","command":{"draftsResend":{"from":7,"reason":"a backup"}}}"#
      ),
      (
        .pressed(try .named("andon-1"), .toggle, at: at(0)), "press",
        #"{"action":"toggle","at":"1:1000000:1795248000000:t","device":"andon-1"}"#
      ),
      (.deadline(at: at(0, trusted: false)), "deadline", #"{"at":"1:1000000:1795248000000:u"}"#),
      (
        .dayBegan(try day("2026-11-21"), at: at(0)), "day",
        #"{"at":"1:1000000:1795248000000:t","day":"2026-11-21"}"#
      ),
      (
        .fact(
          .segment(
            Segment(
              channel: channel, account: account, from: at(0), to: at(1), first: 9, last: 4, amount: 5,
              estimated: 1,
              gaps: [Gap(from: at(0), to: at(1), settlement: .bracketed)], marks: [.loadChanged]))),
        "segment",
        #"{"account":{"lot":"L 7","material":"pla","run":"R1"},"amount":5,"channel":"scale-2/weight","estimated":1,"first":9,"from":"1:1000000:1795248000000:t","gaps":[{"from":"1:1000000:1795248000000:t","settlement":"bracketed","to":"1:1001000:1795248001000:t"}],"last":4,"marks":["load_changed"],"to":"1:1001000:1795248001000:t"}"#
      ),
      (
        .fact(
          .stretch(
            Stretch(
              channel: channel, account: .nobody, state: .running, from: at(0), to: at(1), span: .seconds(1)))
        ),
        "stretch",
        #"{"account":{},"channel":"scale-2/weight","from":"1:1000000:1795248000000:t","span":1000,"state":"running","to":"1:1001000:1795248001000:t"}"#
      ),
      (
        .fact(.changed(channel, from: .idle, to: .running, at: at(0))), "machine_state",
        #"{"at":"1:1000000:1795248000000:t","channel":"scale-2/weight","from":"idle","to":"running"}"#
      ),
      (
        .fact(.loaded(channel, by: Mass(milligrams: -5), at: at(0))), "load",
        #"{"at":"1:1000000:1795248000000:t","by":-5,"channel":"scale-2/weight"}"#
      ),
      (
        .fact(.settled(channel, run: try .named("R1"), at: at(0))), "settled",
        #"{"at":"1:1000000:1795248000000:t","channel":"scale-2/weight","run":"R1"}"#
      ),
      (
        .acknowledged(try .named("K7-1"), revision: 2, .rejected(reason: "no"), at: at(0)), "billing_ack",
        #"{"at":"1:1000000:1795248000000:t","draft":"K7-1","reason":"no","result":"rejected","revision":2}"#
      ),
      (
        .billingStatus(
          BillingStatus(draft: try .named("K7-1"), state: "paid", event: "e", observedAt: at(0).wall),
          at: at(0)),
        "billing_status",
        #"{"at":"1:1000000:1795248000000:t","draft":"K7-1","event_id":"e","observed_at":1795248000000,"#
          + #""state":"paid"}"#
      ),
    ]
    for (event, kind, text) in rows {
      let record = try EventRecord.encode(event)
      #expect(record.bytes.text == text)
      #expect(record.kind.rawValue == kind)
      #expect(try EventRecord.decode(kind: kind, version: 1, bytes: Array(text.utf8)) == event)
    }
  }

  @Test("a kind, a version or bytes that are not known are refused with a sentence, not guessed at")
  func unknown() {
    for (kind, version, text) in [
      ("deadline", 2, #"{"at":"1:2:3:t"}"#), ("deadlines", 1, #"{"at":"1:2:3:t"}"#), ("sgment", 1, "{}"),
      ("segment", 1, "{}"), ("segment", 1, ""),
      ("deadline", 1, "[]"),
      ("deadline", 1, #"{"at":"1:2:3:x"}"#), ("day", 1, #"{"at":"1:2:3:t","day":"2026-02-29"}"#),
      ("settled", 1, #"{"at":"1:2:3:t","channel":"a/b","run":"R1"}"#),
    ] {
      #expect(throws: ContractError.self, "\(kind) \(text)") {
        try EventRecord.decode(kind: kind, version: version, bytes: Array(text.utf8))
      }
    }
  }

  @Test("an event is filed under the run, job, draft or channel it is about")
  func subjects() throws {
    let subjects = try Self.everything().map(EventRecord.subject)
    for expected in [
      "run/R1", "job/J-1001", "draft/K7Q2ZP-000001", "channel/scale-2/weight", "device/andon-1", "",
    ] {
      #expect(subjects.contains(expected))
    }
  }

  @Test("the rows touched after each event add up to the whole shop, and load as the same shop")
  func state() throws {
    var shop = Shop()
    var stored: [String: StateRecord] = [:]
    var books = Books()
    for event in try Self.everything() {
      _ = books.apply(event)
      shop = books.shop
      for record in try books.shop.takeStateRecords() {
        stored["\(record.kind) \(record.id)"] = record.bytes == nil ? nil : record
      }
    }
    let whole = try shop.allStateRecords()
    #expect(Set(stored.values) == Set(whole))
    for order in [whole, whole.reversed(), whole.shuffled()] {
      let loaded = try Shop(records: order)
      #expect(loaded == shop)
      #expect(try loaded.allStateRecords() == whole)
    }
    #expect(Set(whole.map(\.kind)).isSuperset(of: [.job, .run, .workCenter, .load, .rules, .counters]))
  }

  @Test("taking the touched rows twice gives only the counters")
  func taken() throws {
    var shop = try Workshop.busy()
    #expect(try shop.books.shop.takeStateRecords().count > 4)
    #expect(try shop.books.shop.takeStateRecords().map(\.kind) == [.counters])
  }

  @Test("a row that is gone, and a row that cannot be read, are told apart")
  func broken() throws {
    let gone = StateRecord(kind: .usage, id: "U1", bytes: nil)
    #expect(try Shop(records: [gone]) == Shop())
    for record in [
      StateRecord(kind: .job, id: "J", bytes: Array("{}".utf8)),
      StateRecord(kind: .job, id: "a b", bytes: Array("{}".utf8)),
      StateRecord(kind: .run, id: "R", bytes: []),
      StateRecord(kind: .counters, id: "shop", bytes: Array("7".utf8)),
    ] {
      #expect(throws: ContractError.self) { try Shop(records: [record]) }
    }
  }

  @Test("counters from before there were days are read, and written again as they were")
  func counters() throws {
    let text =
      #"{"drafts":1,"entries":0,"inForce":"v1","newestWall":1795248000000,"runs":2,"sequence":1,"series":"K7Q2ZP","usages":0}"#
    var shop = try Shop(records: [StateRecord(kind: .counters, id: "shop", bytes: Array(text.utf8))])
    #expect(shop.counters.today == nil && shop.counters.runs == 2)
    #expect(try shop.takeStateRecords().last?.bytes?.text == text)
    _ = shop.apply(.dayBegan(try day("2026-11-21"), at: at(0)))
    #expect(
      try shop.takeStateRecords().last?.bytes?.text
        == text.replacing(#""series":"K7Q2ZP""#, with: #""series":"K7Q2ZP","today":"2026-11-21""#))
  }

  private static func day(_ text: String) throws -> Day { try #require(Day(text)) }
  private func day(_ text: String) throws -> Day { try Self.day(text) }

  @Test("a meter's checkpoint reads back as it was, in the middle of a segment")
  func meters() throws {
    let channel = try ChannelID(.named("scale-2"), .weight)
    var scale = Meter.scale(
      ScaleMeter(
        channel: channel,
        parameters: ScaleParameters(
          division: Mass(milligrams: 100), maxUseRate: MassRate(milligramsPerMinute: 30_000),
          maxAge: .seconds(10))))
    var counter = Meter.counter(CounterMeter(channel: try ChannelID(.named("plug"), .energy)))
    var run = Meter.run(RunMeter(channel: try ChannelID(.named("mill-1"), .runState)))
    var facts: [Fact] = []
    for second in 0..<60 {
      let moment = at(Int64(second))
      let mass = Mass(milligrams: 900_000 - Int64(second) * 50)
      scale.apply(Reading(channel: channel, at: moment, value: .weight(mass, stable: true)), into: &facts)
      counter.apply(
        Reading(channel: counter.channel, at: moment, value: .energy(Energy(milliwattHours: Int64(second)))),
        into: &facts)
      run.apply(Reading(channel: run.channel, at: moment, value: .state(.running)), into: &facts)
      if second == 5 {
        let account = Account(run: try .named("R1"), material: try .named("pla"))
        for kind in 0..<3 {
          switch kind {
          case 0: scale.charge(account, at: moment, into: &facts)
          case 1: counter.charge(account, at: moment, into: &facts)
          default: run.charge(account, at: moment, into: &facts)
          }
        }
      }
    }
    for meter in [scale, counter, run] {
      let record = try StateRecord(meter)
      #expect(record.id == meter.channel.description)
      #expect(try record.meter() == meter)
    }
  }

  @Test("equal values are equal bytes, in whatever order they were built")
  func deterministic() throws {
    let ids = (0..<40).map { "m\($0)" }
    var random = Seeded(state: 7)
    var seen: Set<[UInt8]> = []
    for _ in 0..<50 {
      var list = PriceList(currency: try #require(Currency(code: "USD")))
      var centers: [WorkCenterID: WorkCenterRules] = [:]
      var customers: [CustomerID: Customer] = [:]
      for id in ids.shuffled(using: &random) {
        list.materials[try .named(id)] = PricedItem(name: id, price: nil, tax: nil)
        list.machines[try .named(id)] = MachinePrice(item: PricedItem(name: id, price: nil, tax: nil))
        list.taxes[try .named(id)] = TaxRate(rate: .one, category: "S")
        var billable: Set<MachineState> = []
        for state in MachineState.allCases.shuffled(using: &random) { billable.insert(state) }
        centers[try .named(id)] = WorkCenterRules(billable: billable)
        customers[try .named(id)] = Customer(ref: try .named(id))
      }
      let rules = Rules(
        version: try .named("v1"), workCenters: centers, priceList: list, customers: customers)
      seen.insert(try EventRecord.encode(.configured(rules, at: at(0))).bytes)
    }
    #expect(seen.count == 1)
    var tallies: Set<[UInt8]> = []
    for _ in 0..<50 {
      var shop = try Workshop.busy()
      for (index, state) in MachineState.allCases.shuffled(using: &random).enumerated() {
        let stretch = Stretch(
          channel: shop.state, account: Account(run: try .named("R1")), state: state, from: at(1211),
          to: at(1212), span: .seconds(1), gap: nil)
        _ = index
        shop.apply(.fact(.stretch(stretch)))
      }
      tallies.insert(try shop.books.shop.allStateRecords().flatMap { $0.bytes ?? [] })
    }
    #expect(tallies.count == 1)
  }
}
