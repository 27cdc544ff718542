internal import Jobs
internal import Measures
internal import Metering

/// What is billed by an estimate before a job is complete, or released after: lines, taxes and totals of one draft.
///
/// Shares and amounts are of what the customer is to pay, tax included: the tax is taken out of them, so that what was
/// asked for is what is billed, to the minor unit.
struct Installment {
  let lines: [CostLine]
  let taxes: [TaxSummary]
  let totals: Totals

  struct Fault: Error {
    let text: String
    init(_ text: String) { self.text = text }
  }

  /// A part of the whole, under one tax.
  private struct Share {
    var name: String
    var amount: Money
    var tax: LineTax
  }

  init(_ request: BillRequest, for job: Job, in shop: Shop, currency: Currency) throws(Fault) {
    let maker = Maker(request: request, job: job, shop: shop, currency: currency)
    let shares =
      switch request.kind {
      case .deposit: [try maker.deposit()]
      case .progress: try maker.draw()
      default: [try maker.release()]
      }
    let evidence = CostLine.Evidence.noted(by: request.by.text, at: request.at, note: maker.story)
    let drafts = shares.filter { $0.amount > .zero }.enumerated().map { index, share in
      let gross = share.amount.amount(in: currency)
      return CostLine(
        id: "L\(index + 1)", job: job.id, kind: .fee, key: request.kind.rawValue, name: share.name,
        quantity: .one, unit: .piece,
        unitPrice: gross, priceBaseQuantity: .one, netAmount: share.amount,
        taxIncluded: TaxIncluded(unitPrice: gross, amount: share.amount), tax: share.tax,
        cost: Cost(amount: .zero, markupPercent: .zero, markupFrom: "none"), quality: .manual, gaps: [],
        flags: [],
        evidence: [evidence])
    }
    guard !drafts.isEmpty else { throw Fault("nothing is left to bill") }
    guard let lines = InclusivePrices.takingTaxOut(of: drafts, currency: currency)?.map(\.costedAsBilled),
      let taxes = DraftMaker.taxes(on: lines, currency: currency), let sum = Money.sum(shares.map(\.amount)),
      let retainage = maker.retainage(of: sum),
      let totals = Totals(linesNet: lines.map(\.netAmount), taxes: taxes.map(\.tax), retainage: retainage)
    else { throw Fault("an amount is too large to compute") }
    (self.lines, self.taxes, self.totals) = (lines, taxes, totals)
  }

  private struct Maker {
    let request: BillRequest
    let job: Job
    let shop: Shop
    let currency: Currency

    private static let untaxed = LineTax(code: nil, category: "O", rate: .zero, reason: "Not subject to tax")

    func deposit() throws(Fault) -> Share {
      let rules = shop.rules[job.rules]
      var tax = Self.untaxed
      if let code = rules?.billing.depositTax, let rate = rules?.priceList.taxes[code] {
        tax = LineTax(code: code, category: rate.category, rate: rate.rate, reason: rate.reason)
      }
      switch request.share {
      case .percent(let percent):
        let whole = try quote().totals.taxInclusive
        let amount = try part(percent, of: whole)
        try check(amount, of: whole)
        return Share(name: "Deposit, \(percent) % of \(whole.text(in: currency))", amount: amount, tax: tax)
      case .amount(let amount):
        let amount = try money(amount)
        if job.estimate != nil { try check(amount, of: try quote().totals.taxInclusive) }
        return Share(name: "Deposit", amount: amount, tax: tax)
      case .all, .phase: throw Fault("a deposit is a percentage or an amount")
      }
    }

    /// Before the work is done nobody is billed for more than it is expected to be: the invoice takes a deposit off, a
    /// draw does not.
    private func check(_ amount: Money, of whole: Money) throws(Fault) {
      let before = job.installments.reduce(Money.zero) { $0 + $1.taxInclusive }
      guard before + amount > whole else { return }
      let deposits = job.installments.filter { $0.kind == .deposit }.reduce(Money.zero) {
        $0 + $1.taxInclusive
      }
      let story =
        deposits > .zero
        ? ", a deposit of \(deposits.text(in: currency)) among it, which the invoice takes off" : ""
      throw Fault(
        "\(amount.text(in: currency)) is more than is left of the estimate: of \(whole.text(in: currency)), "
          + "\(before.text(in: currency)) is billed already\(story)")
    }

