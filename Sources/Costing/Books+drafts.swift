internal import Jobs
internal import Measures
internal import Metering

// From a job that is complete to what goes out for it.
extension Books {
  mutating func draft(_ id: JobID, at now: Moment) -> [Outcome] {
    // Another job of its batch may just have taken it along.
    guard let job = shop.jobs[id], shop.undrafted.contains(id), let currency = shop.currency(of: job) else {
      return []
    }
    // Credits are dated like any draft.
    if !job.billsUsage, job.standingDraft == nil, job.returnable.isEmpty {
      return shop.releaseUnbilled(id).map(Outcome.effect)
    }
    let jobs = Shop.inOrderOfCompletion([job] + shop.companions(of: job))
    let asking = Set(jobs.map(\.id)).intersection(shop.undrafted)
    switch DraftMaker.outcome(for: jobs, asking: asking, in: shop, currency: currency, at: now) {
    case .held(let holds): return hold(holds, at: now)
    case .tooLarge: return hold([id: DraftMaker.overflow(job)], at: now)
    case .draft(let content):
      var outcomes: [Outcome] = []
      for member in jobs where !member.billsUsage && asking.contains(member.id) {
        outcomes += shop.releaseUnbilled(member.id).map(Outcome.effect)
        outcomes += givingBack(member, currency: currency, at: now)
      }
      guard let standing = job.standingDraft else {
        return outcomes + first(content, for: job, currency: currency, at: now)
      }
      // A draft that is out already is replaced by an empty one, lest what it billed be billed again as usage.
      if jobs.allSatisfy({ $0.isBilled(by: content) }) {
        for member in jobs { shop.leaveAsBilled(member.id) }
        return outcomes
      }
      return outcomes
        + replace(standing, with: content, for: jobs, currency: currency, at: now).map(Outcome.draft)
    }
  }

  /// By itself, or it waits for others of its customer.
  private mutating func first(
    _ content: Content, for job: Job, currency: Currency, at now: Moment
  ) -> [Outcome] {
    if content.lines.isEmpty {
      if job.billsUsage { shop.leaveAsBilled(job.id) }
    } else if job.customer.batch != nil, content.installments.isEmpty {
      shop.awaitBatch(job.id)
    } else {
      return [.draft(make(.invoice, content, for: [job], currency: currency, at: now))]
    }
    return []
  }

  private mutating func hold(_ holds: [JobID: [Hold]], at now: Moment) -> [Outcome] {
    holds.sorted { $0.key < $1.key }.flatMap { shop.hold($0.key, for: $0.value, at: now) }.map(Outcome.effect)
  }

  /// Several jobs of a customer on one draft; one that is held falls out, and follows once it is settled.
  mutating func batch(_ ids: [JobID], at now: Moment) -> [Outcome] {
    var outcomes: [Outcome] = []
    var jobs = ids.compactMap { shop.jobs[$0] }
    while let first = jobs.first, let currency = shop.currency(of: first) {
      switch DraftMaker.outcome(
        for: jobs, asking: Set(jobs.map(\.id)), in: shop, currency: currency, at: now)
      {
      case .held(let holds):
        outcomes += hold(holds, at: now)
        jobs.removeAll { holds[$0.id] != nil }
      case .tooLarge:
        if jobs.count == 1 { return outcomes + hold([first.id: DraftMaker.overflow(first)], at: now) }
        return outcomes + jobs.flatMap { batch([$0.id], at: now) }
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
