import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct BillingTests {
  @Test("an accepted draft makes its job accepted, and its reference is kept")
  func accepted() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    #expect(draft.id == "K7Q2ZP-000001")
    #expect(draft.revision == 1 && draft.sequence == 1)
    #expect(floor.job("J1")?.billing == .drafted)
    floor.acknowledge(draft, .accepted(reference: "INV-7"))
    #expect(floor.job("J1")?.billing == .accepted)
    #expect(floor.job("J1")?.drafts.first?.reference == "INV-7")
    #expect(floor.job("J1")?.production == .complete)
  }

  @Test("reopened before its acknowledgment, a job is drafted again as revision 2 of the same draft")
  func revised() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    #expect(floor.reopen("J1").message.contains("replaces"))
    floor.addService(to: "J1")
    floor.complete("J1")
    let second = try #require(floor.drafts.last)
    #expect(floor.drafts.count == 2)
    #expect(second.id == first.id && second.revision == 2 && second.sequence == 2)
    #expect(second.supersedes == first.id && second.kind == .invoice)
    #expect(floor.job("J1")?.drafts.map(\.state) == [.superseded, .pending])
    #expect(second.totals.linesNet == first.totals.linesNet * 2)
  }

  @Test("a late rejection of a superseded revision changes nothing")
  func lateRejection() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let before = floor.shop
    floor.acknowledge(first, .rejected(reason: "old"))
    #expect(floor.shop.jobs == before.jobs)
    #expect(floor.shop.alarms == before.alarms)
  }

  @Test(
    "an acknowledgment that comes while the job is open again counts, and the correction becomes a credit")
  func ackWhileReopened() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.reopen("J1")
    floor.acknowledge(first)
    #expect(floor.job("J1")?.billing == .accepted)
    floor.addService(to: "J1")
    floor.complete("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .credit, .invoice])
  }

  @Test("reopened after its acknowledgment, a job is credited in full and drafted anew")
  func credited() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.acknowledge(first)
    #expect(floor.reopen("J1").message.contains("credit"))
    floor.send(.materialRecord(job: "J1", part: nil, material: "pla-black", mass: grams("100"), note: nil))
    floor.complete("J1")
    let credit = floor.drafts[1]
    let new = floor.drafts[2]
    #expect(credit.kind == .credit && credit.supersedes == first.id && credit.sequence == 2)
    #expect(credit.totals == first.totals && credit.taxes == first.taxes)
    #expect(credit.lines.allSatisfy { !$0.netAmount.isNegative })
    let remark = try #require(floor.job("J1")?.reopened)
    #expect(remark.reason == "a mistake" && remark.by == "alice")
    let why = CostLine.Evidence.noted(by: "alice", at: remark.at, note: "job J1 was reopened: a mistake")
    #expect(credit.lines.allSatisfy { $0.evidence == [why] })
    #expect(new.kind == .invoice && new.supersedes == first.id && new.sequence == 3 && new.revision == 1)
    #expect(Set(floor.drafts.map(\.id)).count == 3)
    #expect(floor.job("J1")?.drafts.map(\.state) == [.credited, .pending, .pending])
    #expect(floor.job("J1")?.standingDraft?.id == new.id)
    floor.acknowledge(credit)
    #expect(floor.job("J1")?.billing == .drafted, "the credit's acknowledgment is not the draft's")
    floor.acknowledge(new)
    #expect(floor.job("J1")?.billing == .accepted)
  }

  @Test("a job emptied after its draft was accepted can still be completed: that takes the draft back")
  func emptied() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    floor.acknowledge(try #require(made))
    floor.reopen("J1")
    let entry = try #require(floor.job("J1")?.entries.first?.id)
    floor.send(.entryVoid(entry: entry, reason: "never happened"))
    #expect(floor.cancel("J1", bill: false).code == .wrongState)
    #expect(floor.complete("J1").receipt != nil)
    // EN 16931 knows no invoice without a line (BR-16) or without a tax (BR-CO-18).
    #expect(floor.drafts.map(\.kind) == [.invoice, .credit])
    #expect(floor.job("J1")?.billing == .unbilled)
    #expect(floor.shop.undrafted.isEmpty)
    floor.acknowledge(floor.drafts[1])
    #expect(floor.job("J1")?.billing == .unbilled)
    floor.correct("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .credit, .invoice])
    #expect(floor.job("J1")?.drafts.map(\.state) == [.credited, .accepted, .pending])
  }

  @Test(
    "canceled unbilled after a draft went out, the draft is replaced by an empty one and the use released")
  func canceledAfterDraft() {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.start("J1", at: "bench")
    floor.pass(.minutes(10))
    floor.complete("J1")
    floor.reopen("J1")
    floor.cancel("J1", bill: false)
    #expect(floor.drafts.map(\.revision) == [1, 2])
    #expect(floor.drafts.last?.totals.payable == .zero)
    #expect(floor.usages.map(\.quantity) == [Span.minutes(10).base])
    #expect(floor.job("J1")?.drafts.map(\.state) == [.superseded, .pending])
  }

  @Test("a rejection raises an alarm that says what to do, and a resend sends the same revision again")
  func rejected() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    #expect(floor.send(.draftResend(draft: draft.id)).receipt?.draft == draft.id.text)
    floor.acknowledge(draft, .rejected(reason: "no such customer"))
    #expect(floor.job("J1")?.billing == .rejected)
    #expect(floor.alarms == ["draft_rejected"])
    let alarm = try #require(floor.shop.alarms.ids.first.flatMap { floor.shop.alarms[$0] })
    #expect(alarm.message.contains("no such customer") && alarm.message.contains("draft.resend"))
    floor.send(.draftResend(draft: draft.id))
    #expect(floor.effects.last == .resend(draft.id, revision: 1))
    #expect(floor.alarms.isEmpty)
    #expect(floor.job("J1")?.billing == .drafted)
    floor.acknowledge(draft)
    #expect(floor.send(.draftResend(draft: draft.id)).code == .wrongState)
    #expect(floor.send(.draftResend(draft: "K7Q2ZP-000099")).code == .unknownDraft)
  }

  @Test("a rejected draft whose job is reopened and completed is replaced, and the alarm is over")
  func rejectedAndRevised() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    floor.acknowledge(try #require(made), .rejected(reason: nil))
    floor.reopen("J1")
    #expect(floor.job("J1")?.billing == .rejected)
    floor.complete("J1")
    #expect(floor.drafts.last?.revision == 2)
    #expect(floor.alarms.isEmpty)
  }

  @Test("a resend while the job settles again does not take it off the list of jobs to draft")
  func resendWhileSettling() throws {
    var floor = Shopfloor(.sample { $0.draftDelay = .minutes(5) })
    _ = floor.serviceJob("J1")
    floor.pass(.minutes(6))
    let draft = try #require(floor.drafts.last)
    floor.acknowledge(draft, .rejected(reason: nil))
    floor.correct("J1")
    floor.send(.draftResend(draft: draft.id))
    #expect(floor.job("J1")?.billing == .settling)
    floor.pass(.minutes(6))
    #expect(floor.drafts.last?.revision == 2)
  }

  @Test("billing status moves the billing state, once per event, and never production")
  func status() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.acknowledge(draft)
    let words: [(String, BillingState)] = [
      ("created", .accepted), ("sent", .sent), ("viewed", .viewed), ("partially_paid", .partiallyPaid),
      ("overdue", .overdue), ("failed", .failed), ("void", .void), ("paid", .paid),
    ]
    for (index, (word, state)) in words.enumerated() {
      floor.report(draft, word, "e\(index)")
      #expect(floor.job("J1")?.billing == state)
    }
    floor.report(draft, "sent", "e1")
    floor.report(draft, "gibberish", "e99")
    #expect(floor.job("J1")?.billing == .paid)
    #expect(floor.job("J1")?.production == .complete)
    floor.reopen("J1")
    #expect(floor.job("J1")?.billing == .paid)
  }

  @Test("answers for drafts that do not exist change nothing")
  func unknown() {
    var floor = Shopfloor()
    let before = floor.shop
    floor.apply(.acknowledged("X-000009", revision: 1, .accepted(reference: nil), at: floor.now))
    floor.apply(
      .billingStatus(
        BillingStatus(draft: "X-000009", state: "paid", event: "e", observedAt: floor.now.wall),
        at: floor.now))
    #expect(floor.shop == before)
  }

  @Test("a wrong clock holds the draft, which goes out by itself once the clock is right")
  func wrongClock() {
    var floor = Shopfloor()
    let right = floor.now
    floor.now = Moment(
      boot: 1, uptime: right.uptime, wall: WallTime(milliseconds: 86_400_000), isWallTrusted: false)
    _ = floor.serviceJob("J1")
    #expect(floor.drafts.isEmpty)
    #expect(floor.job("J1")?.holds.map(\.kind) == [.clockWrong])
    #expect(floor.job("J1")?.holds.first?.message.contains("1970") == true)
    #expect(floor.settle("J1", "clock", .accept).code == .invalidArgument)
    floor.pass(.minutes(1))
    #expect(floor.drafts.isEmpty)
    floor.now = right.advanced(by: .minutes(2))
    floor.pass(.seconds(1))
    #expect(floor.drafts.count == 1)
    #expect(floor.alarms.isEmpty)
  }

  @Test("a clock that went back behind the journal, or is unsynchronized where that is required, holds")
  func otherClockFaults() {
    var floor = Shopfloor(.sample { $0.requiresSynchronizedClock = true })
    let trusted = floor.now
    floor.now = Moment(boot: 1, uptime: trusted.uptime, wall: trusted.wall, isWallTrusted: false)
    _ = floor.serviceJob("J1")
    #expect(floor.job("J1")?.holds.first?.message.contains("synchronized") == true)
    floor.now = Moment(
      boot: 1, uptime: trusted.uptime, wall: trusted.wall.advanced(by: .minutes(-5)), isWallTrusted: true)
    _ = floor.serviceJob("J2")
    #expect(floor.job("J2")?.holds.first?.message.contains("journal") == true)
    floor.now = trusted
    floor.pass(.seconds(1))
    #expect(floor.drafts.count == 2)
  }

  @Test("a clock that once ran far ahead holds no draft that an operator accepts")
  func ranAhead() {
    var floor = Shopfloor()
    let right = floor.now
    floor.now = Moment(
      boot: 1, uptime: right.uptime, wall: right.wall.advanced(by: .hours(9_000)), isWallTrusted: true)
    floor.create("J0")
    floor.now = right.advanced(by: .minutes(1))
    _ = floor.serviceJob("J1")
    #expect(floor.job("J1")?.holds.map(\.settleWith) == [[.accept]])
    #expect(floor.settle("J1", "clock", .accept).code == nil)
    floor.pass(.seconds(1))
    #expect(floor.drafts.count == 1)
  }

  @Test("nothing is drafted before the shop was founded with a fit series")
  func unfounded() {
    var floor = Shopfloor(series: "no good")
    #expect(floor.serviceJob("J1") == nil)
    #expect(floor.job("J1")?.billing == .settling)
    floor.apply(.founded(series: "K7", at: floor.now))
    #expect(floor.drafts.first?.id == "K7-000001")
  }

  @Test(
    "a job reopened and completed with nothing changed is billed no second time", arguments: [true, false])
  func nothingChanged(isAccepted: Bool) throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    if isAccepted { floor.acknowledge(draft) }
    let billing = floor.job("J1")?.billing
    #expect(floor.reopen("J1").message.contains("unless nothing changed"))
    floor.complete("J1")
    #expect(floor.drafts.count == 1, "the draft that is out says it already")
    #expect(floor.job("J1")?.billing == billing && floor.shop.undrafted.isEmpty)
    #expect(floor.job("J1")?.drafts.map(\.state) == [isAccepted ? .accepted : .pending])
    floor.correct("J1")
    #expect(floor.drafts.count == (isAccepted ? 3 : 2))
  }

  @Test("a draft that billing voided is made anew even where nothing changed")
  func voidedAndUnchanged() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.acknowledge(draft)
    floor.report(draft, "void", "e1")
    floor.reopen("J1")
    floor.complete("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice])
  }

  @Test("a credit has a line for each line that it takes back, and says which of which draft")
  func creditLines() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    floor.send(.materialRecord(job: "J1", part: nil, material: "pla-black", mass: grams("100"), note: nil))
    floor.send(.laborRecord(job: "J1", operator: "ann", activity: "post-processing", span: .minutes(7)))
    floor.complete("J1")
    let first = try #require(floor.drafts.last)
    floor.acknowledge(first)
    floor.correct("J1")
    let credit = floor.drafts[1]
    #expect(credit.kind == .credit && credit.totals == first.totals && credit.taxes == first.taxes)
    #expect(
      credit.lines.map(\.name) == first.lines.map { "Credit for \(first.id) \($0.id), \($0.name)" })
    #expect(credit.lines.map(\.netAmount) == first.lines.map(\.netAmount))
    #expect(credit.lines.map(\.tax) == first.lines.map(\.tax))
  }

  @Test("a line of a credit is under the tax of its own line, where two share category and rate")
  func creditTaxes() throws {
    var floor = Shopfloor(
      .sample { $0.priceList.taxes["export"] = TaxRate(rate: .zero, category: "E", reason: "Export") })
    floor.create("J1", parts: [])
    for tax: TaxID in ["exempt", "export"] {
      let order = ServiceOrder.free(name: "Part", price: decimal("1"), tax: tax)
      floor.send(.serviceAdd(job: "J1", service: order, quantity: .one))
    }
    floor.complete("J1")
    let first = try #require(floor.drafts.last)
    #expect(first.taxes.count == 1 && first.lines.map(\.tax.code) == ["exempt", "export"])
    floor.acknowledge(first)
    floor.correct("J1")
    #expect(floor.drafts[1].kind == .credit)
    #expect(floor.drafts[1].lines.map(\.tax) == first.lines.map(\.tax))
  }
}
