internal import Jobs
internal import Measures
internal import Metering

/// Lines to a whole draft: taxes per category on their sum, totals by EN 16931.
struct DraftMaker {
  enum Outcome {
    case draft(InvoiceDraft.Content)
    case held([JobID: [Hold]])
    /// The sum of the lines is out of range; each of them is not.
    case tooLarge
  }

  /// One draft of them all; several jobs make a batch.
  ///
  /// - Parameter asking: those that wait for it; the others only come along, as they were billed before.
  static func outcome(
    for jobs: [Job], asking: Set<JobID>, in shop: Shop, currency: Currency, at now: Moment
  ) -> Outcome {
    var costings = jobs.map { JobCosting(job: $0, shop: shop, currency: currency) }
    var priced: [CostLine] = []
    for (index, job) in jobs.enumerated() where job.billsUsage {
      priced += costings[index].lines().enumerated().map { $1.numbered(priced.count + $0 + 1) }
    }
    var held = costings.reduce(into: [JobID: [Hold]]()) { held, costing in
      if !costing.pricing.holds.isEmpty { held[costing.job.id] = costing.pricing.holds }
    }
    if let fault = shop.clockFault(at: now) {
      let index = costings.firstIndex { fault.canBeAccepted && $0.pricing.settled("clock") != nil }
      if let index, let settled = costings[index].pricing.settled("clock") {
        costings[index].pricing.note("\(fault)", settled)
      } else {
        for job in asking { held[job, default: []] += clockHold(fault) }
      }
    }
    guard held.isEmpty else { return .held(held) }
    guard let lines = InclusivePrices.takingTaxOut(of: priced, currency: currency),
      let taxes = taxes(on: lines, currency: currency),
      Totals(linesNet: lines.map(\.netAmount), taxes: taxes.map(\.tax)) != nil
    else { return .tooLarge }
    var shares = JobShare.splitting(
      taxes, over: jobs.map { job in (job.id, lines.filter { $0.job == job.id }) })
    for (index, job) in jobs.enumerated() {
      let due = shares[index].taxInclusive
      let (applied, over) = installments(of: job, upTo: due)
      shares[index].applied = applied
      guard over > .zero, job.billsUsage else { continue }
      if let settled = costings[index].pricing.settled("installments") {
        costings[index].pricing.note(
          "deposits and draws are \(over.text(in: currency)) more than this invoice", settled)
      } else {
        held[job.id] = tooMuch(over, of: job, due: due, currency)
      }
    }
    guard held.isEmpty else { return .held(held) }
    let prepaid = shares.flatMap(\.applied).reduce(Money.zero) { $0 + $1.amount }
    // No more is taken off than there is.
    guard let totals = Totals(linesNet: lines.map(\.netAmount), taxes: taxes.map(\.tax), prepaid: prepaid)
    else { return .tooLarge }
    return .draft(
      InvoiceDraft.Content(shares: shares, taxes: taxes, totals: totals, notes: notes(of: costings)))
  }

  /// Of several jobs each says whose it is.
  private static func notes(of costings: [JobCosting]) -> [String] {
    costings.flatMap { costing in
      costing.pricing.notes.map { costings.count > 1 ? "job \(costing.job.id): \($0)" : $0 }
    }
  }

  /// What billing took before is taken off, as far as there is something to take it off.
  private static func installments(of job: Job, upTo due: Money) -> (
    applied: [AppliedInstallment], over: Money
  ) {
    var left = due
    var over = Money.zero
    var applied: [AppliedInstallment] = []
    for draft in job.installments {
      let amount = min(left, draft.taxInclusive)
      left = left - amount
      over = over + (draft.taxInclusive - amount)
      guard amount > .zero else { continue }
      applied.append(
        AppliedInstallment(draft: draft.id, revision: draft.revision, kind: draft.kind, amount: amount))
    }
    return (applied, over)
  }

  private static func tooMuch(_ over: Money, of job: Job, due: Money, _ currency: Currency) -> [Hold] {
    guard let id = HoldID("installments") else { return [] }
    return [
      Hold(
        id: id, kind: .depositExceeds, line: "the whole draft",
        message: "deposits and draws of job \(job.id) are \(over.text(in: currency)) more than the "
          + "\(due.text(in: currency)) of its invoice\(withheld(of: job, currency)); accept to bill nothing more, and see in the "
          + "billing program that the customer has back what was paid of that\(job.production == .canceled ? "" : ", or reopen the job and add what is missing")",
        settleWith: [.accept])
    ]
  }

