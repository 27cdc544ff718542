import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

/// Every kind of state that the code shows, of jobs and work centers in every condition they can be in.
enum ShownStates {
  /// By schema.
  static func all() throws -> [String: [JSONValue]] {
    var shown: [String: [JSONValue]] = [:]
    for shop in [
      try running(), try plate(), try waiting(), try held(), try billed(), try canceled(), try .batched(),
    ]
      + (try worked())
    {
      for (schema, bytes) in shop.everything() {
        shown[schema, default: []].append(try JSONScanner.parse(bytes, limits: .trusted))
      }
    }
    var unheard = try MadePayload.device()
    unheard.reach?.nextTry = at(9).wall
    unheard.channels.append(.init(kind: .energy, quality: .waiting))
    for kind in ChannelKind.allCases where kind != .weight && kind != .energy {
      unheard.channels.append(.init(kind: kind, value: "1", quality: .bad(.stale), at: at(1)))
    }
    let devices = [StatePayloads.device(try MadePayload.device()), StatePayloads.device(unheard)]
    shown["state-device-1"] = try devices.map { try JSONScanner.parse($0, limits: .trusted) }
    return shown
  }

  /// A run under way, and a button that was pressed for nothing.
  private static func running() throws -> Workshop {
    var shop = try Workshop.busy()
    shop.apply(.pressed(try .named("andon-1"), .start, at: at(1310)))
    return shop
  }

