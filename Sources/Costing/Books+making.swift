internal import Jobs
internal import Measures
internal import Metering

// One draft, and what its jobs remember of it.
extension Books {
  /// Takes what an accepted draft billed a job for back; `nil` where there is nothing to take back: it billed nothing, or
  /// billing voided it, and a credit of that would eat up what the new draft bills.
  mutating func credit(
    of record: DraftRecord, for job: Job, currency: Currency, at now: Moment
  ) -> InvoiceDraft? {
    guard record.payment != .void else { return nil }
    let lines = DraftMaker.creditLines(for: record, job: job, at: now, currency: currency)
    let prepaid = record.applied.reduce(Money.zero) { $0 + $1.amount }
    // It was summed before, when the draft was made, so the sum is in range.
    guard !lines.isEmpty,
      let totals = Totals(
        linesNet: lines.map(\.netAmount), taxes: record.taxes.map(\.tax), prepaid: prepaid,
        retainage: record.retainage)
    else { return nil }
    let share = JobShare(of: job.id, lines: lines, taxes: record.taxes, applied: record.applied)
    let content = Content(shares: [share], taxes: record.taxes, totals: totals)
    return make(.credit, content, for: [job], currency: currency, at: now, supersedes: record.id)
  }

  /// As the newest of them has it.
  private func customer(of jobs: [Job]) -> Customer {
    let newest = jobs.max { ($0.createdAt.wall, $0.id) < ($1.createdAt.wall, $1.id) }
    guard let newest else { preconditionFailure("a draft of no job") }
    return newest.customer
  }

  mutating func make(
    _ kind: DraftRecord.Kind, _ content: Content, for jobs: [Job], currency: Currency, at now: Moment,
    revising: DraftRecord? = nil, supersedes: DraftID? = nil
  ) -> InvoiceDraft {
    let lines = content.lines
    let billed = jobs.filter { job in lines.contains { $0.job == job.id } }
    let draft = InvoiceDraft(
      series: shop.counters.series, id: revising?.id ?? shop.nextDraftID(),
      revision: (revising?.revision ?? 0) + 1,
      sequence: shop.counters.sequence + 1, kind: kind, supersedes: supersedes, emittedAt: now,
      // An empty draft names them all.
      jobs: (billed.isEmpty ? jobs : billed).map(InvoiceDraft.JobHeader.init),
      customer: customer(of: jobs), currency: currency, delivery: delivery(of: lines, for: jobs),
      content: content)
    shop.record(draft.records)
    return draft
  }

  /// Nobody need look at what was measured or noted; an empty draft is looked at.
  private func delivery(of lines: [CostLine], for jobs: [Job]) -> Customer.Delivery {
    let isCertain = lines.allSatisfy { $0.quality == .measured || $0.quality == .manual }
    let isAutomatic = jobs.allSatisfy { $0.customer.delivery == .autoSend }
    return isCertain && isAutomatic && !lines.isEmpty ? .autoSend : .draft
  }
}

extension InvoiceDraft.JobHeader {
  init(_ job: Job) {
    self.init(
      id: job.id, title: job.title, orderRef: job.orderRef, poNumber: job.poNumber, startedAt: job.startedAt,
      completedAt: job.completedAt)
  }
}
