import Costing
import Jobs
import Measures
import TestShop

/// Two jobs by chance from their estimates to the last release, and in what their drafts are not as they should be.
///
/// Billing accepts every draft at once.
struct RandomLife {
  let shop: RandomShop
  let work: RandomWork
  private(set) var floor: Shopfloor
  /// What is wrong; empty after a good life.
  private(set) var faults: [String] = []
  private var random: SeededGenerator
  private var deeds: [Deed] = []
  private var installments: [JobID: ExpectedInstallments] = [:]
  private var seen = 0

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    shop = RandomShop(&random)
    work = RandomWork(&random, count: 2)
    floor = .played(shop.rules)
  }

  mutating func live() {
    for order in work.jobs { begin(order) }
    play(work.deeds(2...9, &random))
    for order in work.jobs {
      // A job without anything to bill has no draft.
      play([work.service(for: order.job, &random)])
    }
    for order in work.jobs {
      guard random.chance(90) else {
        cancel(order)
        continue
      }
      let isCorrected = random.chance(30)
      expectInvoice(of: order, isCanceled: !isCorrected && random.chance(10))
      if isCorrected { correct(order) }
      for _ in 0..<random.int(0...2) where installments[order.job]?.retained ?? 0 > 0 {
        bill(.retainageRelease, order)
      }
    }
    for draft in floor.drafts { faults += draft.breaches }
    faults += floor.faults
  }

  private mutating func play(_ deeds: [Deed]) {
    for deed in deeds { faults += floor.perform(deed) }
    self.deeds += deeds
  }

  /// The drafts since it was last asked, which billing accepts.
  private mutating func drafts() -> [InvoiceDraft] {
    let new = Array(floor.drafts[seen...])
    seen = floor.drafts.count
    for draft in new { floor.acknowledge(draft) }
    return new
  }

  // MARK: Before the work

  private mutating func begin(_ order: JobOrder) {
    faults += floor.told(.jobCreate(order))
    let estimate = work.estimate(of: order, &random)
    faults += floor.told(.jobEstimate(job: order.job, items: estimate))
    installments[order.job] = ExpectedInstallments(
      Oracle(job: order, rules: shop.rules, settledPrices: shop.settledPrices), estimate: estimate)
    for _ in 0..<random.int(0...4) { bill(random.chance(40) ? .deposit : .progress, order) }
  }

  /// Asks for it, and compares what comes.
  private mutating func bill(_ kind: DraftRecord.Kind, _ order: JobOrder) {
    guard let share = share(of: kind, order.job) else { return }
    let expected = installments[order.job]?.draft(kind, share)
    floor.send(.bill(kind, job: order.job, share))
    let made = drafts()
    guard made.count == (expected == nil ? 0 : 1), made.allSatisfy({ $0.kind == kind }) else {
      return faults.append(
        "\(kind) \(share) of \(order.job) makes \(made.count) drafts, not \(expected as Any)")
    }
    for draft in made { faults += expected?.differences(from: draft) ?? [] }
    let retained = floor.job(order.job)?.retained.base ?? 0
    if retained != installments[order.job]?.retained {
      faults.append("\(retained) are retained on \(order.job)")
    }
  }

  private mutating func share(of kind: DraftRecord.Kind, _ job: JobID) -> BillRequest.Share? {
    guard let known = installments[job] else { return nil }
    let whole = kind == .retainageRelease ? known.retained : known.whole.withTax
    switch random.int(0...3) {
    case 0 where kind == .progress:
      return .phase(random.pick(RandomShop.phases, or: "design"), percent: .zero)
    case 1 where kind == .retainageRelease: return .all
    case 2 where whole > 3:
      let minor = random.int(1...(whole / 3))
      return Decimal(significand: Int128(minor), scale: known.oracle.digits).map { .amount($0) }
    default: return .percent(RandomShop.decimal(1...4000, scale: 2, &random))
    }
  }

  // MARK: The invoice

  /// - Parameters:
  ///   - isCanceled: it is canceled and billed, which comes to the same.
  ///   - credited: the invoice that a credit takes back first.
  private mutating func expectInvoice(
    of order: JobOrder, isCanceled: Bool = false, credited: InvoiceDraft? = nil
  ) {
    let oracle = Oracle(job: order, rules: shop.rules, settledPrices: shop.settledPrices)
    let expected = oracle.draft(of: deeds)
    let (taken, over) = installments[order.job]?.prepaid(upTo: expected.withTax) ?? (0, 0)
    faults += floor.told(
      isCanceled
        ? .jobCancel(job: order.job, reason: "no more", bill: true) : .jobComplete(.job(order.job)))
    faults += floor.settleHolds(of: order.job, prices: shop.settledPrices, &random)
    let made = drafts()
    guard made.map(\.kind) == (credited == nil ? [.invoice] : [.credit, .invoice]), let draft = made.last
    else {
      return faults.append(
        "\(order.job) makes \(made.map(\.kind)), \(over) over: \(floor.job(order.job)?.holds ?? [])")
    }
    faults += expected.differences(from: draft)
    if draft.totals.prepaid.base != taken || draft.totals.payable.base != expected.withTax - taken {
      faults.append("\(draft.id) takes \(draft.totals.prepaid.base) off, not \(taken)")
    }
    if let credited { faults += made[0].differences(asCreditOf: credited) }
  }

  /// It is opened again after billing took it, and more is put on it.
  private mutating func correct(_ order: JobOrder) {
    guard let invoice = floor.drafts.last(where: { $0.kind == .invoice && $0.jobs[0].id == order.job }) else {
      return faults.append("\(order.job) has no invoice")
    }
    faults += floor.told(.jobReopen(job: order.job, reason: "forgotten"))
    play([work.service(for: order.job, &random), .mistake(order.job)])
    expectInvoice(of: order, credited: invoice)
  }

  /// It is canceled and not billed: what was billed before is given back.
  private mutating func cancel(_ order: JobOrder) {
    let before = floor.drafts.filter { $0.jobs[0].id == order.job }
    faults += floor.told(.jobCancel(job: order.job, reason: "no more", bill: false))
    let made = drafts()
    if made.map(\.kind) != before.map({ _ in .credit }) {
      faults.append("\(order.job) makes \(made.map(\.kind))")
    }
    for (credit, draft) in zip(made, before) { faults += credit.differences(asCreditOf: draft) }
  }
}
