import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

@Suite("Replies and states") struct PayloadTests {
  @Test("a reply carries the receipt or the refusal, and reads back as it was")
  func replies() throws {
    var receipt = Receipt()
    receipt.job = try .named("J-1")
    receipt.workCenter = try .named("mill-1")
    receipt.state = .running
    let ok = Reply.bytes(id: "c:1", result: .success(receipt))
    #expect(
      ok.text == #"{"id":"c:1","ok":true,"result":{"job":"J-1","state":"running","work_center":"mill-1"}}"#)
    #expect(try Reply.decode(ok) == Reply(id: "c:1", result: .success(receipt)))
    let refusal = Refusal(.unknownJob, "there is no job \"J\"")
    let no = Reply.bytes(id: nil, result: .failure(refusal))
    #expect(
      no.text == #"{"id":null,"ok":false,"error":{"code":"unknown_job","message":"there is no job \"J\""}}"#)
    #expect(try Reply.decode(no) == Reply(id: nil, result: .failure(refusal)))
    for code in RefusalCode.allCases {
      let bytes = Reply.bytes(id: "1", result: .failure(Refusal(code, "m")))
      #expect(try Reply.decode(bytes).result == .failure(Refusal(code, "m")))
    }
    for broken in [
      "", "{}", #"{"id":"1","ok":true}"#, #"{"id":"1","ok":false,"error":{"code":"x","message":"m"}}"#,
    ] {
      #expect(throws: ContractError.self) { try Reply.decode(Array(broken.utf8)) }
    }
  }

