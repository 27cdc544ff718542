import Contract
import JSON
import Jobs
import Measures
import Metering
import Testing

@Suite("Commands") struct CommandTests {
  @Test("job.create takes parts, a markup and a customer by ref or in place")
  func create() throws {
    let order = JobOrder(
      job: try .named("J-1"), customer: try .named("acme"), title: "Bracket", orderRef: "77",
      poNumber: "PO-4711",
      markup: Percentages(try decimal("12.5")),
      parts: [
        .init(part: try .named("a")),
        .init(
          part: try .named("b"), name: "Lid", quantity: 3, workCenter: try .named("mill-1"),
          material: try .named("pla-black")),
      ])
    #expect(
      try command(
        "job.create",
        #""job":"J-1","customer":"acme","title":"Bracket","order_ref":"77","po_number":"PO-4711","markup":12.50,"#
          + #""parts":[{"part":"a"},{"part":"b","name":"Lid","quantity":3,"work_center":"mill-1","material":"pla-black"}]"#
      ) == .jobCreate(order))
    #expect(
      try command(
        "job.create", #""job":"J-1","customer":{"ref":"new","name":"New Customer"},"markup":"-5","parts":[]"#)
        == .jobCreate(
          JobOrder(
            job: try .named("J-1"), customer: try .named("new"), customerName: "New Customer",
            markup: Percentages(Decimal(-5)))))
  }

  @Test("every job verb becomes its command")
  func jobs() throws {
    let (mill, job): (WorkCenterID, JobID) = (try .named("mill-1"), try .named("J-1"))
    let here = #""work_center":"mill-1""#
    #expect(try command("job.start", here) == .jobStart(workCenter: mill, job: nil, part: nil))
    #expect(
      try command("job.start", here + #","job":"J-1","part":"a""#)
        == .jobStart(workCenter: mill, job: job, part: .named("a")))
    #expect(try command("job.pause", here) == .jobPause(workCenter: mill))
    #expect(try command("job.resume", here) == .jobResume(workCenter: mill))
    #expect(try command("job.stop", here) == .jobStop(workCenter: mill, outcome: .done))
    for outcome in Outcome.allCases {
      #expect(
        try command("job.stop", here + #","outcome":"\#(outcome.rawValue)""#)
          == .jobStop(workCenter: mill, outcome: outcome))
    }
    #expect(try command("job.complete", here) == .jobComplete(.workCenter(mill)))
    #expect(try command("job.complete", #""job":"J-1""#) == .jobComplete(.job(job)))
    #expect(
      try command("job.cancel", #""job":"J-1","reason":"not wanted","bill":false"#)
        == .jobCancel(job: job, reason: "not wanted", bill: false))
    #expect(try command("job.reopen", #""job":"J-1","reason":"x""#) == .jobReopen(job: job, reason: "x"))
    #expect(
      try command("job.reassign", #""run":"R1","job":"J-1","part":"a","reason":"wrong job""#)
        == .jobReassign(run: .named("R1"), job: job, part: .named("a"), reason: "wrong job"))
  }

  @Test("every verb for labor, material, services and entries becomes its command")
  func entries() throws {
    let job: JobID = try .named("J-1")
    let (anna, sanding): (OperatorID, ActivityID) = (try .named("anna"), try .named("sanding"))
    let labor = #""job":"J-1","operator":"anna","activity":"sanding""#
    #expect(try command("labor.start", labor) == .laborStart(job: job, operator: anna, activity: sanding))
    #expect(try command("labor.stop", labor) == .laborStop(job: job, operator: anna, activity: sanding))
    #expect(
      try command("labor.record", labor + #","minutes":0.001"#)
        == .laborRecord(job: job, operator: anna, activity: sanding, span: .milliseconds(60)))
    #expect(
      try command("labor.record", labor + #","minutes":"100000""#)
        == .laborRecord(job: job, operator: anna, activity: sanding, span: .minutes(100_000)))
    #expect(
      try command("material.load", #""scale":"s","material":"pla","lot":"L 7""#)
        == .materialLoad(scale: .named("s"), material: .named("pla"), lot: "L 7"))
    for grams in ["12.345", "\"12.345\"", "1.2345e1"] {
      #expect(
        try command(
          "material.record", #""job":"J-1","material":"pla","grams":\#(grams),"note":"kitchen scale""#)
          == .materialRecord(
            job: job, part: nil, material: .named("pla"), mass: Mass(milligrams: 12_345),
            note: "kitchen scale"))
    }
    #expect(
      try command("service.add", #""job":"J-1","service":"design""#)
        == .serviceAdd(job: job, service: .listed(.named("design")), quantity: .one))
    #expect(
      try command(
        "service.add", #""job":"J-1","name":"Courier","price":"12.50","tax":"standard","quantity":"2""#)
        == .serviceAdd(
          job: job, service: .free(name: "Courier", price: decimal("12.5"), tax: .named("standard")),
          quantity: Decimal(2)))
    #expect(
      try command("entry.void", #""entry":"E1","reason":"twice""#)
        == .entryVoid(entry: .named("E1"), reason: "twice"))
    #expect(
      try command("material.weigh", #""job":"J-1","material":"pla","scale":"bench","step":"after""#)
        == .materialWeigh(
          job: job,
          WeighingOrder(part: nil, material: .named("pla"), scale: .named("bench"), step: .after), says: nil))
    #expect(
      try command("usage.assign", #""usage":"U3","job":"J-1","part":"body""#)
        == .usageAssign(usage: .named("U3"), job: job, part: .named("body")))
    #expect(
      try command("usage.write_off", #""usage":"U3","reason":"a test print""#)
        == .usageWriteOff(usage: .named("U3"), reason: "a test print"))
  }

  @Test("a hold is settled by accepting, by a mass, by a time or by a price")
  func settle() throws {
    let settlements: [(String, HoldSettlement)] = [
      (#""accept":true"#, .accept), (#""quantity":"12.5 g""#, .mass(Mass(milligrams: 12_500))),
      (#""quantity":"12.5g""#, .mass(Mass(milligrams: 12_500))),
      (#""quantity":"0.5 kg""#, .mass(Mass(milligrams: 500_000))),
      (#""quantity":"14 min""#, .span(.minutes(14))),
      (#""quantity":"0.5 h""#, .span(.minutes(30))), (#""quantity":"30 s""#, .span(.seconds(30))),
      (#""quantity":"0 g""#, .mass(.zero)),
      (#""price":"24.90/kg""#, .price(Price(try decimal("24.9"), per: .kilogram))),
      (#""price":"35.00""#, .price(Price(Decimal(35), per: .piece))),
    ]
    for (means, settlement) in settlements {
      #expect(
        try command("hold.settle", #""job":"J-1","hold":"gap.R1","reason":"asked the operator",\#(means)"#)
          == .holdSettle(
            job: .named("J-1"), hold: .named("gap.R1"), settlement: settlement, reason: "asked the operator"))
    }
    #expect(
      try command("draft.resend", #""draft_id":"K7Q2ZP-000001","reason":"lost""#)
        == .draftResend(draft: .named("K7Q2ZP-000001"), reason: "lost"))
    #expect(
      try command("draft.resend", #""from_sequence":12,"reason":"a backup""#)
        == .draftsResend(from: 12, reason: "a backup"))
    #expect(try command("draft.resend", #""from_sequence":1"#) == .draftsResend(from: 1))
  }

  @Test("an estimate is read item by item, and says which one is wrong")
  func estimate() throws {
    let items =
      #"{"material":"pla-black","grams":120,"part":"lid"},{"work_center":"mill-1","minutes":"90"},"#
      + #"{"work_center":"mill-1","kwh":0.5},{"activity":"post-processing","minutes":30},"#
      + #"{"service":"design-revision"},{"name":"Shipping","price":"12.50","tax":"standard","quantity":2}"#
    #expect(
      try command("job.estimate", #""job":"J-1","items":[\#(items)]"#)
        == .jobEstimate(
          job: .named("J-1"),
          items: [
            Estimate.Item(
              .material(try .named("pla-black"), Mass(milligrams: 120_000)), part: try .named("lid")),
            Estimate.Item(.machine(try .named("mill-1"), .minutes(90))),
            Estimate.Item(.energy(try .named("mill-1"), Energy(base: 500_000))),
            Estimate.Item(.labor(try .named("post-processing"), .minutes(30))),
            Estimate.Item(.service(.listed(try .named("design-revision")), quantity: .one)),
            Estimate.Item(
              .service(
                .free(name: "Shipping", price: try decimal("12.50"), tax: try .named("standard")),
                quantity: Decimal(2))),
          ]))
    for (item, message) in [
      (#"{"grams":5}"#, "missing argument: give one of material, work_center, activity, service, name"),
      (#"{"material":"pla","minutes":5}"#, "items[0] has material and so no minutes"),
      (#"{"material":"pla"}"#, "missing argument items[0].grams"),
      (#"{"service":"x","price":5}"#, "items[0] has service and so no price"),
    ] {
      guard
        case .failure(let refusal) = decoded("job.estimate", #"{"id":"c-1","job":"J","items":[\#(item)]}"#)
          .command
      else {
        Issue.record("\(item) was accepted")
        continue
      }
      #expect(refusal.message == message)
    }
  }

  @Test("a plate names its jobs, parts and shares")
  func plate() throws {
    #expect(
      try command(
        "job.start",
        #""work_center":"mill-1","parts":[{"job":"A","share":2.5},{"job":"B","part":"lid","share":1}]"#)
        == .plateStart(
          workCenter: .named("mill-1"),
          [
            PlateShare(job: try .named("A"), part: nil, weight: 2_500_000),
            PlateShare(job: try .named("B"), part: try .named("lid"), weight: 1_000_000),
          ]))
  }

  @Test("deposits, draws and releases are shares of one kind")
  func installments() throws {
    #expect(
      try command("billing.deposit", #""job":"J-1","percent":30"#)
        == .bill(.deposit, job: .named("J-1"), .percent(Decimal(30))))
    #expect(
      try command("billing.progress", #""job":"J-1","phase":"design""#)
        == .bill(.progress, job: .named("J-1"), .phase("design", percent: .zero)))
    #expect(
      try command("billing.release_retainage", #""job":"J-1""#)
        == .bill(.retainageRelease, job: .named("J-1"), .all))
    #expect(
      try command("billing.release_retainage", #""job":"J-1","amount":"12.50""#)
        == .bill(.retainageRelease, job: .named("J-1"), .amount(try decimal("12.50"))))
  }

  @Test("a completion may say what became of the job, and which event of another system says so")
  func completion() throws {
    #expect(
      try command("job.complete", #""job":"J-1","outcome":"warranty","source":"erp","event_id":"4711""#)
        == .jobComplete(
          .job(.named("J-1")), outcome: .named("warranty"),
          event: CompletionEvent(source: .named("erp"), id: "4711")))
    for arguments in [
      #""job":"J-1","source":"erp""#, #""job":"J-1","event_id":"1""#,
      #""work_center":"mill-1","source":"erp","event_id":"1""#,
    ] {
      #expect(throws: Refusal.self, "\(arguments)") { try command("job.complete", arguments) }
    }
    #expect(
      try command("job.amend", #""job":"J-1","po_number":"PO-7""#)
        == .jobAmend(job: .named("J-1"), title: nil, orderRef: nil, poNumber: "PO-7"))
    #expect(throws: Refusal.self) { try command("job.amend", #""job":"J-1""#) }
    #expect(
      try command("job.check", #""job":"J-1","check":"photo","reference":"IMG_1""#)
        == .jobCheck(job: .named("J-1"), check: .named("photo"), reference: "IMG_1"))
    #expect(
      try command("draft.revise", #""draft_id":"K7Q2ZP-000001""#)
        == .draftRevise(draft: .named("K7Q2ZP-000001"), reason: nil))
  }

  @Test("a markup is one for all, or by kind of line")
  func markup() throws {
    func markup(_ text: String) throws -> Percentages? {
      let command = try command("job.create", #""job":"J","customer":"acme","parts":[],"markup":\#(text)"#)
      if case .jobCreate(let order) = command { return order.markup } else { return nil }
    }
    #expect(try markup("15") == Percentages(Decimal(15)))
    #expect(
      try markup(#"{"material":20,"labor":"0","others":10}"#)
        == Percentages([.material: Decimal(20), .labor: .zero], others: Decimal(10)))
    for text in ["\"a\"", #"{"materials":1}"#, #"{"labor":1001}"#, "[]"] {
      #expect(throws: Refusal.self, "\(text)") { try markup(text) }
    }
  }

  @Test("a batch names a customer, and jobs where not all of its")
  func batch() throws {
    #expect(
      try command("billing.batch", #""customer":"acme""#) == .batch(customer: .named("acme"), jobs: nil))
    #expect(
      try command("billing.batch", #""customer":"acme","jobs":["J1","J2"]"#)
        == .batch(customer: .named("acme"), jobs: [.named("J1"), .named("J2")]))
    for (jobs, message) in [
      ("[]", "jobs has 0 items, 1 to 100 are allowed"), ("[5]", "jobs[0] must be an id, found 5"),
      (#""J1""#, "jobs must be a list of 1 to 100 ids, found a string"),
    ] {
      let command = decoded("billing.batch", #"{"id":"c-1","customer":"acme","jobs":\#(jobs)}"#).command
      #expect(throws: Refusal.self, "\(message)") { try command.get() }
      if case .failure(let refusal) = command { #expect(refusal.message == message) }
    }
  }

  @Test("the ledger is asked for without arguments")
  func ledger() throws {
    let message = decoded("ledger.publish", #"{"id":"c-1"}"#)
    #expect(try message.command.get() == .ledgerPublish)
  }

  @Test("every verb this version carries out has a happy path in these tests")
  func complete() {
    let tested = [
      "job.create", "job.start", "job.pause", "job.resume", "job.stop", "job.complete", "job.cancel",
      "job.reopen",
      "job.reassign", "labor.start", "labor.stop", "labor.record", "material.load", "material.record",
      "service.add",
      "entry.void", "material.weigh", "usage.assign", "usage.write_off", "hold.settle", "draft.resend",
      "job.estimate", "billing.deposit", "billing.progress", "billing.release_retainage", "billing.batch",
      "job.check", "job.amend", "draft.revise", "ledger.publish",
    ]
    #expect(Set(CommandVerb.all.map(\.name)) == Set(tested))
  }

  @Test("an id and an expiry are read even where the arguments are refused")
  func envelope() throws {
    let message = decoded("job.pause", #"{"id":"panel:7","expires_at":"2026-11-21T09:00:00+01:00","x":1}"#)
    #expect(message.id == "panel:7")
    #expect(message.expiresAt == WallTime(rfc3339: "2026-11-21T08:00:00Z"))
    let now = try #require(WallTime(rfc3339: "2026-11-21T08:00:00.001Z"))
    #expect(message.lateness(at: now)?.code == .expired)
    #expect(message.lateness(at: now.advanced(by: .milliseconds(-1))) == nil)
    #expect(decoded("job.pause", #"{"id":"7","work_center":"a"}"#).lateness(at: now) == nil)
  }

  @Test("messages name the argument, what was found, and what the verb takes")
  func messages() {
    func message(_ verb: String, _ json: String) -> String {
      if case .failure(let refusal) = decoded(verb, json).command { refusal.message } else { "accepted" }
    }
    #expect(
      message("job.stop", #"{"id":"1","work_centre":"a"}"#)
        == #"unknown argument "work_centre"; did you mean work_center? (job.stop takes work_center, outcome?)"#
    )
    #expect(
      message("job.cancel", #"{"id":"1","job":"J"}"#)
        == "missing argument reason (job.cancel takes job, reason, bill)")
    #expect(
      message("material.record", #"{"id":"1","job":"J","material":"m","grams":[]}"#)
        == "grams must be grams, above 0 and at most 1000000, up to 3 decimals, found a list")
    #expect(
      message(
        "job.create", #"{"id":"1","job":"J","customer":"c","parts":[{"part":"a"},{"part":"b","quantity":0}]}"#
      )
        == "parts[1].quantity must be a whole number from 1 to 1000000, found 0")
    #expect(message("job.strat", #"{"id":"1"}"#) == #"there is no verb "job.strat"; did you mean job.start?"#)
    #expect(
      message("job.pause", #"{"id":"1","work_center":"a\u202Eb"}"#)
        == #"work_center must be an id of 1 to 64 of A-Z a-z 0-9 . _ -, found "a\u{202E}b""#)
  }

  @Test("what is not JSON is told as that, and then where")
  func notJSON() {
    func message(_ text: String) -> String {
      let decoded = CommandMessage.decode(verb: "job.stop", payload: Array(text.utf8))
      if case .failure(let refusal) = decoded.command { return refusal.message }
      return "accepted"
    }
    #expect(
      message("not json")
        == "the command is not JSON: expected 'null', found 'o' at byte 1 (line 1, column 2)")
    #expect(
      message(#"{"id":"1","id":"2"}"#)
        == #"the command cannot be read: duplicate key "id" at byte 10 (line 1, column 11)"#)
    #expect(message(String(repeating: "[", count: 20)).hasPrefix("the command is more than is taken: "))
  }

  @Test("a number of JSON may have an exponent; a text, which somebody typed, may not")
  func exponents() throws {
    func grams(_ text: String) -> Mass? {
      let payload = #"{"id":"1","job":"J","material":"m","grams":\#(text)}"#
      let command = CommandMessage.decode(verb: "material.record", payload: Array(payload.utf8)).command
      guard case .success(.materialRecord(_, _, _, let mass, _)) = command else { return nil }
      return mass
    }
    #expect(grams("1e3") == Mass(milligrams: 1_000_000))
    #expect(grams(#""1e3""#) == nil)
    let record = try #require(CommandVerb.named("material.record"))
    let typed = try record.payload(id: "1", texts: [("job", "J"), ("material", "m"), ("grams", "1e3")])
    #expect(throws: Refusal.self) {
      try CommandMessage.decode(verb: "material.record", payload: typed).command.get()
    }
  }

  @Test("the command line's texts become the payload that the decoder reads")
  func payload() throws {
    let create = try #require(CommandVerb.named("job.create"))
    #expect(create.words == ("job", "create"))
    let bytes = try create.payload(
      id: "cli:1",
      texts: [
        ("job", "J-1"), ("customer", #"{"ref":"new","name":"New"}"#), ("markup", "12.5"),
        ("parts", #"[{"part":"bracket"},{"part":"lid"}]"#),
      ], expiresAt: WallTime(rfc3339: "2026-11-21T08:00:00Z"))
    #expect(
      bytes.text
        == #"{"id":"cli:1","expires_at":"2026-11-21T08:00:00Z","job":"J-1","customer":{"ref":"new","name":"New"},"markup":12.5,"parts":[{"part":"bracket"},{"part":"lid"}]}"#
    )
    #expect((try? CommandMessage.decode(verb: "job.create", payload: bytes).command.get()) != nil)
    let cancel = try #require(CommandVerb.named("job.cancel"))
    let text = try cancel.payload(id: "1", texts: [("job", "J"), ("reason", "x"), ("bill", "no")]).text
    #expect(text == #"{"id":"1","job":"J","reason":"x","bill":false}"#)
    #expect(throws: Refusal.self) { try cancel.payload(id: "1", texts: [("jbo", "J")]) }
    #expect(throws: Refusal.self) { try create.payload(id: "1", texts: [("customer", "{")]) }
    #expect(throws: Refusal.self) { try create.payload(id: "1", texts: [("parts", "bracket,lid")]) }
    #expect(ArgumentSpec.option(of: "job.start", "work_center") == "--work-center")
  }
}

extension ArgumentSpec {
  static func option(of verb: String, _ name: String) -> String? {
    CommandVerb.named(verb)?.arguments.first { $0.name == name }?.option
  }
}
