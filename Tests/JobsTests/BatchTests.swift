import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct BatchTests {
  /// Jobs of a customer whose jobs are billed together, complete and waiting.
  private func waiting(_ jobs: [JobID], change: (inout Rules) -> Void = { _ in }) -> Shopfloor {
    var floor = Shopfloor(.sample(change: change))
    for job in jobs { _ = floor.serviceJob(job, for: "gathered") }
    return floor
  }

  @discardableResult
  private func bill(_ floor: inout Shopfloor, _ jobs: [JobID]? = nil) -> Result<Receipt, Refusal> {
    floor.send(.batch(customer: "gathered", jobs: jobs))
  }

  @Test(
    "complete jobs of a customer wait, and come onto one draft, line by line in the order of their completion"
  )
  func gathered() throws {
    var floor = waiting(["J2"])
    floor.pass(.minutes(1))
    _ = floor.serviceJob("J1", for: "gathered")
    #expect(floor.drafts.isEmpty)
    #expect(floor.job("J1")?.billing == .unbilled && floor.job("J1")?.batch == .waiting)
    #expect(bill(&floor).message == "2 jobs of gathered on one draft")
    let draft = try #require(floor.drafts.last)
    #expect(floor.drafts.count == 1)
    #expect(draft.jobs.map(\.id) == ["J2", "J1"])
    #expect(draft.lines.map { "\($0.id) \($0.job)" } == ["L1 J2", "L2 J1"])
    #expect(draft.totals.payable == Money(minorUnits: 8_050))
    for job: JobID in ["J1", "J2"] {
      #expect(floor.job(job)?.billing == .drafted && floor.job(job)?.batch == nil)
      #expect(floor.job(job)?.standingDraft?.payable == Money(minorUnits: 4_025))
    }
    floor.acknowledge(draft)
    floor.report(draft, "paid", "e1")
    #expect(floor.job("J1")?.billing == .paid && floor.job("J2")?.billing == .paid)
  }

  @Test("only the jobs that are named, where some are; a job alone makes a draft like any other")
  func named() throws {
    var floor = waiting(["J1", "J2", "J3"])
    #expect(bill(&floor, ["J3"]).receipt != nil)
    #expect(floor.drafts.map { $0.jobs.map(\.id) } == [["J3"]])
    #expect(floor.job("J1")?.batch == .waiting)
  }

  @Test("what cannot be on a batch is refused, with the reason")
  func refused() {
    var floor = waiting(["J1"])
    _ = floor.serviceJob("P1", for: "plain")
    floor.create("J2", for: "gathered", parts: [])
    #expect(bill(&floor, ["J2"]).message.contains("is open; complete it first"))
    #expect(bill(&floor, ["P1"]).message.contains("of customer plain"))
    #expect(bill(&floor, ["nope"]).code == .unknownJob)
    #expect(floor.send(.batch(customer: "plain", jobs: nil)).message.contains("batch: on_command"))
    #expect(floor.send(.batch(customer: "nobody", jobs: nil)).code == .unknownCustomer)
    bill(&floor)
    #expect(bill(&floor).message.contains("no complete job of customer gathered waits"))
    #expect(bill(&floor, ["J1"]).message.contains("is billed by draft K7Q2ZP-000002"))
  }

  @Test("the tax is on the sum of all jobs, and each has its share of it, to the cent")
  func taxShares() throws {
    var floor = waiting([]) { rules in
      rules.priceList.markup = Percentages(.zero)
      rules.priceList.taxes["standard"]?.rate = decimal("8.25")
      rules.priceList.services["design-revision"]?.price = price("0.10")
      rules.priceList.services["design-revision"]?.tax = "standard"
    }
    for job: JobID in ["J1", "J2", "J3"] { _ = floor.serviceJob(job, for: "gathered") }
    bill(&floor)
    let draft = try #require(floor.drafts.last)
    // 8.25 % of 0.30 is 0.02475; of 0.10 alone it would be 0.01, three times.
    #expect(draft.totals.tax == Money(minorUnits: 2))
    let shares = ["J1", "J2", "J3"].map { floor.job($0)?.standingDraft?.taxes.first?.tax.base }
    #expect(shares == [1, 0, 1])
  }

  @Test("reopened before billing took it, a job comes back with another revision of the whole draft")
  func revised() throws {
    var floor = waiting(["J1", "J2"])
    bill(&floor)
    let first = try #require(floor.drafts.last)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    #expect(second.id == first.id && second.revision == 2 && floor.drafts.count == 2)
    #expect(second.lines.map(\.job) == ["J1", "J1", "J2"])
    #expect(floor.job("J2")?.drafts.map(\.state) == [.superseded, .pending])
    floor.acknowledge(second)
    #expect(floor.job("J1")?.billing == .accepted && floor.job("J2")?.billing == .accepted)
  }

  @Test("a draft of several jobs is not replaced while one of them is worked on")
  func waitsForCompanions() {
    var floor = waiting(["J1", "J2"])
    bill(&floor)
    floor.reopen("J2")
    floor.reopen("J1")
    floor.addService(to: "J1")
    #expect(floor.complete("J1").message.contains("for J2 on the same draft to be complete"))
    #expect(floor.drafts.count == 1)
    floor.complete("J2")
    #expect(floor.drafts.count == 2)
    #expect(floor.drafts.last?.revision == 2)
  }

  @Test("accepted, one job's share is credited and billed anew by itself; the others stand")
  func credited() throws {
    var floor = waiting(["J1", "J2"])
    bill(&floor)
    let batch = try #require(floor.drafts.last)
    floor.acknowledge(batch)
    floor.correct("J1")
    #expect(floor.drafts.dropFirst().map(\.kind) == [.credit, .invoice])
    let credit = floor.drafts[1]
    #expect(credit.supersedes == batch.id && credit.totals.payable == Money(minorUnits: 4_025))
    #expect(credit.lines.map { $0.credits?.line } == ["L1"])
    #expect(floor.drafts[2].jobs.map(\.id) == ["J1"])
    #expect(floor.job("J2")?.drafts.map(\.state) == [.accepted])
    #expect(floor.job("J1")?.drafts.map(\.state) == [.credited, .pending, .pending])
  }

  @Test("completed again without a change, a job of an accepted batch is not billed again")
  func unchanged() throws {
    var floor = waiting([]) { rules in
      rules.priceList.includesTax = true
      rules.priceList.services["design-revision"]?.price = price("0.10")
      rules.priceList.services["design-revision"]?.tax = "standard"
    }
    for job: JobID in ["J1", "J2", "J3"] { _ = floor.serviceJob(job, for: "gathered") }
    bill(&floor)
    let batch = try #require(floor.drafts.last)
    floor.acknowledge(batch)
    // Its net alone is another one than beside the others: the cent that was over went to one of them.
    for job: JobID in ["J1", "J2", "J3"] {
      floor.reopen(job)
      floor.complete(job)
    }
    #expect(floor.drafts.count == 1)
  }

  @Test("an acceptance of the earlier revision makes each job settle by its own share")
  func lateAcceptance() throws {
    var floor = waiting(["J1", "J2"])
    bill(&floor)
    let first = try #require(floor.drafts.last)
    floor.correct("J1")
    floor.acknowledge(first)
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .credit, .invoice])
    #expect(floor.drafts.last?.jobs.map(\.id) == ["J1"])
    #expect(floor.job("J2")?.billing == .accepted)
  }

  @Test("a job that is held falls out of its batch, and follows by itself once it is settled")
  func held() throws {
    var floor = waiting(["J1"])
    floor.create("J2", for: "gathered", parts: [])
    floor.send(.laborRecord(job: "J2", operator: "ann", activity: "unpriced", span: .minutes(30)))
    floor.complete("J2")
    #expect(floor.job("J2")?.billing == .held && floor.job("J2")?.batch == nil)
    #expect(bill(&floor).message == "1 job of gathered on one draft; J2 follows once costed, and not held")
    #expect(floor.drafts.map { $0.jobs.map(\.id) } == [["J1"]])
    let hold = try #require(floor.job("J2")?.holds.first)
    floor.settle("J2", hold.id, .price(price("40/h")))
    #expect(floor.drafts.map { $0.jobs.map(\.id) } == [["J1"], ["J2"]])
  }

  @Test("rejected, and sent again, the whole draft is on its way once more")
  func rejected() throws {
    var floor = waiting(["J1", "J2"])
    bill(&floor)
    let draft = try #require(floor.drafts.last)
    floor.acknowledge(draft, .rejected(reason: "no such customer"))
    #expect(floor.job("J2")?.billing == .rejected)
    #expect(floor.shop.alarms.ids.count == 1)
    #expect(
      floor.shop.alarms.ids.compactMap { floor.shop.alarms[$0]?.message }.first?.contains("jobs J1, J2")
        == true)
    floor.send(.draftResend(draft: draft.id))
    #expect(floor.job("J1")?.billing == .drafted && floor.job("J2")?.billing == .drafted)
    #expect(floor.shop.alarms.ids.isEmpty)
  }

  @Test("a job with a deposit has an invoice of its own, which takes it off")
  func deposit() throws {
    var floor = waiting(["J1"])
    floor.create("J2", for: "gathered", parts: [])
    floor.addService(to: "J2")
    floor.send(.bill(.deposit, job: "J2", .amount(decimal("10"))))
    let deposit = try #require(floor.drafts.last)
    floor.acknowledge(deposit)
    floor.complete("J2")
    #expect(floor.drafts.last?.kind == .invoice && floor.drafts.last?.jobs.map(\.id) == ["J2"])
  }

  @Test("more than a hundred jobs make several drafts")
  func limit() {
    let ids = (1...101).compactMap { JobID("J\($0)") }
    var floor = waiting(ids)
    bill(&floor)
    #expect(floor.drafts.map(\.jobs.count).sorted() == [1, 100])
  }

  @Test(
    "a rule bills when its time is over, be it with the day, the week or the month",
    arguments: [
      (BatchRule.daily, 1), (.weekly, 4), (.monthly, 12), (.onCommand, nil),
    ] as [(BatchRule, Int?)])
  func rule(_ rule: BatchRule, days: Int?) throws {
    var floor = Shopfloor(.sample { $0.customers["gathered"]?.batch = rule })
    // The middle of Thursday, the 19th of November 2026, and the 30 days after it.
    floor.now = Moment(
      boot: 1, uptime: .seconds(200), wall: WallTime(milliseconds: 1_795_089_600_000), isWallTrusted: true)
    floor.beginDay()
    #expect(floor.shop.counters.today?.description == "2026-11-19")
    _ = floor.serviceJob("J1", for: "gathered")
    var billed: Int?
    for day in 1...30 where billed == nil {
      floor.now = floor.now.advanced(by: .hours(24))
      floor.beginDay()
      if !floor.drafts.isEmpty { billed = day }
    }
    // The week is over on Sunday the 22nd, the month on the 30th: days 4 and 12 are the first of the next.
    #expect(billed == days)
  }

  @Test("a daemon that slept over the end of a month bills it when it wakes")
  func sleep() {
    var floor = Shopfloor(.sample { $0.customers["gathered"]?.batch = .monthly })
    floor.beginDay()
    _ = floor.serviceJob("J1", for: "gathered")
    floor.now = floor.now.advanced(by: .hours(24 * 70))
    floor.beginDay()
    #expect(floor.drafts.count == 1)
  }

  @Test("what is held when its month is over follows at once when it is settled")
  func heldOver() throws {
    var floor = Shopfloor(.sample { $0.customers["gathered"]?.batch = .monthly })
    floor.beginDay()
    floor.create("J2", for: "gathered", parts: [])
    floor.send(.laborRecord(job: "J2", operator: "ann", activity: "unpriced", span: .minutes(30)))
    floor.complete("J2")
    floor.now = floor.now.advanced(by: .hours(24 * 40))
    floor.beginDay()
    #expect(floor.job("J2")?.batch == .due && floor.drafts.isEmpty)
    let hold = try #require(floor.job("J2")?.holds.first)
    floor.settle("J2", hold.id, .price(price("40/h")))
    #expect(floor.drafts.map { $0.jobs.map(\.id) } == [["J2"]])
  }
}