  /// One run for two jobs.
  private static func plate() throws -> Workshop {
    var shop = try Workshop()
    shop.apply(.founded(series: "K7Q2ZP", at: at(0)))
    shop.apply(.configured(try Workshop.rules(), at: at(1)))
    try shop.order("job.create", #""job":"J-1","customer":"acme","parts":[{"part":"a"}]"#, at: at(2))
    try shop.order("job.create", #""job":"J-2","customer":"acme","parts":[]"#, at: at(3))
    try shop.order(
      "job.start",
      #""work_center":"mill-1","parts":[{"job":"J-1","part":"a","share":12.5},{"job":"J-2","share":30}]"#,
      at: at(4))
    return shop
  }

  /// A job within the grace after its completion.
  private static func waiting() throws -> Workshop {
    var rules = try Workshop.rules()
    rules.draftDelay = .seconds(30)
    var shop = try Workshop.busy(rules: rules)
    try shop.complete()
    return shop
  }

  /// A run with all that a machine and a scale tell, entries of every type, a job that waits for its last readings.
  private static func worked() throws -> [Workshop] {
    var rules = try Workshop.rules()
    let (mill, device) = (try WorkCenterID.named("mill-1"), try DeviceID.named("mill-1"))
    rules.workCenters[mill]?.energy = ChannelID(device, .energy)
    rules.completion.checks = [try .named("photo"): CloseoutCheck(name: "Photo")]
    rules.completion.outcomes = [try .named("cut"): JobOutcome(id: try .named("cut"), lines: [.machine])]
    rules.completion.sources = [try .named("erp")]
    rules.workCenters[mill]?.pieces = ChannelID(device, .pieces)
    rules.workCenters[mill]?.materialUsed = ChannelID(device, .materialUsed)
    var shop = try Workshop.busy(rules: rules)
    let account = Account(run: try .named("R1"), material: try .named("pla-black"), lot: "L 7")
    for kind in [ChannelKind.energy, .pieces, .materialUsed] {
      shop.use(ChannelID(device, kind), account, 5_000)
    }
    shop.use(shop.scale, account, 1_000, removed: 3_000)
    shop.apply(.tasked(mill, TaskName(text: "J-1001 bracket"), at: at(1320)))
    let running = shop
    shop.apply(.fact(.changed(shop.state, from: .running, to: .idle, at: at(1325))))
    let job = #""job":"J-1001""#
    for (verb, arguments) in [
      ("labor.start", #"\#(job),"operator":"bert","activity":"post-processing""#),
      ("labor.stop", #"\#(job),"operator":"bert","activity":"post-processing""#),
      ("material.record", #"\#(job),"part":"bracket","material":"pla-black","grams":5,"note":"glue""#),
      ("service.add", #"\#(job),"name":"Jig","price":"12.50","tax":"standard""#),
      ("job.check", #"\#(job),"check":"photo","reference":"IMG_1""#),
      ("job.pause", #""work_center":"mill-1""#),
    ] { try shop.order(verb, arguments, at: at(1330)) }
    let paused = shop
    for (step, grams) in [(WeighingOrder.Step.before, 500_000), (.after, 380_000)] {
      try shop.weigh(step, Mass(milligrams: Int64(grams)), at: at(1340))
    }
    shop.use(shop.scale, Account(run: nil, material: try .named("pla-black")), 1_250)
    shop.use(ChannelID(device, .energy), .nobody, 2_000)
    try shop.order("usage.assign", #"\#(job),"usage":"U1","part":"bracket""#, at: at(1350))
    try shop.order("usage.write_off", #""usage":"U2","reason":"a test cut""#, at: at(1351))
    try shop.order("entry.void", #""entry":"E1","reason":"noted twice""#, at: at(1352))
    try shop.order("job.resume", #""work_center":"mill-1""#, at: at(1353))
    try shop.order("job.pause", #""work_center":"mill-1""#, at: at(1354))
    try shop.order(
      "job.complete", #"\#(job),"outcome":"cut","source":"erp","event_id":"4711""#, at: at(1355))
    return [running, paused, shop]
  }

  /// A gap that holds a draft, and a hold that was settled.
  private static func held() throws -> Workshop {
    var shop = try Workshop.busy()
    let account = Account(run: try .named("R1"), material: try .named("pla-black"), lot: "L 7")
    let gap = Gap(from: at(1210), to: at(1290), settlement: .held)
    shop.apply(
      .fact(
        .stretch(
          Stretch(
            channel: shop.state, account: account, state: .unknown, from: at(1210), to: at(1290),
            span: .seconds(80), gap: gap))))
    shop.use(shop.scale, Account(run: try .named("R1"), material: nil), 1_000)
    try shop.complete()
    let job = try #require(shop.books.shop.jobs[try .named("J-1001")])
    let hold = try #require(job.holds.first { $0.settleWith.contains(.price) })
    try shop.order(
      "hold.settle", #""job":"J-1001","hold":"\#(hold.id)","reason":"as agreed","price":"24.90/kg""#,
      at: at(1500))
    return shop
  }

  /// A draw with retainage that is paid, a draft that was rejected, one that was credited, a job opened again.
  private static func billed() throws -> Workshop {
    var rules = try Workshop.rules()
    rules.billing = BillingRules(retainage: Decimal(10))
    rules.draftDelay = .seconds(30)
    var shop = try Workshop.busy(rules: rules)
    let job = #""job":"J-1001""#
    try shop.order(
      "job.estimate", #"\#(job),"items":[{"service":"design-revision","quantity":2}]"#, at: at(1310))
    try shop.order("billing.progress", #"\#(job),"percent":40"#, at: at(1320))
    shop.apply(.deadline(at: at(1321)))
    try shop.accept()
    let draw = try #require(shop.drafts.last)
    shop.apply(
      .billingStatus(
        BillingStatus(draft: draw.id, revision: 1, state: "paid", event: "e1", observedAt: at(1330).wall),
        at: at(1330)))
    try shop.complete()
    shop.apply(.deadline(at: at(1460)))
    try shop.accept()
    try shop.order("job.reopen", #"\#(job),"reason":"a fee was forgotten""#, at: at(1500))
    try shop.order("service.add", #"\#(job),"service":"design-revision""#, at: at(1501))
    try shop.order("job.complete", job, at: at(1502))
    shop.apply(.deadline(at: at(1560)))
    let last = try #require(shop.drafts.last)
    shop.apply(
      .acknowledged(last.id, revision: last.revision, .rejected(reason: "no such customer"), at: at(1600)))
    return shop
  }

  private static func canceled() throws -> Workshop {
    var rules = try Workshop.rules()
    rules.priceList.energy?.price = nil
    var shop = try Workshop.busy(rules: rules)
    try shop.order(
      "job.estimate", #""job":"J-1001","items":[{"work_center":"mill-1","kwh":"0.5"}]"#, at: at(1390))
    try shop.order("job.cancel", #""job":"J-1001","reason":"no more wanted","bill":true"#, at: at(1400))
    return shop
  }
}

extension Workshop {
  fileprivate mutating func use(
    _ channel: ChannelID, _ account: Account, _ amount: Int64, removed: Int64? = nil
  ) {
    apply(
      .fact(
        .segment(
          Segment(
            channel: channel, account: account, from: at(1305), to: at(1310), first: 100_000 + amount,
            last: 100_000, amount: amount, removed: removed))))
  }

  fileprivate mutating func weigh(_ step: WeighingOrder.Step, _ mass: Mass, at moment: Moment) throws {
    let order = WeighingOrder(
      part: try .named("bracket"), material: try .named("pla-black"), scale: try .named("bench"), step: step)
    apply(
      .command(
        .materialWeigh(job: try .named("J-1001"), order, says: .level(mass)), by: try .named("anna"),
        at: moment
      ))
  }

  /// Every state there is, by schema.
  fileprivate func everything() -> [(String, [UInt8])] {
    let shop = books.shop
    return shop.jobs.rows.map { ("state-job-1", StatePayloads.job($0.value, shop: shop)) }
      + shop.workCenters.rows.map { id, center in
        let run = center.run.flatMap { shop.runs[$0] }
        return (
          "state-work-center-1",
          StatePayloads.workCenter(
            id, center, rules: shop.currentRules?.workCenters[id], run: run,
            tallies: run.map(LiveTallies.init))
        )
      } + shop.usages.rows.map { ("state-usage-1", StatePayloads.usage($0.value)) }
      + shop.alarms.rows.map { ("state-alarm-1", StatePayloads.alarm($0.key, $0.value)) }
  }
}