  private static func withheld(of job: Job, _ currency: Currency) -> String {
    guard job.retained > .zero else { return "" }
    return " (\(job.retained.text(in: currency)) was withheld and never paid: do not release it)"
  }

  private static func clockHold(_ fault: ClockFault) -> [Hold] {
    guard let id = HoldID("clock") else { return [] }
    let advice = "set the clock, and the draft goes out by itself"
    return [
      Hold(
        id: id, kind: .clockWrong, line: "the whole draft",
        message: "\(fault); \(advice)\(fault.canBeAccepted ? ", or accept that it is right" : "")",
        settleWith: fault.canBeAccepted ? [.accept] : [])
    ]
  }

  static func overflow(_ job: Job) -> [Hold] {
    guard let id = HoldID("overflow") else { return [] }
    return [
      Hold(
        id: id, kind: .overflow, line: "the whole draft",
        message:
          "the total of job \(job.id) is too large to compute; void an entry, or reopen the job to correct it",
        settleWith: [])
    ]
  }

  /// Tax once per category and rate, on the sum of its lines (BR-S-8 and BR-CO-17); `nil` on overflow.
  ///
  /// Where prices include it, it is what those lines have over their net amounts.
  static func taxes(on lines: [CostLine], currency: Currency) -> [TaxSummary]? {
    let included = Dictionary(grouping: lines.filter { $0.taxIncluded != nil }) { $0.tax.group }
    guard var groups = groups(of: lines) else { return nil }
    for index in groups.indices {
      let mine = included[groups[index].group] ?? []
      guard let net = Money.sum(mine.map(\.netAmount)),
        let gross = Money.sum(mine.compactMap(\.taxIncluded?.amount)),
        let exact = (groups[index].taxable - net).amount(in: currency).percent(groups[index].rate),
        let tax = Money(rounding: exact, in: currency), let sum = Money.sum([tax, gross - net])
      else { return nil }
      groups[index].tax = sum
    }
    return groups.sorted { ($0.category, $0.rate) < ($1.category, $1.rate) }
  }

  private static func groups(of lines: [CostLine]) -> [TaxSummary]? {
    var groups: [TaxSummary] = []
    for line in lines {
      let tax = line.tax
      if let index = groups.firstIndex(where: { $0.group == tax.group }) {
        guard let sum = Money.sum([groups[index].taxable, line.netAmount]) else { return nil }
        groups[index].taxable = sum
      } else {
        groups.append(
          TaxSummary(
            code: tax.code, category: tax.category, rate: tax.rate, reason: tax.reason,
            taxable: line.netAmount,
            tax: .zero))
      }
    }
    return groups
  }

  /// A credit takes an accepted draft back: positive amounts, a line for each of its lines, and why.
  static func creditLines(
    for record: DraftRecord, job: Job, at now: Moment, currency: Currency
  ) -> [CostLine] {
    let isCanceled = job.production == .canceled
    let why = isCanceled ? job.canceled : job.reopened
    // Without a command that reopened it, something was put on it or taken from it since: usage, a run, a weighing.
    let what = isCanceled ? "canceled" : why == nil ? "changed since" : "reopened"
    let story = "job \(job.id) was \(what)\(why.map { ": \($0.reason)" } ?? "")"
    let evidence = CostLine.Evidence.noted(by: why?.by.text ?? "chargehand", at: why?.at ?? now, note: story)
    return record.lines.compactMap { line in
      guard record.taxes.indices.contains(line.tax) else { return nil }
      let tax = record.taxes[line.tax]
      return CostLine(
        id: line.id, job: job.id, kind: .fee, key: line.key, part: line.part,
        name: "Credit for \(record.id) \(line.id), \(line.name)", quantity: .one, unit: .piece,
        unitPrice: line.net.amount(in: currency), priceBaseQuantity: .one, netAmount: line.net,
        tax: LineTax(
          code: line.taxCode, category: tax.category, rate: tax.rate, reason: line.taxReason),
        cost: Cost(amount: line.net, markupPercent: .zero, markupFrom: "none"), quality: .manual, gaps: [],
        flags: [], evidence: [evidence],
        credits: CreditedLine(draft: record.id, revision: record.revision, line: line.id))
    }
  }
}

extension CostLine {
  /// Lines are counted through the whole draft, whosever they are.
  fileprivate func numbered(_ number: Int) -> CostLine {
    var line = self
    line.id = "L\(number)"
    return line
  }
}
