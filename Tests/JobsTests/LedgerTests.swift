import Costing
import Jobs
import Measures
import TestShop
import Testing

/// What stands of the drafts that were sent.
struct LedgerTests {
  private let dollars = Currency(code: "USD")

  private func said(_ floor: Shopfloor) throws -> String {
    let sum = floor.shop.draftSum(in: try #require(dollars))
    return "\(sum.firstSequence)-\(sum.lastSequence): \(sum.count), \(sum.text)"
  }

  @Test("before anything was sent, nothing stands")
  func nothing() throws {
    var floor = Shopfloor()
    #expect(try said(floor) == "0-0: 0, 0.00")
    let receipt = floor.send(.ledgerPublish).receipt
    #expect(receipt?.message == "nothing was sent yet")
    #expect(floor.effects.suffix(1) == [.ledger])
  }

  @Test("a draft stands from its making, whether it is answered or not, until billing rejects it")
  func one() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    let price = draft.totals.payable.text(in: draft.currency)
    #expect(try said(floor) == "1-1: 1, \(price)")
    floor.acknowledge(draft)
    #expect(try said(floor) == "1-1: 1, \(price)")
    let other = floor.serviceJob("J2")
    floor.acknowledge(try #require(other), .rejected(reason: nil))
    #expect(try said(floor) == "1-2: 1, \(price)")
    #expect(
      floor.send(.ledgerPublish).receipt?.message
        == "drafts that stand, up to sequence 2: 1, together \(price) USD")
    floor.send(.draftResend(draft: try #require(other).id))
    #expect(floor.shop.draftSum(in: draft.currency).count == 2)
  }

  @Test("of several revisions one stands; what only takes back, without lines, is not counted")
  func revisions() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    #expect(try said(floor) == "1-2: 1, \(second.totals.payable.text(in: second.currency))")
    // The first was accepted, and its acknowledgment is late: a credit of it and a new draft.
    floor.acknowledge(first)
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .credit, .invoice])
    #expect(try said(floor) == "1-4: 3, \(second.totals.payable.text(in: second.currency))")
    for number in 0..<2 {
      var floor = Shopfloor()
      _ = floor.serviceJob("J1")
      floor.reopen("J1")
      let entry = try #require(floor.job("J1")?.entries.first?.id)
      floor.send(.entryVoid(entry: entry, reason: "never happened"))
      floor.complete("J1")
      #expect(floor.drafts.last?.lines.isEmpty == true)
      if number == 1 { floor.acknowledge(try #require(floor.drafts.last)) }
      #expect(try said(floor) == "1-2: 0, 0.00")
    }
  }

  @Test("a draft and its credit stand both, and come to nothing")
  func credit() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    floor.acknowledge(try #require(made))
    floor.correct("J1")
    let (credit, new) = (floor.drafts[1], floor.drafts[2])
    let price = new.totals.payable.text(in: new.currency)
    #expect(try said(floor) == "1-3: 3, \(price)")
    for draft in [credit, new] { floor.acknowledge(draft) }
    #expect(try said(floor) == "1-3: 3, \(price)")
    // A credit that billing does not take is none.
    var other = Shopfloor()
    let first = other.serviceJob("J1")
    other.acknowledge(try #require(first))
    other.correct("J1")
    other.acknowledge(other.drafts[1], .rejected(reason: nil))
    let both = try #require(first).totals.payable + other.drafts[2].totals.payable
    #expect(try said(other) == "1-3: 2, \(both.text(in: new.currency))")
  }

  @Test("what is void stands no more, nor does a credit that crossed it; what is collected after all does")
  func void() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.acknowledge(first)
    floor.report(first, "void", "e1")
    #expect(try said(floor) == "1-1: 0, 0.00")
    floor.correct("J1")
    let new = try #require(floor.drafts.last)
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice])
    let price = new.totals.payable
    #expect(try said(floor) == "1-2: 1, \(price.text(in: new.currency))")
    floor.report(first, "paid", "e2")
    #expect(try said(floor) == "1-2: 2, \((first.totals.payable + price).text(in: new.currency))")

