import Costing
import Jobs
import Measures
import TestShop
import Testing

@Suite("Deposits, draws and retainage")
struct InstallmentTests {
  /// A job that is estimated to come to 4 × 35.00, exempt, without markup.
  private func shop() -> Shopfloor {
    var floor = Shopfloor()
    floor.create("J", markup: .zero, parts: [])
    floor.send(
      .jobEstimate(
        job: "J", items: [Estimate.Item(.service(.listed("design-revision"), quantity: Decimal(4)))]))
    return floor
  }

  private func bill(
    _ floor: inout Shopfloor, _ kind: DraftRecord.Kind, _ share: BillRequest.Share
  ) -> Result<Receipt, Refusal> { floor.send(.bill(kind, job: "J", share)) }

  private func complete(_ floor: inout Shopfloor, services: String = "4") {
    floor.addService("design-revision", services, to: "J")
    floor.complete("J")
  }

  @Test("the invoice waits for billing's answer to a deposit, and takes off what was accepted")
  func waits() throws {
    var floor = shop()
    #expect(bill(&floor, .deposit, .percent(Decimal(30))).receipt?.draft == "settling")
    let deposit = try #require(floor.drafts.last)
    #expect(deposit.kind == .deposit && deposit.totals.payable.base == 4200)
    complete(&floor)
    #expect(floor.drafts.count == 1)
    #expect(floor.shop.waits(of: try #require(floor.job("J"))) == [.answer(deposit.id)])
    floor.acknowledge(deposit)
    let invoice = try #require(floor.drafts.last)
    #expect(
      invoice.kind == .invoice && invoice.totals.prepaid.base == 4200 && invoice.totals.payable.base == 9800)
    #expect(
      invoice.content.installments == [
        AppliedInstallment(draft: deposit.id, revision: 1, kind: .deposit, amount: Money(minorUnits: 4200))
      ])
  }

  @Test("a deposit that billing rejected, or voided, is not taken off", arguments: [true, false])
  func notTaken(isRejected: Bool) throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(50)))
    let deposit = try #require(floor.drafts.last)
    if isRejected {
      floor.acknowledge(deposit, .rejected(reason: "no such customer"))
    } else {
      floor.acknowledge(deposit)
      floor.report(deposit, "void", "e1")
    }
    complete(&floor)
    #expect(floor.drafts.last?.totals.prepaid == .zero)
    #expect(floor.drafts.last?.kind == .invoice)
  }

  @Test(
    "a deposit that billing accepts after all, once the invoice is out, is taken off by a credit and a new one"
  )
  func acceptedAfterAll() throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(50)))
    let deposit = try #require(floor.drafts.last)
    floor.acknowledge(deposit, .rejected(reason: "later"))
    complete(&floor)
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(floor.send(.draftResend(draft: deposit.id)).code == .wrongState)
    floor.acknowledge(deposit)
    #expect(floor.drafts.map(\.kind) == [.deposit, .invoice, .credit, .invoice])
    #expect(floor.drafts.last?.totals.prepaid.base == 5000)
  }

  @Test("a job is paid once the retainage of its draws is")
  func paid() throws {
    var floor = shop()
    _ = bill(&floor, .progress, .percent(Decimal(100)))
    let draw = try #require(floor.drafts.last)
    #expect(draw.totals.retainage.base == 1400 && draw.totals.payable.base == 12_600)
    floor.acknowledge(draw)
    floor.report(draw, "paid", "e1")
    complete(&floor, services: "5")
    let invoice = try #require(floor.drafts.last)
    #expect(invoice.totals.payable.base == 3500)
    floor.acknowledge(invoice)
    floor.report(invoice, "paid", "e2")
    #expect(floor.job("J")?.billing == .partiallyPaid)
    #expect(floor.job("J")?.retained.base == 1400)
    #expect(bill(&floor, .retainageRelease, .all).code == nil)
    let release = try #require(floor.drafts.last)
    #expect(release.kind == .retainageRelease && release.totals.payable.base == 1400)
    floor.acknowledge(release)
    #expect(floor.job("J")?.billing == .partiallyPaid)
    floor.report(release, "paid", "e3")
    #expect(floor.job("J")?.billing == .paid)
    #expect(bill(&floor, .retainageRelease, .all).message == "nothing is withheld on job J")
  }

  @Test("what cannot be billed is refused, and says what to do")
  func refused() throws {
    var floor = Shopfloor()
    floor.create("J", parts: [])
    let estimate = "job J has no estimate of which to take 30 %; give it one with job.estimate, or an amount"
    #expect(bill(&floor, .deposit, .percent(Decimal(30))).message == estimate)
    floor = shop()
    #expect(bill(&floor, .deposit, .percent(Decimal(0))).code == .invalidArgument)
    #expect(bill(&floor, .progress, .percent(Decimal(101))).code == .invalidArgument)
    #expect(bill(&floor, .deposit, .amount(Decimal(0))).code == .invalidArgument)
    #expect(
      bill(&floor, .progress, .phase("roof", percent: .zero)).message
        == "there is no phase roof; there are: first, rest")
    #expect(bill(&floor, .progress, .phase("first", percent: .zero)).code == nil)
    #expect(
      bill(&floor, .progress, .percent(Decimal(50))).message
        == "billing has not answered to draft K7Q2ZP-000001 of job J yet; wait for that")
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(bill(&floor, .progress, .phase("first", percent: .zero)).code == .alreadyExists)
    #expect(floor.send(.jobEstimate(job: "J", items: [])).code == .invalidArgument)
    let again = Estimate.Item(.service(.listed("design-revision"), quantity: Decimal(9)))
    #expect(floor.send(.jobEstimate(job: "J", items: [again])).code == .wrongState)
    complete(&floor)
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(bill(&floor, .deposit, .amount(Decimal(5))).code == .wrongState)
  }

  @Test(
    "a draw of what was drawn before, or of an estimate without a price, is refused at once")
  func impossible() throws {
    var floor = shop()
    _ = bill(&floor, .progress, .percent(Decimal(50)))
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(
      bill(&floor, .progress, .percent(Decimal(40))).message
        == "no progress draw can be made: so much is billed already, draw by draw: 70.00 so far")
    #expect(bill(&floor, .progress, .percent(Decimal(60))).code == nil)
    #expect(floor.drafts.count == 2 && floor.alarms == [])
    floor.create("K", parts: [])
    let estimated = floor.send(
      .jobEstimate(job: "K", items: [Estimate.Item(.material("exotic", grams("5")))]))
    #expect(
      estimated.message == "no price yet for Exotic: put one into the configuration, and estimate again")
    #expect(floor.send(.bill(.deposit, job: "K", .percent(Decimal(10)))).message.contains("cannot be costed"))
    #expect(
      floor.send(.bill(.deposit, job: "K", .amount(decimal("0.001")))).message.contains("is no amount of USD")
    )
    #expect(floor.drafts.count == 2 && floor.alarms == [])
    #expect(floor.job("K")?.requests == [])
  }

  @Test("while the clock is plainly wrong nothing is billed in advance, and whoever asks is told")
  func wrongClock() {
    var floor = shop()
    let now = floor.now
    floor.now = Moment(
      boot: now.boot, uptime: now.uptime, wall: now.wall.advanced(by: .hours(-24)), isWallTrusted: true)
    let refused = bill(&floor, .deposit, .amount(Decimal(5)))
    #expect(refused.code == .invalidArgument && refused.message.contains("set the clock first"))
    floor.now = now.advanced(by: .hours(1))
    #expect(bill(&floor, .deposit, .amount(Decimal(5))).code == nil)
    #expect(floor.drafts.map(\.kind) == [.deposit] && floor.alarms == [])
  }

  @Test("deposits and draws together are no more than the estimate")
  func together() throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .percent(Decimal(30)))
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(
      bill(&floor, .progress, .percent(Decimal(100))).message
        == "no progress draw can be made: 140.00 is more than is left of the estimate: of 140.00, 42.00 is billed "
        + "already, a deposit of 42.00 among it, which the invoice takes off")
    #expect(bill(&floor, .progress, .percent(Decimal(70))).code == nil)
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(bill(&floor, .deposit, .amount(Decimal(1))).code == .invalidArgument)
  }

  @Test("a job that is canceled and not billed gives its deposit back, once billing has answered to it")
  func canceled() throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(50)))
    let deposit = try #require(floor.drafts.last)
    floor.cancel("J", bill: false)
    #expect(floor.drafts.count == 1)
    floor.acknowledge(deposit)
    let credit = try #require(floor.drafts.last)
    #expect(credit.kind == .credit && credit.supersedes == deposit.id && credit.totals.payable.base == 5000)
    #expect(floor.job("J")?.billing == .unbilled)
    #expect(floor.job("J")?.installments.isEmpty ?? false)
  }

  @Test("deposits of more than the invoice hold it, and say by how much")
  func tooMuch() throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(100)))
    floor.acknowledge(try #require(floor.drafts.last))
    complete(&floor, services: "1")
    let hold = try #require(floor.job("J")?.holds.first)
    #expect(hold.kind == .depositExceeds)
    #expect(
      hold.message
        == "deposits and draws of job J are 65.00 more than the 35.00 of its invoice; accept to bill nothing more, and see "
        + "in the billing program that the customer has back what was paid of that, or reopen the job and add what is missing"
    )
    floor.settle("J", hold.id, .accept)
    let invoice = try #require(floor.drafts.last)
    #expect(invoice.totals.payable == .zero && invoice.totals.prepaid.base == 3_500)
    #expect(invoice.notes.first?.contains("deposits and draws are 65.00 more than this invoice") ?? false)
  }

  @Test(
    "a deposit that billing voids, or collects after all, once the invoice is out changes what is taken off",
    arguments: [true, false])
  func voidedLater(isVoidedLate: Bool) throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(50)))
    let deposit = try #require(floor.drafts.last)
    floor.acknowledge(deposit)
    if !isVoidedLate { floor.report(deposit, "void", "e1") }
    complete(&floor)
    floor.acknowledge(try #require(floor.drafts.last))
    floor.report(deposit, isVoidedLate ? "void" : "paid", "e2")
    #expect(floor.drafts.map(\.kind) == [.deposit, .invoice, .credit, .invoice])
    #expect(floor.drafts.last?.totals.prepaid.base == (isVoidedLate ? 0 : 5000))
  }

  @Test("a canceled job gives back releases too, and what is over-released is told")
  func releases() throws {
    var floor = shop()
    _ = bill(&floor, .progress, .percent(Decimal(100)))
    let draw = try #require(floor.drafts.last)
    floor.acknowledge(draw)
    _ = bill(&floor, .retainageRelease, .all)
    let release = try #require(floor.drafts.last)
    floor.cancel("J", bill: false)
    #expect(floor.drafts.count == 2, "billing has not answered to the release")
    floor.acknowledge(release)
    let credits = floor.drafts.filter { $0.kind == .credit }
    #expect(Set(credits.compactMap(\.supersedes)) == [draw.id, release.id])
    #expect(credits.reduce(Money.zero) { $0 + $1.totals.payable }.base == 14_000)

    floor = shop()
    _ = bill(&floor, .progress, .percent(Decimal(100)))
    let voided = try #require(floor.drafts.last)
    floor.acknowledge(voided)
    _ = bill(&floor, .retainageRelease, .all)
    floor.acknowledge(try #require(floor.drafts.last))
    floor.report(voided, "void", "e1")
    #expect(floor.alarms == ["accepted_twice"])
  }

  @Test("a job that comes to nothing does not keep its deposit without a word")
  func nothingToBill() throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(50)))
    floor.acknowledge(try #require(floor.drafts.last))
    // Its time is not billed.
    floor.start("J", at: "shelf")
    floor.stop(at: "shelf")
    floor.complete("J")
    #expect(floor.job("J")?.holds.map(\.kind) == [.depositExceeds])
  }

  @Test("an excess that was accepted once is asked about again when it is another")
  func acceptedOnce() throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(100)))
    floor.acknowledge(try #require(floor.drafts.last))
    complete(&floor, services: "1")
    floor.settle("J", "installments", .accept)
    floor.acknowledge(try #require(floor.drafts.last))
    floor.reopen("J")
    let entry = try #require(floor.job("J")?.entries.first).id
    floor.send(.entryVoid(entry: entry, reason: "not done"))
    floor.addService(to: "J")
    floor.complete("J")
    #expect(floor.job("J")?.holds.map(\.kind) == [.depositExceeds])
  }

  @Test("phases add up to the estimate, and no draw goes beyond it")
  func wholeEstimate() throws {
    var floor = Shopfloor(
      .sample {
        $0.billing.phases = [
          .init(name: "one", percent: Decimal(50)), .init(name: "two", percent: Decimal(50)),
        ]
        $0.priceList.services["design-revision"]?.price = price("100.01")
      })
    floor.create("J", markup: .zero, parts: [])
    floor.send(
      .jobEstimate(job: "J", items: [Estimate.Item(.service(.listed("design-revision"), quantity: .one))]))
    for phase in ["one", "two"] {
      _ = bill(&floor, .progress, .phase(phase, percent: .zero))
      floor.acknowledge(try #require(floor.drafts.last))
    }
    #expect(floor.drafts.map(\.totals.taxInclusive.base) == [5001, 5000])
    #expect(bill(&floor, .progress, .amount(Decimal(1))).code == .invalidArgument)
    #expect(floor.drafts.count == 2)
    complete(&floor, services: "1")
    #expect(floor.drafts.last?.totals.payable == .zero && floor.alarms == [])
  }

  @Test("a rejected draw that was asked for anew is not sent again; accepted after all, it is told")
  func askedAnew() throws {
    var floor = shop()
    _ = bill(&floor, .deposit, .amount(Decimal(50)))
    let first = try #require(floor.drafts.last)
    floor.acknowledge(first, .rejected(reason: "later"))
    _ = bill(&floor, .deposit, .amount(Decimal(50)))
    floor.acknowledge(try #require(floor.drafts.last))
    #expect(floor.send(.draftResend(draft: first.id)).code == .wrongState)
    floor.acknowledge(first)
    #expect(floor.alarms == ["accepted_twice"])
  }
}
