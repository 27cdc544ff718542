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

  typealias Content = InvoiceDraft.Content

  public enum Outcome: Hashable, Sendable {
    case effect(Effect)
    case draft(InvoiceDraft)
  }

  public mutating func apply(_ event: Event) -> [Outcome] {
    var outcomes = shop.apply(event).map(Outcome.effect)
    guard case .deadline(let now) = event else { return outcomes }
    for id in shop.billable(at: now) { outcomes += installments(of: id, at: now) }
    for id in shop.draftable(at: now) { outcomes += draft(id, at: now) }
    return outcomes
  }

  /// Whether a `.deadline` event would do anything at this moment.
  public func isDue(at now: Moment) -> Bool {
    (shop.nextDeadline.map { $0 <= now } ?? false) || !shop.billable(at: now).isEmpty
      || !shop.draftable(at: now).isEmpty
  }

  /// What somebody asked to be billed beside the completion of a job.
  private mutating func installments(of id: JobID, at now: Moment) -> [Outcome] {
    guard let job = shop.jobs[id], let currency = shop.rules[job.rules]?.priceList.currency else { return [] }
    var outcomes: [Outcome] = []
    for request in job.requests {
      var fault: String?
      do throws(Installment.Fault) {
        // It waited for a right clock, and the invoice did not.
        if request.kind.isInstallment, job.isClosed || job.standingDraft != nil {
          throw Installment.Fault("its invoice bills it all")
        }
        let installment = try Installment(request, for: job, in: shop, currency: currency)
        var phase: String?
        if case .phase(let name, _) = request.share { phase = name }
        let content = Content(
          lines: installment.lines, taxes: installment.taxes, totals: installment.totals, phase: phase)
        outcomes.append(.draft(make(request.kind, content, for: job, currency: currency, at: now)))
      } catch {
        fault = error.text
      }
      outcomes += shop.answer(request, of: id, fault: fault).map(Outcome.effect)
    }
    return outcomes
  }

  private mutating func draft(_ id: JobID, at now: Moment) -> [Outcome] {
    guard let job = shop.jobs[id], let rules = shop.rules[job.rules] else { return [] }
    let currency = rules.priceList.currency
    let isBilled = job.production != .canceled || job.draftsIfCanceled
    // Credits are dated like any draft.
    if !isBilled, job.standingDraft == nil, job.returnable.isEmpty {
      return shop.releaseUnbilled(id).map(Outcome.effect)
    }
    switch DraftMaker.outcome(for: job, in: shop, currency: currency, isBilled: isBilled, at: now) {
    case .held(let holds): return shop.hold(id, for: holds, at: now).map(Outcome.effect)
    case .draft(let content):
      var outcomes: [Outcome] = []
      if !isBilled {
        outcomes = shop.releaseUnbilled(id).map(Outcome.effect) + givingBack(job, currency: currency, at: now)
      }
      if content.lines.isEmpty, job.standingDraft == nil {
        if isBilled { shop.leaveAsBilled(id) }
        return outcomes
      }
      // A draft that is out already is replaced by an empty one, lest what it billed be billed again as usage.
      if let standing = job.standingDraft, standing.stands(for: content) {
        shop.leaveAsBilled(id)
        return outcomes
      }
      return outcomes + emit(content, for: job, currency: currency, at: now).map(Outcome.draft)
    }
  }

  /// Of a job that is not billed, what deposits, draws and releases took.
  private mutating func givingBack(_ job: Job, currency: Currency, at now: Moment) -> [Outcome] {
    job.returnable.compactMap { credit(of: $0, for: job, currency: currency, at: now).map(Outcome.draft) }
  }

  /// A first draft, a revision of one that is not accepted yet, or a new draft after an accepted one: with a credit of
  /// that, or alone where it is void.
  private mutating func emit(
    _ content: Content, for job: Job, currency: Currency, at now: Moment
  ) -> [InvoiceDraft] {
    guard let standing = job.standingDraft else {
      return [make(.invoice, content, for: job, currency: currency, at: now)]
    }
    guard standing.state == .accepted else {
      return [
        make(
          .invoice, content, for: job, currency: currency, at: now, revising: standing,
          supersedes: standing.id)
      ]
    }
    var drafts: [InvoiceDraft] = []
    if let credit = credit(of: standing, for: job, currency: currency, at: now) { drafts.append(credit) }
    if content.lines.isEmpty {
      // EN 16931 has no invoice without a line (BR-16): the credit, or the void, says it alone.
      shop.leaveAsBilled(job.id)
      return drafts
    }
    drafts.append(
      make(.invoice, content, for: job, currency: currency, at: now, supersedes: standing.id))
    return drafts
  }

  /// Takes an accepted draft back; `nil` where there is nothing to take back: it billed nothing, or billing voided it,
  /// and a credit of that would eat up what the new draft bills.
  private mutating func credit(
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
    let content = Content(
      lines: lines, taxes: record.taxes, totals: totals, installments: record.applied)
    return make(.credit, content, for: job, currency: currency, at: now, supersedes: record.id)
  }

  private mutating func make(
    _ kind: DraftRecord.Kind, _ content: Content, for job: Job, currency: Currency, at now: Moment,
    revising: DraftRecord? = nil, supersedes: DraftID? = nil
  ) -> InvoiceDraft {
    let lines = content.lines
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
      customer: job.customer, currency: currency, delivery: delivery, content: content)
    shop.record(draft.record, for: job.id)
    return draft
  }
}

extension DraftRecord {
  /// Whether it is out and bills just this: sent again, it would only be credited and billed a second time.
  ///
  /// One that billing rejected or voided, or failed to send, is made anew even so.
  fileprivate func stands(for content: InvoiceDraft.Content) -> Bool {
    guard state == .accepted || state == .pending, payment != .void, payment != .failed else { return false }
    return taxes == content.taxes && applied == content.installments
      && lines == content.lines.map { $0.billed(under: content.taxes) }
  }
}
