import Jobs
import Measures

/// A deposit, a draw or a release as it should be: shares of what the customer is to pay, in minor units, each under one
/// tax.
struct ExpectedInstallment {
  var shares: [(tax: ExpectedTax.Group, amount: Int64)]
  /// What the customer keeps of it.
  var retainage: Int64 = 0
  var withTax: Int64 { shares.reduce(0) { $0 + $1.amount } }

  /// Each share is a line, and its tax comes out of it.
  var lines: [ExpectedTax] {
    shares.filter { $0.amount > 0 }.map { share in
      let net = share.tax.net(of: share.amount).roundedHalfUp(digits: 0)
      return ExpectedTax(group: share.tax, taxable: net, tax: share.amount - net)
    }
  }
}

/// What was billed before a job is complete, worked out beside the product; all amounts are in minor units.
struct ExpectedInstallments {
  let oracle: Oracle
  /// What the estimate comes to.
  let whole: ExpectedDraft
  /// What each draft comes to with tax, in their order.
  private(set) var billed: [Int64] = []
  private var drawn: [Int64]
  private var drawnByPhase: Int64 = 0
  private var phases: [String] = []
  private(set) var retained: Int64 = 0
  private var digits: Int { oracle.digits }
  private static let untaxed = ExpectedTax.Group(category: "O", rate: .zero)

  init(_ oracle: Oracle, estimate: [Estimate.Item]) {
    self.oracle = oracle
    whole = oracle.draft(of: estimate)
    drawn = whole.taxes.map { _ in 0 }
  }

  /// The draft that is made of such a request; `nil` where there is nothing to bill, or not so much.
  mutating func draft(_ kind: DraftRecord.Kind, _ share: BillRequest.Share) -> ExpectedInstallment? {
    switch kind {
    case .deposit: return deposit(share)
    case .progress: return draw(share)
    default: return release(share)
    }
  }

  /// What an invoice takes off, as far as there is something to take it off, and what is over.
  func prepaid(upTo due: Int64) -> (taken: Int64, over: Int64) {
    let all = billed.reduce(0, +)
    return (min(due, all), max(0, all - due))
  }

  private mutating func deposit(_ share: BillRequest.Share) -> ExpectedInstallment? {
    guard let amount = asked(share, of: whole.withTax), amount > 0, isWithinEstimate(amount) else {
      return nil
    }
    let code = oracle.rules.billing.depositTax.flatMap { oracle.list.taxes[$0] }
    let tax = code.map { ExpectedTax.Group(category: $0.category, rate: $0.rate) } ?? Self.untaxed
    billed.append(amount)
    return ExpectedInstallment(shares: [(tax, amount)])
  }

  /// Shared among the taxes of the estimate by what is left of each.
  private mutating func draw(_ share: BillRequest.Share) -> ExpectedInstallment? {
    let left = zip(whole.taxes, drawn).map { $0.taxable + $0.tax - $1 }
    let rest = left.reduce(0, +)
    let so = drawn.reduce(0, +)
    var phase: String?
    var amount: Int64?
    switch share {
    case .percent: amount = asked(share, of: whole.withTax).map { $0 - so }
    case .phase(let name, _):
      guard !phases.contains(name) else { return nil }
      phase = name
      let percent = (phases + [name]).reduce(Fraction(0)) { sum, name in
        sum + Fraction(oracle.rules.billing.phases.first { $0.name == name }?.percent ?? .zero)
      }
      amount = part(percent, of: whole.withTax) - drawnByPhase
    default: amount = asked(share, of: whole.withTax)
    }
    guard let amount, amount > 0, amount <= rest, isWithinEstimate(amount) else { return nil }
    if let phase {
      phases.append(phase)
      drawnByPhase += amount
    }
    var (upTo, given): (Int64, Int64) = (0, 0)
    var shares: [(tax: ExpectedTax.Group, amount: Int64)] = []
    for (index, tax) in whole.taxes.enumerated() {
      upTo += left[index]
      let sum = Fraction(Int128(amount) * Int128(upTo), over: Int128(rest)).roundedHalfUp(digits: 0)
      shares.append((tax.group, sum - given))
      drawn[index] += sum - given
      given = sum
    }
    let customer = oracle.rules.customers[oracle.job.customer]
    let kept = part(Fraction(customer?.retainage ?? oracle.rules.billing.retainage), of: amount)
    retained += kept
    billed.append(amount)
    return ExpectedInstallment(shares: shares, retainage: kept)
  }

  /// Deposits and draws together are no more than the work is expected to come to.
  private func isWithinEstimate(_ amount: Int64) -> Bool { billed.reduce(amount, +) <= whole.withTax }

  private mutating func release(_ share: BillRequest.Share) -> ExpectedInstallment? {
    guard let amount = asked(share, of: retained), amount > 0, amount <= retained else { return nil }
    retained -= amount
    return ExpectedInstallment(shares: [(Self.untaxed, amount)])
  }

  private func asked(_ share: BillRequest.Share, of whole: Int64) -> Int64? {
    switch share {
    case .percent(let percent): part(Fraction(percent), of: whole)
    case .amount(let amount): (Fraction(amount) * Fraction(Fraction.power(digits))).roundedHalfUp(digits: 0)
    case .all: whole
    case .phase: nil
    }
  }

  private func part(_ percent: Fraction, of whole: Int64) -> Int64 {
    (Fraction(Int128(whole)) * percent.hundredths).roundedHalfUp(digits: 0)
  }
}
