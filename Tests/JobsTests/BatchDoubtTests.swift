import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// What may befall a draft of several jobs.
struct BatchDoubtTests {
  private func batch(_ jobs: [JobID], _ floor: inout Shopfloor, bill: Bool = true) {
    for job in jobs { _ = floor.serviceJob(job, for: "gathered") }
    if bill { floor.send(.batch(customer: "gathered", jobs: nil)) }
  }

  /// A time server was wrong for a moment, by a month, and something was written then.
  private func clockRanAhead(_ floor: inout Shopfloor) {
    let right = floor.now
    floor.now = Moment(
      boot: right.boot, uptime: right.uptime + .seconds(10), wall: right.wall.advanced(by: .hours(24 * 30)),
      isWallTrusted: true)
    floor.create("X", parts: [])
    floor.now = Moment(
      boot: right.boot, uptime: right.uptime + .seconds(60), wall: right.wall.advanced(by: .seconds(60)),
      isWallTrusted: true)
  }

  /// As the daemon finds it after a restart, row by row.
  private func restored(_ floor: Shopfloor) -> Shop {
    let shop = floor.shop
    return Shop(
      jobs: shop.jobs.rows, runs: shop.runs.rows, workCenters: shop.workCenters.rows,
      usages: shop.usages.rows,
      loads: shop.loads.rows, alarms: shop.alarms.rows, rules: shop.rules.rows, counters: shop.counters)
  }

  @Test("a clock that once ran ahead holds a batch until it is accepted, and no longer")
  func aheadOnce() throws {
    var floor = Shopfloor()
    clockRanAhead(&floor)
    // A customer who is billed job by job, for comparison.
    _ = floor.serviceJob("P1", for: "plain")
    #expect(floor.job("P1")?.holds.map(\.kind) == [.clockWrong])
    floor.settle("P1", "clock", .accept)
    #expect(floor.drafts.count == 1)
    _ = floor.serviceJob("J1", for: "gathered")
    floor.settle("J1", "clock", .accept)
    #expect(floor.job("J1")?.batch == .waiting)
    floor.send(.batch(customer: "gathered", jobs: nil))
    floor.pass(.minutes(5))
    #expect(floor.drafts.count == 2 || floor.job("J1")?.billing == .held)
  }

  @Test("two revisions that were accepted are told until every job of them is over")
  func acceptedTwice() throws {
    var floor = Shopfloor()
    batch(["J1", "J2"], &floor)
    let first = try #require(floor.drafts.last)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    floor.acknowledge(first)
    floor.acknowledge(second)
    #expect(floor.alarms == ["accepted_twice"])
    let own = try #require(floor.drafts.last)
    #expect(own.jobs.map(\.id) == ["J1"])
    floor.acknowledge(own)
    for d in floor.drafts where d.kind == .credit { floor.acknowledge(d) }
    floor.report(own, "paid", "e1")
    #expect(floor.alarms == ["accepted_twice"])
  }

  @Test("a void that is undone is told for each job whose place another draft took")
  func voidUndone() throws {
    var floor = Shopfloor()
    batch(["J1", "J2"], &floor)
    let batch = try #require(floor.drafts.last)
    floor.acknowledge(batch)
    floor.report(batch, "void", "e1")
    floor.correct("J1")
    let one = try #require(floor.drafts.last)
    floor.correct("J2")
    let two = try #require(floor.drafts.last)
    floor.acknowledge(one)
    floor.acknowledge(two)
    floor.pass(.seconds(2))
    floor.report(batch, "paid", "e2")
    #expect(Set(floor.alarms) == ["void_undone"])
    #expect(floor.shop.alarms.ids.compactMap { floor.shop.alarms[$0]?.message }.first?.contains("J1") == true)
    floor.pass(.seconds(2))
    floor.report(one, "void", "e3")
    #expect(Set(floor.alarms) == ["void_undone"])
  }

  @Test("a job canceled out of a batch is unbilled, whatever becomes of the draft, which counts once")
  func canceledOut() throws {
    var floor = Shopfloor()
    batch(["J1", "J2"], &floor)
    floor.reopen("J1")
    floor.cancel("J1", bill: false)
    let draft = try #require(floor.drafts.last)
    #expect(draft.lines.map(\.job) == ["J2"])
    let sum = floor.shop.draftSum(in: currency("USD"))
    #expect(sum.count == 1)
    #expect(restored(floor) == floor.shop)
    floor.acknowledge(draft)
    floor.report(draft, "paid", "e1")
    #expect(floor.job("J1")?.billing == .unbilled)
  }