    /// Each tax of the estimate has its share of a draw, in proportion to what is left of it, so that together the draws
    /// come to the estimate, and each tax to its own.
    func draw() throws(Fault) -> [Share] {
      let whole = try quote()
      let total = whole.totals.taxInclusive
      let left = whole.taxes.map { tax in
        let drawn = live.flatMap(\.taxes).filter { $0.group == tax.group }
        return tax.taxable + tax.tax - drawn.reduce(Money.zero) { $0 + $1.taxable + $1.tax }
      }
      let rest = left.reduce(Money.zero, +)
      let amount = try asked(of: total)
      guard amount > .zero else {
        throw Fault("so much is billed already, draw by draw: \((total - rest).text(in: currency)) so far")
      }
      guard amount <= rest, left.allSatisfy({ $0 >= .zero }) else {
        throw Fault(
          "\(amount.text(in: currency)) is more than the \(rest.text(in: currency)) that is left of the estimate"
        )
      }
      try check(amount, of: total)
      let of = "of \(total.text(in: currency))"
      let what =
        switch request.share {
        case .percent(let percent): "Work done so far, \(percent) % \(of)"
        case .phase(let name, let percent): "Phase \(name), \(percent) % \(of)"
        default: "Work done so far, \(of)"
        }
      let taxes = whole.taxes.map {
        LineTax(code: $0.code, category: $0.category, rate: $0.rate, reason: $0.reason)
      }
      return zip(amount.split(by: left), taxes).map {
        Share(name: what + less, amount: $0, tax: $1)
      }
    }

    /// What a draw comes to, rounded with all that was drawn the same way, so that phases add up to the whole.
    private func asked(of total: Money) throws(Fault) -> Money {
      switch request.share {
      case .percent(let percent):
        return try part(percent, of: total) - live.reduce(.zero) { $0 + $1.taxInclusive }
      case .phase(_, let percent):
        let before = live.filter { $0.phase != nil }
        let phases = shop.rules[job.rules]?.billing.phases ?? []
        let drawn = before.reduce(Decimal.zero) { sum, draft in
          phases.first { $0.name == draft.phase }.flatMap { sum.adding($0.percent) } ?? sum
        }
        guard let upTo = drawn.adding(percent) else { throw Fault("its phases cannot be added up") }
        return try part(upTo, of: total) - before.reduce(.zero) { $0 + $1.taxInclusive }
      case .amount(let amount): return try money(amount)
      case .all: throw Fault("a draw is a percentage, an amount or a phase")
      }
    }

    private var less: String {
      let before = live.reduce(Money.zero) { $0 + $1.taxInclusive }
      guard before > .zero, case .percent = request.share else { return "" }
      return ", less \(before.text(in: currency)) billed before"
    }

    /// Draws that billing took.
    private var live: [DraftRecord] { job.installments.filter { $0.kind == .progress } }

    func release() throws(Fault) -> Share {
      let withheld = job.retained
      let amount: Money =
        switch request.share {
        case .percent(let percent): try part(percent, of: withheld)
        case .amount(let amount): try money(amount)
        case .all, .phase: withheld
        }
      guard amount <= withheld else {
        throw Fault(
          "\(amount.text(in: currency)) is more than the \(withheld.text(in: currency)) that is withheld")
      }
      let draws = live.filter { $0.retainage > .zero }.map(\.id.text).joined(separator: ", ")
      // The draws were taxed in full.
      return Share(name: "Retainage of \(draws)", amount: amount, tax: Self.untaxed)
    }

    /// What the customer keeps of a draw.
    func retainage(of amount: Money) -> Money? {
      guard request.kind == .progress else { return .zero }
      let percent = job.customer.retainage ?? shop.rules[job.rules]?.billing.retainage ?? .zero
      return amount.amount(in: currency).percent(percent).flatMap { Money(rounding: $0, in: currency) }
    }

    var story: String {
      switch request.share {
      case .all: "all of it"
      case .percent(let percent): "\(percent) %"
      case .amount(let amount): "\(amount)"
      case .phase(let name, _): "phase \(name)"
      }
    }

    private func quote() throws(Fault) -> Quote {
      guard let estimate = job.estimate, let rules = shop.rules[estimate.rules],
        let quote = Quote(estimate, for: job, rules: rules)
      else { throw Fault("the job has no estimate, or one that is too large to compute") }
      if let problem = quote.problems.first {
        throw Fault("its estimate cannot be costed: \(problem.message)")
      }
      return quote
    }

    private func part(_ percent: Decimal, of whole: Money) throws(Fault) -> Money {
      guard
        let part = whole.amount(in: currency).percent(percent).flatMap({ Money(rounding: $0, in: currency) })
      else { throw Fault("\(percent) % of \(whole.text(in: currency)) cannot be computed exactly") }
      return part
    }

    private func money(_ amount: Decimal) throws(Fault) -> Money {
      guard let money = Money(rounding: amount, in: currency), money.amount(in: currency) == amount else {
        throw Fault("\(amount) is no amount of \(currency), which has \(currency.minorDigits) decimals")
      }
      return money
    }
  }
}

extension CostLine {
  /// A share of an estimate costs what it bills.
  fileprivate var costedAsBilled: CostLine {
    var line = self
    line.cost = Cost(amount: netAmount, markupPercent: .zero, markupFrom: "none")
    return line
  }
}
