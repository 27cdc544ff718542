import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

/// Who settled what, as the draft carries it and as a person reads it.
@Suite("Settled holds") struct SettlementTests {
  /// The busy shop with 12.8 s of the mill unseen, complete.
  static func held() throws -> Workshop {
    var shop = try Workshop.busy()
    let (from, to) = (at(1211), at(1211).advanced(by: .milliseconds(12_800)))
    shop.apply(
      .fact(
        .stretch(
          Stretch(
            channel: shop.state, account: Account(run: try .named("R1")), state: .unknown, from: from, to: to,
            span: to.since(from), gap: Gap(from: from, to: to, settlement: .held)))))
    try shop.complete()
    return shop
  }

  static func draft(_ shop: inout Workshop) throws -> DraftView {
    shop.apply(.deadline(at: at(1500)))
    let view = try DraftDocument.read(encode(try #require(shop.drafts.last)).bytes)
    #expect(try Schema.draft().faults(in: .object(view.document)) == [])
    return view
  }

  @Test("a settled gap says so, and its line who settled it, when, with what and why")
  func gap() throws {
    for (means, with, flag) in [
      (#""quantity":"12 s""#, "12 s", "gap_settled_by_hand"), (#""accept":true"#, "accept", "gap_left_out"),
    ] {
      var shop = try Self.held()
      try shop.order(
        "hold.settle", #""job":"J-1001","hold":"gap.R1","reason":"it ran, I stood by",\#(means)"#,
        at: at(1450))
      let view = try Self.draft(&shop)
      let document = JSONValue.object(view.document)
      let line = try #require(document["lines"]?.array?.first { $0["type"] == "machine" })
      #expect(line["gaps"]?.array?.map { $0["settlement"] } == ["settled"])
      #expect(line["flags"]?.array?.contains(.string(flag)) == true)
      let settled = try #require(line["evidence"]?.array?.first { $0["hold"] != nil })
      #expect(
        settled == [
          "by": "anna", "at": "2026-11-21T08:24:10Z", "note": "it ran, I stood by", "hold": "gap.R1",
          "settled_with": .string(with),
        ])
      let setup = try #require(document["lines"]?.array?.first { $0["type"] == "fee" })
      #expect(setup["evidence"]?.array?.contains { $0["hold"] != nil } == false, "a setup has no gap")
      let page = InvoiceText.render(view)
      #expect(page.contains("settled by anna") && page.contains("it ran, I stood by"))
      #expect(page.split(separator: "\n").allSatisfy { $0.count <= InvoiceText.width })
    }
  }

  @Test("the job's state keeps what was settled, by whom and why, and says how much may settle what is held")
  func state() throws {
    var shop = try Self.held()
    func state() throws -> JSONValue {
      let job = try #require(shop.books.shop.jobs[try .named("J-1001")])
      return try JSONScanner.parse(StatePayloads.job(job, shop: shop.books.shop), limits: .trusted)
    }
    let hold = try #require(try state()["holds"]?.array?.first)
    #expect(hold["least"] == "0" && hold["most"] == "12.8" && hold["unit"] == "s")
    try shop.order(
      "hold.settle", #""job":"J-1001","hold":"gap.R1","reason":"I stood by","quantity":"12 s""#, at: at(1450))
    #expect(
      try state()["settlements"] == [
        [
          "hold": "gap.R1", "settled_with": "12 s", "reason": "I stood by", "by": "anna",
          "at": "2026-11-21T08:24:10Z",
        ]
      ])
  }

  @Test("a settled price and a settled tax are marked on their line")
  func priceAndTax() throws {
    var rules = try Workshop.rules()
    rules.priceList.services[try .named("design-revision")] = PricedItem(name: "Design", price: nil, tax: nil)
    var shop = try Workshop()
    shop.apply(.founded(series: "K7Q2ZP", at: at(0)))
    shop.apply(.configured(rules, at: at(1)))
    try shop.order("job.create", #""job":"J-1001","customer":"acme","parts":[]"#, at: at(2))
    try shop.order("service.add", #""job":"J-1001","service":"design-revision""#, at: at(3))
    try shop.order("job.complete", #""job":"J-1001""#, at: at(4))
    shop.apply(.deadline(at: at(5)))
    try shop.order(
      "hold.settle",
      #""job":"J-1001","hold":"price.service.design-revision","reason":"as agreed","price":"35.00""#,
      at: at(6))
    try shop.order(
      "hold.settle",
      #""job":"J-1001","hold":"tax.service.design-revision","reason":"abroad","accept":true"#, at: at(7))
    let view = try Self.draft(&shop)
    #expect(view.lines.first?.flags == ["price_settled_by_hand", "tax_settled_by_hand"])
    let evidence = JSONValue.object(view.document)["lines"]?.array?.first?["evidence"]?.array ?? []
    #expect(evidence.compactMap { $0["settled_with"]?.string } == ["35.00", "accept"])
    #expect(evidence.compactMap { $0["note"]?.string } == ["entry E1", "as agreed", "abroad"])
  }

  @Test("what was left out whole, and a clock that was accepted, stand in the draft's notes")
  func notes() throws {
    var shop = try Workshop()
    shop.apply(.founded(series: "K7Q2ZP", at: at(0)))
    shop.apply(.configured(try Workshop.rules(), at: at(1)))
    try shop.order("job.create", #""job":"J-1001","customer":"acme","parts":[]"#, at: at(2))
    try shop.order("service.add", #""job":"J-1001","service":"design-revision""#, at: at(3))
    try shop.order(
      "service.add", #""job":"J-1001","name":"Moon","price":"1000000000","tax":"exempt","quantity":1000000"#,
      at: at(3))
    try shop.order("labor.start", #""job":"J-1001","operator":"bo","activity":"post-processing""#, at: at(4))
    let later = Moment(boot: 2, uptime: .seconds(5), wall: at(5000).wall, isWallTrusted: false)
    try shop.order("job.complete", #""job":"J-1001""#, at: later)
    shop.apply(.deadline(at: later))
    for hold in try #require(shop.books.shop.jobs[try .named("J-1001")]?.holds) {
      try shop.order(
        "hold.settle", #""job":"J-1001","hold":"\#(hold.id)","reason":"never mind","accept":true"#,
        at: later.advanced(by: .seconds(1)))
    }
    shop.apply(.deadline(at: later.advanced(by: .seconds(2))))
    let view = try DraftDocument.read(encode(try #require(shop.drafts.last)).bytes)
    let note = try #require(view.notes.first { $0.contains("Post-processing") })
    for text in ["anna", "left out", "never mind", "gap.E3"] { #expect(note.contains(text), "\(note)") }
  }
}
