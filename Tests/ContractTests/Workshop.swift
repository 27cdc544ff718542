import Contract
import Costing
import Jobs
import Measures
import Metering
import Testing

/// A small shop with one job on it, driven by events: what payloads and records are made from.
struct Workshop {
  var books = Books()
  var events: [Event] = []
  var drafts: [InvoiceDraft] = []
  let scale: ChannelID
  let state: ChannelID

  init() throws {
    scale = try ChannelID(.named("scale-2"), .weight)
    state = try ChannelID(.named("mill-1"), .runState)
  }

  mutating func apply(_ event: Event) {
    events.append(event)
    for outcome in books.apply(event) {
      if case .draft(let draft) = outcome { drafts.append(draft) }
    }
  }

  /// Carries a command out; it must be accepted.
  @discardableResult
  mutating func order(_ verb: String, _ arguments: String, at moment: Moment) throws -> Receipt {
    let event = Event.command(try command(verb, arguments), by: try .named("anna"), at: moment)
    events.append(event)
    for outcome in books.apply(event) {
      switch outcome {
      case .effect(.replied(let receipt)): return receipt
      case .effect(.refused(let refusal)): throw refusal
      default: break
      }
    }
    throw Refusal(.unavailable, "no answer")
  }

  static func rules(markup: String = "15", currency: String = "USD") throws -> Rules {
    let taxes: [TaxID: TaxRate] = [
      try .named("standard"): TaxRate(rate: try decimal("8.25"), category: "S"),
      try .named("exempt"): TaxRate(rate: .zero, category: "E", reason: "Exempt service"),
    ]
    let list = PriceList(
      currency: try #require(Currency(code: currency)),
      materials: [
        try .named("pla-black"): PricedItem(
          name: "PLA, black", price: Price(text: "24.90/kg"), tax: try .named("standard"))
      ],
      machines: [
        try .named("mill"): MachinePrice(
          item: PricedItem(name: "Milling", price: Price(text: "85.00/h"), tax: try .named("standard")),
          increment: .minutes(6), minimum: .minutes(15), setup: Decimal(20))
      ],
      labor: [
        try .named("post-processing"): PricedItem(
          name: "Post-processing", price: Price(text: "45.00/h"), tax: try .named("exempt"))
      ],
      energy: PricedItem(name: "Energy", price: Price(text: "0.21/kWh"), tax: try .named("standard")),
      services: [
        try .named("design-revision"): PricedItem(
          name: "Design revision fee", price: Price(text: "35.00"), tax: try .named("exempt"))
      ],
      markup: Percentages(try decimal(markup)), taxes: taxes)
    let mill = WorkCenterRules(
      name: "Mill by the window", runState: try ChannelID(.named("mill-1"), .runState),
      scales: [try ChannelID(.named("scale-2"), .weight)], buttons: [try .named("andon-1")],
      machineRate: try .named("mill"))
    return Rules(
      version: try .named("v1"), workCenters: [try .named("mill-1"): mill], priceList: list,
      customers: [
        try .named("acme"): Customer(ref: try .named("acme"), name: "Acme Robotics", terms: "net 15")
      ])
  }

  /// Founded, configured, a job created, run, weighed, and some of everything by hand.
  static func busy(rules: Rules? = nil) throws -> Workshop {
    var shop = try Workshop()
    shop.apply(.founded(series: "K7Q2ZP", at: at(0)))
    shop.apply(.configured(try rules ?? Self.rules(), at: at(1)))
    try shop.order(
      "job.create",
      #""job":"J-1001","customer":"acme","title":"Bracket für Arm","order_ref":"77","po_number":"PO-4711","parts":[{"part":"bracket","name":"Left bracket","quantity":2,"work_center":"mill-1"}]"#,
      at: at(2))
    try shop.order("material.load", #""scale":"scale-2","material":"pla-black","lot":"L 7""#, at: at(3))
    try shop.order("job.start", #""work_center":"mill-1""#, at: at(10))
    let account = Account(run: try .named("R1"), material: try .named("pla-black"), lot: "L 7")
    let gap = Gap(from: at(100), to: at(125), settlement: .bracketed)
    shop.apply(.fact(.changed(shop.state, from: .unknown, to: .running, at: at(11))))
    shop.apply(
      .fact(
        .stretch(
          Stretch(
            channel: shop.state, account: account, state: .running, from: at(11), to: at(1211),
            span: .seconds(1200)))))
    shop.apply(
      .fact(
        .segment(
          Segment(
            channel: shop.scale, account: account, from: at(10), to: at(1300), first: 962_500, last: 935_000,
            amount: 27_500, estimated: 1_200, gaps: [gap], marks: [.loadChanged]))))
    try shop.order(
      "labor.record", #""job":"J-1001","operator":"anna","activity":"post-processing","minutes":12.5"#,
      at: at(1301))
    try shop.order("service.add", #""job":"J-1001","service":"design-revision""#, at: at(1302))
    return shop
  }

  /// Completed, settled and drafted.
  mutating func complete(at seconds: Int64 = 1400) throws {
    try order("job.complete", #""job":"J-1001""#, at: at(seconds))
    apply(.fact(.settled(scale, run: try .named("R1"), at: at(seconds + 5))))
    apply(.deadline(at: at(seconds + 6)))
  }

  static func drafted() throws -> (Workshop, InvoiceDraft) {
    var shop = try busy()
    try shop.complete()
    return (shop, try #require(shop.drafts.last))
  }
}

/// As the engine would encode it, with digests that can be computed by hand.
func encode(_ draft: InvoiceDraft) throws -> (bytes: [UInt8], contentSHA256: String) {
  try DraftDocument.encode(
    draft, gateway: .init(id: "shop-1", name: "North Street Fabrication"),
    auditHead: String(repeating: "ab", count: 32),
    evidenceDigest: { SHA256.hex(Array("\($0.run) \($0.channel)".utf8)) }, digest: SHA256.hex)
}