  @Test("a device's state shows each channel's value, unit, quality and time, and errors by reason")
  func device() throws {
    let scale: DeviceID = try .named("scale-2")
    let reading = Reading(
      channel: ChannelID(scale, .weight), at: at(5), value: .weight(Mass(milligrams: 962_500), stable: true))
    var stale = DeviceState.Channel(kind: .runState, value: "running", quality: .bad(.stale), at: at(1))
    let state = DeviceState(
      device: scale, isOnline: true,
      channels: [.init(reading), stale, .init(kind: .energy, quality: .waiting)],
      errors: [.stale: 2, .noReply: 7])
    #expect(
      StatePayloads.device(state).text
        == #"{"device":"scale-2","online":true,"channels":{"energy":{"quality":"waiting"},"run_state":{"value":"running","quality":"stale","at":"2026-11-21T08:00:01Z"},"weight":{"value":"962.5","unit":"g","quality":"good","stable":true,"at":"2026-11-21T08:00:05Z"}},"errors":{"no_reply":7,"stale":2}}"#
    )
    let values: [(ReadingValue, ChannelKind, String?, String?)] = [
      (.state(.paused), .runState, "paused", nil),
      (.energy(Energy(milliwattHours: 1_234_567)), .energy, "1.234567", "kWh"),
      (.power(Power(milliwatts: 61_500)), .power, "61.5", "W"), (.count(7), .pieces, "7", nil),
      (.count(12_500), .materialUsed, "12.5", "g"), (.rejected(.overload), .weight, nil, nil),
    ]
    for (value, kind, text, unit) in values {
      stale = .init(Reading(channel: ChannelID(scale, kind), at: at(0), value: value))
      #expect(stale.value == text)
      #expect(stale.unit == unit)
    }
    #expect(stale.quality == .bad(.overload))
  }

  @Test("an estimate that lacks a price says that its total is without it")
  func unpriced() throws {
    var rules = try Workshop.rules()
    let service: ServiceID = try .named("design-revision")
    rules.priceList.services[service]?.price = nil
    var shop = try Workshop.busy(rules: rules)
    try shop.order(
      "job.estimate",
      #""job":"J-1001","items":[{"service":"design-revision"},{"activity":"post-processing","minutes":60}]"#,
      at: at(1310))
    let job = try #require(shop.books.shop.jobs[try .named("J-1001")])
    let state = try JSONScanner.parse(StatePayloads.job(job, shop: shop.books.shop), limits: .trusted)
    #expect(state["estimate"]?["total"]?.string == "51.75")
    #expect(
      state["estimate"]?["problems"] == [
        "Design revision fee: the price list has no price for service.design-revision; put one into the configuration, such as 35.00"
      ])
  }

  @Test("a work center's state shows its run with what its meters still hold, and the last action")
  func workCenter() throws {
    let shop = try Workshop.busy()
    let place: WorkCenterID = try .named("mill-1")
    let run = try #require(shop.books.shop.runs[try .named("R1")])
    var tallies = LiveTallies(run)
    tallies.add(
      Mass(milligrams: 500), on: try .named("scale-2"), material: try .named("pla-black"), lot: "L 7")
    tallies.add(.seconds(5), in: .running)
    tallies.add(.seconds(2), in: .paused)
    tallies.add(Energy(milliwattHours: 1500))
    let bytes = StatePayloads.workCenter(
      place, try #require(shop.books.shop.workCenters[place]),
      rules: shop.books.shop.currentRules?.workCenters[place],
      run: run, tallies: tallies)
    #expect(
      bytes.text
        == #"{"work_center":"mill-1","name":"Mill by the window","run_state":"running","run":"R1","job":"J-1001","part":"bracket","started_at":"2026-11-21T08:00:10Z","started_by":"anna","tallies":{"materials":[{"device":"scale-2","material":"pla-black","lot":"L 7","quantity":"28","unit":"g"}],"seconds":{"paused":"2","running":"1205"},"kwh":"0.0015"},"last_action":{"at":"2026-11-21T08:00:10Z","action":"start","ok":true,"message":"done"},"usages":[]}"#
    )
    let idle = StatePayloads.workCenter(place, WorkCenter(), rules: nil, run: nil, tallies: nil)
    #expect(idle.text == #"{"work_center":"mill-1","run_state":"unknown","usages":[]}"#)
  }

  @Test("a job's state shows its parts with runs and tallies, its entries, drafts and holds")
  func job() throws {
    let (shop, draft) = try Workshop.drafted()
    let job = try #require(shop.books.shop.jobs[try .named("J-1001")])
    let state = try JSONScanner.parse(StatePayloads.job(job, shop: shop.books.shop), limits: .trusted)
    #expect(state["production_state"] == "complete")
    #expect(state["billing_state"] == "drafted")
    #expect(state["customer"]?["name"] == "Acme Robotics")
    #expect(state.at(try JSONPath("parts[0].runs[0].tallies.materials[0].quantity")) == "27.5")
    #expect(state.at(try JSONPath("parts[0].runs[0].marks[0]")) == "load_changed")
    #expect(state.at(try JSONPath("entries[0].seconds")) == "750")
    #expect(state.at(try JSONPath("entries[1].service")) == "design-revision")
    #expect(state.at(try JSONPath("drafts[0].draft_id")) == .string(draft.id.text))
    #expect(
      state.at(try JSONPath("drafts[0].payable")) == .string(draft.totals.payable.text(in: draft.currency)))
    #expect(state["runs"] == [])
    #expect(state["holds"] == [])
  }

  @Test("a held job's state says what to settle, and with what")
  func holds() throws {
    var shop = try Workshop.busy()
    try shop.order("material.load", #""scale":"scale-2","material":"pla-black""#, at: at(1303))
    let account = Account(run: try .named("R1"), material: nil)
    shop.apply(
      .fact(
        .segment(
          Segment(
            channel: shop.scale, account: account, from: at(1300), to: at(1310), first: 900_000,
            last: 899_000,
            amount: 1000))))
    try shop.complete()
    let job = try #require(shop.books.shop.jobs[try .named("J-1001")])
    let state = try JSONScanner.parse(StatePayloads.job(job, shop: shop.books.shop), limits: .trusted)
    #expect(state["billing_state"] == "held")
    #expect(state.at(try JSONPath("holds[0].settle_with[0]")) == "price")
    let (id, alarm) = try #require(shop.books.shop.alarms.rows.first)
    let shown = try JSONScanner.parse(StatePayloads.alarm(id, alarm), limits: .trusted)
    #expect(shown["alarm"] == "held.J-1001")
    #expect(shown["kind"] == "draft_held")
    #expect(shown["since"] == "2026-11-21T08:23:26Z")
  }

  @Test("usage is shown in grams, seconds or kilowatt-hours")
  func usage() throws {
    var shop = try Workshop.busy()
    shop.apply(
      .fact(
        .segment(
          Segment(
            channel: shop.scale, account: .nobody, from: at(20), to: at(30), first: 10, last: 5,
            amount: 1_250,
            estimated: 5))))
    shop.apply(
      .fact(
        .stretch(
          Stretch(
            channel: shop.state, account: .nobody, state: .running, from: at(20), to: at(30),
            span: .seconds(10)))))
    let usages = shop.books.shop.usages
    #expect(
      StatePayloads.usage(try #require(usages[try .named("U1")])).text
        == #"{"usage":"U1","work_center":"mill-1","device":"scale-2","kind":"material","quantity":"1.25","unit":"g","from":"2026-11-21T08:00:20Z","to":"2026-11-21T08:00:30Z","quality":"estimated","open":true}"#
    )
    let time = try JSONScanner.parse(
      StatePayloads.usage(try #require(usages[try .named("U2")])), limits: .trusted)
    #expect(time["quantity"] == "10")
    #expect(time["unit"] == "s")
    #expect(time["kind"] == "machine_time")
  }

  @Test("the catalog offers every choice by name, and no price")
  func catalog() throws {
    let text = StatePayloads.catalog(try Workshop.rules()).text
    #expect(
      text
        == #"{"currency":"USD","work_centers":[{"id":"mill-1","name":"Mill by the window","scales":["scale-2"]}],"materials":[{"id":"pla-black","name":"PLA, black"}],"activities":[{"id":"post-processing","name":"Post-processing"}],"services":[{"id":"design-revision","name":"Design revision fee"}],"taxes":[{"id":"exempt"},{"id":"standard"}],"customers":[{"ref":"acme","name":"Acme Robotics"}]}"#
    )
  }

  @Test("the status says online with its version, and offline")
  func status() {
    #expect(
      StatePayloads.online(version: "1.0", since: at(0), at: at(1)).text
        == #"{"state":"online","version":"1.0","since":"2026-11-21T08:00:00Z","at":"2026-11-21T08:00:01Z"}"#)
    #expect(StatePayloads.offline.text == #"{"state":"offline"}"#)
  }
}