  @Test("a revision keeps the order in which the jobs were completed")
  func order() throws {
    var floor = Shopfloor()
    _ = floor.serviceJob("J2", for: "gathered")
    floor.pass(.minutes(1))
    _ = floor.serviceJob("J1", for: "gathered")
    floor.send(.batch(customer: "gathered", jobs: nil))
    #expect(floor.drafts.last?.jobs.map(\.id) == ["J2", "J1"])
    floor.send(.draftRevise(draft: try #require(floor.drafts.last?.id), reason: nil))
    #expect(floor.drafts.last?.jobs.map(\.id) == ["J2", "J1"])
  }

  @Test("more than fit on one draft are said to be on several")
  func several() throws {
    var floor = Shopfloor()
    let ids = (1...101).compactMap { JobID("J\($0)") }
    batch(ids, &floor, bill: false)
    let told = floor.send(.batch(customer: "gathered", jobs: nil))
    #expect(told.message == "101 jobs of gathered on 2 drafts")
  }

  @Test("a sum that is out of range bills each job by itself, and the others are no part of the trouble")
  func overflow() throws {
    var floor = Shopfloor()
    for job: JobID in ["J1", "J2", "J3"] {
      floor.create(job, for: "gathered", markup: .zero, parts: [])
      for _ in 0..<(job == "J3" ? 1 : 50) {
        floor.send(
          .serviceAdd(
            job: job, service: .free(name: "Gold", price: Decimal(1_000_000_000), tax: "exempt"),
            quantity: Decimal(job == "J3" ? 1 : 1_000_000)))
      }
      floor.complete(job)
    }
    floor.send(.batch(customer: "gathered", jobs: nil))
    // Any one of them alone can be billed; the third is no part of the trouble.
    #expect(floor.job("J3")?.billing == .drafted)
  }

  @Test("a corrected job that waits for the clock holds no other job of its draft")
  func onlyWhoAsked() throws {
    var floor = Shopfloor(.sample { $0.requiresSynchronizedClock = true })
    batch(["J1", "J2"], &floor)
    let first = try #require(floor.drafts.last)
    let t = floor.now
    floor.now = Moment(
      boot: 1, uptime: t.uptime + .seconds(60), wall: t.wall.advanced(by: .seconds(60)), isWallTrusted: false)
    floor.correct("J1")
    floor.acknowledge(first)
    floor.report(first, "paid", "e1")
    #expect(floor.job("J2")?.billing == .paid)
  }

  @Test("the clock is accepted once for the whole draft")
  func acceptedForAll() throws {
    var floor = Shopfloor()
    batch((1...10).compactMap { JobID("J\($0)") }, &floor)
    clockRanAhead(&floor)
    floor.correct("J1")
    floor.settle("J1", "clock", .accept)
    #expect(floor.drafts.count == 2)
  }

  @Test("a restart finds a batch as it was, in every state")
  func restarts() throws {
    var floor = Shopfloor()
    batch(["J1", "J2", "J3"], &floor, bill: false)
    #expect(restored(floor) == floor.shop)
    floor.deadlinesAreHeeded = false
    floor.send(.batch(customer: "gathered", jobs: ["J1", "J2"]))
    #expect(restored(floor) == floor.shop)
    floor.deadlinesAreHeeded = true
    floor.observe()
    #expect(restored(floor) == floor.shop)
    floor.reopen("J2")
    #expect(restored(floor) == floor.shop)
    floor.reopen("J1")
    floor.cancel("J1", bill: false)
    #expect(restored(floor) == floor.shop)
    let first = try #require(floor.drafts.last)
    floor.acknowledge(first)
    #expect(restored(floor) == floor.shop)
    floor.complete("J2")
    #expect(restored(floor) == floor.shop)
    floor.report(first, "void", "e1")
    #expect(restored(floor) == floor.shop)
    #expect(floor.faults.isEmpty)
    #expect(floor.foldedAgain().books == floor.books)
  }
}
