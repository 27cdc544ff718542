public import Jobs
public import Measures
internal import Metering

/// The shop together with its drafts: the whole pure core behind the engine.
///
/// Folding the journal's events through `apply` from the beginning must arrive at the identical state and the
/// identical drafts; `verify` and the simulation do exactly that.
public struct Books: Hashable, Sendable {
  public var shop: Shop

  public init(shop: Shop = Shop()) { self.shop = shop }

  public enum Outcome: Hashable, Sendable {
    case effect(Effect)
    case draft(InvoiceDraft)
  }

  public mutating func apply(_ event: Event) -> [Outcome] {
    var outcomes = shop.apply(event).map(Outcome.effect)
    guard case .deadline(let now) = event else { return outcomes }
    for id in shop.draftable(at: now) { outcomes += draft(id, at: now) }
    return outcomes
  }

  /// Whether a `.deadline` event would do anything at this moment.
  public func isDue(at now: Moment) -> Bool {
    (shop.nextDeadline.map { $0 <= now } ?? false) || !shop.draftable(at: now).isEmpty
  }

  private mutating func draft(_ id: JobID, at now: Moment) -> [Outcome] {
    guard let job = shop.jobs[id], let rules = shop.rules[job.rules] else { return [] }
    let currency = rules.priceList.currency
    let isBilled = job.production != .canceled || job.draftsIfCanceled
    if !isBilled, job.standingDraft == nil { return shop.releaseUnbilled(id).map(Outcome.effect) }
    switch DraftMaker.outcome(for: job, in: shop, currency: currency, isBilled: isBilled, at: now) {
    case .held(let holds): return shop.hold(id, for: holds, at: now).map(Outcome.effect)
    case .draft(let lines, let taxes, let totals, let notes):
      if lines.isEmpty, job.standingDraft == nil {
        shop.leaveAsBilled(id)
        return []
      }
      // A draft that is out already is replaced by an empty one, lest what it billed be billed again as usage.
      let released = isBilled ? [] : shop.releaseUnbilled(id).map(Outcome.effect)
      if let standing = job.standingDraft, standing.stands(for: lines, taxes) {
        shop.leaveAsBilled(id)
        return released
      }
      let drafts = emit(lines, taxes, totals, notes, for: job, currency: currency, at: now)
      return released + drafts.map(Outcome.draft)
    }
  }

  /// A first draft, a revision of one that is not accepted yet, or a new draft after an accepted one: with a credit of
  /// that, or alone where it is void.
  private mutating func emit(
    _ lines: [CostLine], _ taxes: [TaxSummary], _ totals: Totals, _ notes: [String], for job: Job,
    currency: Currency, at now: Moment
  ) -> [InvoiceDraft] {
    guard let standing = job.standingDraft else {
      return [
        make(
          .invoice, lines, taxes, totals, notes, for: job, currency: currency, at: now, revising: nil,
          supersedes: nil)
      ]
    }
    guard standing.state == .accepted else {
      return [
        make(
          .invoice, lines, taxes, totals, notes, for: job, currency: currency, at: now, revising: standing,
          supersedes: standing.id)
      ]
    }
    // An accepted draft that billed nothing has nothing to take back; nor has one that billing voided, whose credit
    // would eat up what the new draft bills.
    let taken =
      standing.payment == .void
      ? []
      : DraftMaker.creditLines(
        for: standing, job: job, at: now, currency: currency)
    var drafts: [InvoiceDraft] = []
    // It was summed before, when the draft was made, so the sum is in range.
    if !taken.isEmpty, let sum = Totals(linesNet: taken.map(\.netAmount), taxes: standing.taxes.map(\.tax)) {
      drafts.append(
        make(
          .credit, taken, standing.taxes, sum, [], for: job, currency: currency, at: now, revising: nil,
          supersedes: standing.id))
    }
    if lines.isEmpty {
      // EN 16931 has no invoice without a line (BR-16): the credit, or the void, says it alone.
      shop.leaveAsBilled(job.id)
      return drafts
    }
    drafts.append(
      make(
        .invoice, lines, taxes, totals, notes, for: job, currency: currency, at: now, revising: nil,
        supersedes: standing.id))
    return drafts
  }

  private mutating func make(
    _ kind: DraftRecord.Kind, _ lines: [CostLine], _ taxes: [TaxSummary], _ totals: Totals, _ notes: [String],
    for job: Job, currency: Currency, at now: Moment, revising: DraftRecord?, supersedes: DraftID?
  ) -> InvoiceDraft {
    // Nobody need look at what was measured or noted; an empty draft is looked at.
    let isCertain = lines.allSatisfy { $0.quality == .measured || $0.quality == .manual }
    let delivery: Customer.Delivery = isCertain && !lines.isEmpty ? job.customer.delivery : .draft
    let draft = InvoiceDraft(
      series: shop.counters.series, id: revising?.id ?? shop.nextDraftID(),
      revision: (revising?.revision ?? 0) + 1,
      sequence: shop.counters.sequence + 1, kind: kind, supersedes: supersedes, emittedAt: now,
      jobs: [
        InvoiceDraft.JobHeader(
          id: job.id, title: job.title, orderRef: job.orderRef, poNumber: job.poNumber,
          startedAt: job.startedAt,
          completedAt: job.completedAt)
      ],
      customer: job.customer, currency: currency, delivery: delivery, lines: lines, taxes: taxes,
      totals: totals,
      notes: notes)
    shop.record(draft.record, for: job.id)
    return draft
  }
}

extension DraftRecord {
  /// Whether it is out and bills just this: sent again, it would only be credited and billed a second time.
  ///
  /// One that billing rejected or voided, or failed to send, is made anew even so.
  fileprivate func stands(for lines: [CostLine], _ taxes: [TaxSummary]) -> Bool {
    guard state == .accepted || state == .pending, payment != .void, payment != .failed else { return false }
    return self.taxes == taxes && self.lines == lines.map { $0.billed(under: taxes) }
  }
}
