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
    if job.production == .canceled, !job.draftsIfCanceled { return shop.releaseUnbilled(id).map(Outcome.effect) }
    let currency = rules.priceList.currency
    switch DraftMaker.outcome(for: job, in: shop, currency: currency, at: now) {
    case .held(let holds): return shop.hold(id, for: holds, at: now).map(Outcome.effect)
    case .draft(let lines, let taxes, let totals):
      return emit(lines, taxes, totals, for: job, currency: currency, at: now).map(Outcome.draft)
    }
  }

  /// A first draft, a revision of one that is not accepted yet, or a credit of an accepted one and a new draft.
  private mutating func emit(
    _ lines: [CostLine], _ taxes: [TaxSummary], _ totals: Totals, for job: Job, currency: Currency, at now: Moment
  ) -> [InvoiceDraft] {
    var drafts: [InvoiceDraft] = []
    var revised: DraftRecord?
    if let standing = job.standingDraft {
      if standing.state == .accepted {
        let lines = DraftMaker.creditLines(
          for: standing, job: job, by: "job \(job.id) was reopened and completed again", at: now, currency: currency)
        let totals = Totals(
          linesNet: lines.reduce(.zero) { $0 + $1.netAmount }, tax: standing.taxes.reduce(.zero) { $0 + $1.tax })
        drafts.append(
          make(.credit, lines, standing.taxes, totals, for: job, currency: currency, at: now, revising: nil,
            supersedes: standing.id))
      } else {
        revised = standing
      }
    }
    drafts.append(
      make(.invoice, lines, taxes, totals, for: job, currency: currency, at: now, revising: revised,
        supersedes: revised?.id ?? drafts.first?.supersedes))
    return drafts
  }

  private mutating func make(
    _ kind: DraftRecord.Kind, _ lines: [CostLine], _ taxes: [TaxSummary], _ totals: Totals, for job: Job,
    currency: Currency, at now: Moment, revising: DraftRecord?, supersedes: DraftID?
  ) -> InvoiceDraft {
    let delivery: Customer.Delivery =
      lines.allSatisfy { $0.quality == .measured || $0.quality == .manual } ? job.customer.delivery : .draft
    let draft = InvoiceDraft(
      series: shop.counters.series, id: revising?.id ?? shop.nextDraftID(), revision: (revising?.revision ?? 0) + 1,
      sequence: shop.counters.sequence + 1, kind: kind, supersedes: supersedes, emittedAt: now,
      jobs: [
        InvoiceDraft.JobHeader(
          id: job.id, title: job.title, orderRef: job.orderRef, poNumber: job.poNumber, startedAt: job.startedAt,
          completedAt: job.completedAt)
      ],
      customer: job.customer, currency: currency, delivery: delivery, lines: lines, taxes: taxes, totals: totals,
      notes: [])
    shop.record(draft.record, for: job.id)
    return draft
  }
}
