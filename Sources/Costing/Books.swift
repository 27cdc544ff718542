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
    if case .command(.bill(let kind, let job, _), _, let now) = event {
      refuse(kind, of: job, at: now, &outcomes)
    }
    guard case .deadline(let now) = event else { return outcomes }
    for id in shop.billable(at: now) { outcomes += installments(of: id, at: now) }
    for id in shop.draftable(at: now) { outcomes += draft(id, at: now) }
    for batch in shop.dueBatches(at: now) { outcomes += self.batch(batch, at: now) }
    return outcomes
  }

  /// Whether a `.deadline` event would do anything at this moment.
  public func isDue(at now: Moment) -> Bool {
    (shop.nextDeadline.map { $0 <= now } ?? false) || !shop.billable(at: now).isEmpty
      || !shop.draftable(at: now).isEmpty || !shop.dueBatches(at: now).isEmpty
  }

  /// What cannot be billed is refused at once, to whoever asks: only the books can cost it.
  private mutating func refuse(
    _ kind: DraftRecord.Kind, of id: JobID, at now: Moment, _ outcomes: inout [Outcome]
  ) {
    guard let job = shop.jobs[id], let request = job.requests.last, request.kind == kind, request.at == now,
      let currency = shop.currency(of: job),
      let answer = outcomes.firstIndex(where: { if case .effect(.replied) = $0 { true } else { false } })
    else { return }
    do throws(Installment.Fault) {
      _ = try Installment(request, for: job, in: shop, currency: currency)
    } catch {
      shop.withdraw(request, of: id)
      outcomes[answer] = .effect(
        .refused(Refusal(.invalidArgument, "no \(kind.words) can be made: \(error.text)")))
    }
  }

  /// What somebody asked to be billed beside the completion of a job.
  private mutating func installments(of id: JobID, at now: Moment) -> [Outcome] {
    guard let job = shop.jobs[id], let currency = shop.currency(of: job) else { return [] }
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
        let share = JobShare(whole: id, lines: installment.lines, taxes: installment.taxes)
        let content = Content(
          shares: [share], taxes: installment.taxes, totals: installment.totals, phase: phase)
        outcomes.append(.draft(make(request.kind, content, for: [job], currency: currency, at: now)))
      } catch {
        fault = error.text
      }
      outcomes += shop.answer(request, of: id, fault: fault).map(Outcome.effect)
    }
    return outcomes
  }

  private mutating func draft(_ id: JobID, at now: Moment) -> [Outcome] {
    // Another job of its batch may just have taken it along.
    guard let job = shop.jobs[id], shop.undrafted.contains(id), let currency = shop.currency(of: job) else {
      return []
    }
    let isBilled = DraftMaker.Member(job).isBilled
    // Credits are dated like any draft.
    if !isBilled, job.standingDraft == nil, job.returnable.isEmpty {
      return shop.releaseUnbilled(id).map(Outcome.effect)
    }
    let companions = shop.companions(of: job)
    let all = ([job] + companions).sorted { $0.id < $1.id }
    switch DraftMaker.outcome(for: all.map(DraftMaker.Member.init), in: shop, currency: currency, at: now) {
    case .held(let holds): return hold(holds, at: now)
    case .draft(let content):
      var outcomes: [Outcome] = []
      for member in all where !DraftMaker.Member(member).isBilled && shop.undrafted.contains(member.id) {
        outcomes += shop.releaseUnbilled(member.id).map(Outcome.effect)
        outcomes += givingBack(member, currency: currency, at: now)
      }
      guard let standing = job.standingDraft else {
        if content.lines.isEmpty {
          if isBilled { shop.leaveAsBilled(id) }
        } else if job.waitsForBatch, content.installments.isEmpty {
          shop.awaitBatch(id)
        } else {
          outcomes.append(.draft(make(.invoice, content, for: [job], currency: currency, at: now)))
        }
        return outcomes
      }
      // A draft that is out already is replaced by an empty one, lest what it billed be billed again as usage.
      if all.allSatisfy({ $0.isBilled(by: content) }) {
        for member in all { shop.leaveAsBilled(member.id) }
        return outcomes
      }
      return outcomes
        + replace(standing, with: content, for: all, currency: currency, at: now).map(Outcome.draft)
    }
  }

  private mutating func hold(_ holds: [JobID: [Hold]], at now: Moment) -> [Outcome] {
    holds.sorted { $0.key < $1.key }.flatMap { shop.hold($0.key, for: $0.value, at: now) }.map(Outcome.effect)
  }

  /// Several jobs of a customer on one draft; one that is held falls out, and follows once it is settled.
  private mutating func batch(_ ids: [JobID], at now: Moment) -> [Outcome] {
    var outcomes: [Outcome] = []
    var jobs = ids.compactMap { shop.jobs[$0] }
    while let first = jobs.first, let currency = shop.currency(of: first) {
      switch DraftMaker.outcome(for: jobs.map(DraftMaker.Member.init), in: shop, currency: currency, at: now)
      {
      case .held(let holds):
        outcomes += hold(holds, at: now)
        jobs.removeAll { holds[$0.id] != nil }
      case .draft(let content):
        outcomes.append(.draft(make(.invoice, content, for: jobs, currency: currency, at: now)))
        return outcomes
      }
    }
    return outcomes
  }

  /// Of a job that is not billed, what deposits, draws and releases took.
  private mutating func givingBack(_ job: Job, currency: Currency, at now: Moment) -> [Outcome] {
    job.returnable.compactMap { credit(of: $0, for: job, currency: currency, at: now).map(Outcome.draft) }
  }

  /// A revision of a draft that is not accepted yet, or a new draft after an accepted one: with a credit of that, or alone
  /// where it is void.
  private mutating func replace(
    _ standing: DraftRecord, with content: Content, for jobs: [Job], currency: Currency, at now: Moment
  ) -> [InvoiceDraft] {
    guard standing.state == .accepted, let job = jobs.first else {
      return [
        make(
          .invoice, content, for: jobs, currency: currency, at: now, revising: standing,
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
      make(.invoice, content, for: [job], currency: currency, at: now, supersedes: standing.id))
    return drafts
  }

  /// Takes what an accepted draft billed a job for back; `nil` where there is nothing to take back: it billed nothing, or
  /// billing voided it, and a credit of that would eat up what the new draft bills.
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
    let share = JobShare(whole: job.id, lines: lines, taxes: record.taxes, applied: record.applied)
    let content = Content(shares: [share], taxes: record.taxes, totals: totals)
    return make(.credit, content, for: [job], currency: currency, at: now, supersedes: record.id)
  }

  /// As the newest of them has it.
  private func customer(of jobs: [Job]) -> Customer {
    let newest = jobs.max { ($0.createdAt.wall, $0.id) < ($1.createdAt.wall, $1.id) }
    guard let newest else { preconditionFailure("a draft of no job") }
    return newest.customer
  }

  private mutating func make(
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

extension Job {
  /// Whether its standing draft is out and bills just this of it: sent again, it would only be credited and billed a
  /// second time.
  ///
  /// One that billing rejected or voided, or failed to send, is made anew even so.
  fileprivate func isBilled(by content: InvoiceDraft.Content) -> Bool {
    guard revised == nil, let draft = standingDraft, let share = content.shares.first(where: { $0.job == id })
    else {
      return false
    }
    guard draft.state == .accepted || draft.state == .pending, draft.payment != .void,
      draft.payment != .failed
    else { return false }
    let lines = share.lines.map { $0.billed(under: share.taxes) }
    return draft.applied == share.applied && draft.lines.count == lines.count
      && zip(draft.lines, lines).allSatisfy { before, now in
        before.bills(now) && draft.taxes[before.tax].group == share.taxes[now.tax].group
      }
  }
}