    var crossed = Shopfloor()
    let taken = crossed.serviceJob("J1")
    crossed.acknowledge(try #require(taken))
    crossed.correct("J1")
    crossed.report(try #require(taken), "void", "e1")
    for draft in crossed.drafts.dropFirst() { crossed.acknowledge(draft) }
    #expect(crossed.drafts.map(\.kind) == [.invoice, .credit, .invoice])
    #expect(try said(crossed) == "1-3: 1, \(crossed.drafts[2].totals.payable.text(in: new.currency))")
  }

  @Test("deposits and invoices stand beside each other, each with what it asks for")
  func deposit() throws {
    var floor = Shopfloor()
    floor.create("J", markup: .zero, parts: [])
    floor.send(
      .jobEstimate(
        job: "J", items: [Estimate.Item(.service(.listed("design-revision"), quantity: Decimal(4)))]))
    floor.send(.bill(.deposit, job: "J", .percent(Decimal(30))))
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(try said(floor) == "1-1: 1, 42.00")
    floor.addService("design-revision", "4", to: "J")
    floor.complete("J")
    #expect(try said(floor) == "1-2: 2, 140.00")
  }

  @Test("amounts of two currencies are not added: each has a sum of its own, over the sequence of both")
  func currencies() throws {
    var floor = Shopfloor()
    let first = floor.serviceJob("J1")
    floor.acknowledge(try #require(first))
    let yen = try #require(Currency(code: "JPY"))
    floor.configure(.sample("v2") { $0.priceList.currency = yen })
    let second = floor.serviceJob("J2")
    #expect(second?.currency == yen)
    #expect(
      try said(floor) == "1-2: 1, \(try #require(first).totals.payable.text(in: try #require(dollars)))")
    let inForce = floor.shop.draftSum(in: yen)
    #expect(inForce.count == 1 && inForce.text == second?.totals.payable.text(in: yen))
    // A draft of the first job is in the currency that the job began with.
    floor.correct("J1")
    #expect(floor.shop.draftSum(in: yen).count == 1)
    #expect(floor.send(.ledgerPublish).receipt?.message?.hasSuffix("\(inForce.text) JPY") == true)
  }

  @Test("no sum is too large to be said")
  func large() throws {
    var floor = Shopfloor()
    for number in 1...20 {
      guard let job = JobID("J\(number)") else { continue }
      floor.create(job, markup: .zero, parts: [])
      floor.send(
        .serviceAdd(
          job: job, service: .free(name: "Gold", price: Decimal(1_000_000_000), tax: "exempt"),
          quantity: Decimal(1_000_000)))
      floor.complete(job)
    }
    #expect(floor.drafts.count == 20, "\(floor.job("J1")?.holds ?? [])")
    #expect(try said(floor) == "1-20: 20, 20000000000000000.00")
  }

  @Test("a day that begins has it said")
  func daily() throws {
    var floor = Shopfloor()
    floor.apply(.dayBegan(try #require(Day("2026-11-28")), at: floor.now))
    #expect(floor.effects.last == .ledger)
  }

  @Test("ten thousand jobs are added up in a moment")
  func many() throws {
    let floor = ManyJobsTests.old(2_000)
    let currency = try #require(dollars)
    var sum = DraftSum(in: currency)
    let time = ContinuousClock().measure { sum = floor.shop.draftSum(in: currency) }
    #expect(sum.count == 2_000 && sum.lastSequence == 2_000)
    print("the ledger of 2,000 jobs: \(time) (a debug build)")
    #expect(time < .milliseconds(500))
  }

  @Test("a draft of several jobs counts once, is sent again once, and stands for all it comes to")
  func batch() throws {
    var floor = Shopfloor()
    for job: JobID in ["J1", "J2"] { _ = floor.serviceJob(job, for: "gathered") }
    floor.send(.batch(customer: "gathered", jobs: nil))
    let draft = try #require(floor.drafts.last)
    let sum = floor.shop.draftSum(in: currency("USD"))
    #expect(sum.count == 1 && sum.sum == draft.totals.payable.amount(in: draft.currency))
    #expect(floor.send(.draftsResend(from: 1)).receipt?.count == 1)
    floor.acknowledge(draft)
    floor.correct("J1")
    // The batch, the credit of the one job, and its new draft: 80.50 - 40.25 + 80.50.
    let after = floor.shop.draftSum(in: currency("USD"))
    #expect(after.count == 3 && after.text == "120.75")
  }
}
