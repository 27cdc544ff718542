internal import Measures
internal import Metering

// What the billing service says of a draft, in whatever order it comes: nothing is billed twice, and nothing goes back.
extension Shop {
  /// Each of a batch's jobs takes it for its own share; what is to be said of it is said once.
  mutating func acknowledge(
    _ id: DraftID, revision: Int, _ acknowledgment: Acknowledgment, at moment: Moment, effects: inout [Effect]
  ) {
    var all: [Effect] = []
    for job in jobsOfDraft[id] ?? [] {
      acknowledge(id, revision: revision, of: job, acknowledgment, at: moment, effects: &all)
    }
    effects += all.eachOnce
  }

  private mutating func acknowledge(
    _ id: DraftID, revision: Int, of jobID: JobID, _ acknowledgment: Acknowledgment, at moment: Moment,
    effects: inout [Effect]
  ) {
    guard let job = jobs[jobID],
      let index = job.drafts.firstIndex(where: { $0.id == id && $0.revision == revision })
    else { return }
    let draft = job.drafts[index]
    switch acknowledgment {
    case .accepted(let reference):
      // Billing holds one revision of a draft: the first that it accepted.
      if let first = job.drafts.first(where: { $0.id == id && $0.isTaken }) {
        if first.revision != revision { effects += warnOfBoth(first, and: revision, of: jobID, at: moment) }
        return
      }
      jobs[jobID]?.drafts[index].state = .accepted
      // Accepted, it never changes, whoever had asked for another revision.
      if draft.kind == .invoice { jobs[jobID]?.revised = nil }
      jobs[jobID]?.drafts[index].reference = reference
      jobs[jobID]?.drafts[index].reason = nil
      supersede(after: index, of: jobID, effects: &effects)
      lower(rejectionAlarm(of: id))
      if draft.state == .rejected { effects += takeUp(draft, of: jobID, at: moment) }
      if draft.kind.isInstallment { settleAnew(jobID) }
      guard draft.kind == .invoice, let changed = jobs[jobID], changed.standingDraft?.id == id,
        !undrafted.contains(jobID)
      else { return }
      if draft.state == .superseded, job.isClosed {
        // What it should have said is on a revision that billing will not take: a credit and a new draft.
        jobs[jobID]?.billing = .settling
        undrafted.insert(jobID)
      } else {
        jobs[jobID]?.billing = changed.billingOfStandingDraft
      }
    case .rejected(let reason):
      guard draft.state == .pending else { return }
      jobs[jobID]?.drafts[index].state = .rejected
      jobs[jobID]?.drafts[index].reason = reason
      // Whatever was said of it before, billing holds nothing of it now.
      jobs[jobID]?.drafts[index].payment = nil
      jobs[jobID]?.drafts[index].paymentObservedAt = nil
      if draft.kind == .invoice, !undrafted.contains(jobID) { jobs[jobID]?.billing = .rejected }
      // Completing the job again would say nothing about a credit: it takes back what it takes back.
      let (what, advice) =
        switch draft.kind {
        case .credit: ("credit", "see to it in the billing program, and send it again with draft.resend")
        case .invoice:
          (
            "draft",
            "correct it and complete the job again, or the customer and use draft.revise, or send it again with draft.resend"
          )
        case .deposit, .progress, .retainageRelease:
          (draft.kind.words, "ask for it once more, or send it again with draft.resend")
        }
      effects += raise(
        rejectionAlarm(of: id), kind: "draft_rejected",
        "billing rejected \(what) \(id) of \(names(ofDraft: id)): \(reason ?? "no reason given"); \(advice)",
        at: moment)
    }
  }

  /// Billing accepts after all what it had rejected, though it may have been billed otherwise meanwhile.
  private mutating func takeUp(_ draft: DraftRecord, of id: JobID, at moment: Moment) -> [Effect] {
    guard let job = jobs[id] else { return [] }
    var effects = warnOfRelease(of: id, by: draft, at: moment)
    let twin = job.drafts.last {
      $0.kind == draft.kind && $0.id != draft.id && $0.sequence > draft.sequence && $0.isLive
    }
    if draft.kind.isInstallment, let twin, let alarm = twiceAlarm(of: draft.id) {
      effects += raise(
        alarm, kind: "accepted_twice",
        "billing accepted \(draft.kind.words) \(draft.id) of job \(id), which it had rejected, and \(twin.id) was made since: the "
          + "invoice takes both off; void one in the billing program if the customer is not to pay both",
        at: moment)
    }
    return effects
  }

  /// More is released than was withheld: a draw was voided after its release, or a release accepted after all.
  private mutating func warnOfRelease(of id: JobID, by draft: DraftRecord, at moment: Moment) -> [Effect] {
    guard let job = jobs[id], let alarm = AlarmID(bounded: "released.\(id)") else { return [] }
    guard job.isOverReleased else {
      lower(alarm)
      return []
    }
    return raise(
      alarm, kind: "accepted_twice",
      "by what billing says of draft \(draft.id), more is released on job \(id) than was withheld: see in the billing program "
        + "that it is not billed twice, and void the release there", at: moment)
  }

  /// What an invoice takes off has changed after it went out, or what a canceled job has to give back.
  private mutating func settleAnew(_ id: JobID) {
    guard let job = jobs[id], job.isClosed, !undrafted.contains(id) else { return }
    jobs[id]?.billing = .settling
    undrafted.insert(id)
  }

  /// Each is billed if billing keeps both; what stands here is the first.
  private mutating func warnOfBoth(
    _ first: DraftRecord, and revision: Int, of job: JobID, at moment: Moment
  ) -> [Effect] {
    guard let alarm = twiceAlarm(of: first.id), alarms[alarm] == nil, !isOver(job) else { return [] }
    return raise(
      alarm, kind: "accepted_twice",
      "billing accepted revision \(revision) of draft \(first.id) of \(names(ofDraft: first.id)), though it had accepted revision "
        + "\(first.revision): here revision \(first.revision) counts; see in the billing program that it does not bill "
        + "both, and voids the other one", at: moment)
  }

  /// Whether billing has done with a job, so that nobody need look any more which revision it bills.
  private func isOver(_ id: JobID) -> Bool {
    guard let job = jobs[id] else { return true }
    // While it settles once more, its own state says nothing of the money.
    let over: Set<BillingState> = [.paid, .void, .unbilled]
    return over.contains(job.billing) || (job.standingDraft?.payment).map { over.contains($0) } ?? false
  }

  /// An invoice that was void has no credit. Should billing collect it after all, so that the one in its place bills the
  /// same, only a person can tell which of the two stands.
  private mutating func warnIfUndone(
    _ draft: DraftRecord, by state: BillingState, of id: JobID, at moment: Moment
  ) -> [Effect] {
    guard let job = jobs[id] else { return [] }
    if state == .void {
      let isStanding = job.standingDraft?.id == draft.id
      for other in isStanding ? job.drafts.map(\.id) : [draft.id] { lower(undoneAlarm(of: other, id)) }
      return []
    }
    guard draft.payment == .void, state != .failed, draft.state == .credited,
      !job.drafts.contains(where: { $0.kind == .credit && $0.supersedes == draft.id })
    else { return [] }
    let other = job.standingDraft.map { "draft \($0.id)" } ?? "another"
    return raise(
      undoneAlarm(of: draft.id, id), kind: "void_undone",
      "billing said that draft \(draft.id) of job \(id) is void, and now that it is \(state.rawValue); \(other) took "
        + "its place: see in the billing program which of the two stands, and void the other one there",
      at: moment)
  }

  /// Wherever a job may have become paid, void or unbilled.
  mutating func lowerIfOver(_ id: JobID) {
    for draft in jobs[id]?.drafts ?? [] where (jobsOfDraft[draft.id] ?? []).allSatisfy(isOver) {
      lower(twiceAlarm(of: draft.id))
    }
  }

  /// The revisions after an accepted one are void; what was said of their payment is said of the draft.
  private mutating func supersede(after index: Int, of jobID: JobID, effects: inout [Effect]) {
    guard let drafts = jobs[jobID]?.drafts else { return }
    let accepted = drafts[index]
    for (newer, draft) in drafts.enumerated()
    where draft.id == accepted.id && draft.revision > accepted.revision && draft.state != .superseded {
      jobs[jobID]?.drafts[newer].state = .superseded
      effects.append(.superseded(draft.id, revision: draft.revision))
    }
    // A void, or a failure, is that revision's own; all else was said of the one that billing holds, which is this.
    for draft in drafts where draft.id == accepted.id && draft.revision > accepted.revision {
      guard let state = draft.payment, !state.endsRevision, let seen = draft.paymentObservedAt else {
        continue
      }
      tell(state, seen: seen, of: index, of: jobID)
    }
  }

  /// - Returns: whether it is news: neither older than what is known, nor behind it.
  @discardableResult
  private mutating func tell(_ state: BillingState, seen: WallTime, of index: Int, of job: JobID) -> Bool {
    guard let draft = jobs[job]?.drafts[index] else { return false }
    // Messages overtake each other: `viewed` may come after `paid`.
    if let newest = draft.paymentObservedAt, seen < newest { return false }
    // And a paid invoice that is looked at is still paid.
    if let known = draft.payment, state.isBehind(known) { return false }
    jobs[job]?.drafts[index].payment = state
    jobs[job]?.drafts[index].paymentObservedAt = seen
    return true
  }

  mutating func report(_ status: BillingStatus, at moment: Moment, effects: inout [Effect]) {
    var all: [Effect] = []
    for job in jobsOfDraft[status.draft] ?? [] { report(status, of: job, at: moment, effects: &all) }
    effects += all.eachOnce
  }

  private mutating func report(
    _ status: BillingStatus, of jobID: JobID, at moment: Moment, effects: inout [Effect]
  ) {
    guard let job = jobs[jobID], !job.knows(status),
      let index = job.drafts.lastIndex(where: { status.isAbout($0) })
    else { return }
    jobs[jobID]?.drafts[index].events.append(status.event)
    let excess = (jobs[jobID]?.drafts[index].events.count ?? 0) - 200
    if excess > 0 { jobs[jobID]?.drafts[index].events.removeFirst(excess) }
    guard let state = Self.paymentState(status.state) else { return }
    let draft = job.drafts[index]
    if state.endsRevision {
      // Billing voids its copy of a revision when the next one comes: it may mean either, as long as it took none.
      let isOneOfSeveral = job.drafts.count { $0.id == draft.id } > 1 && !job.hasAccepted(draft.id)
      if status.revision == nil && isOneOfSeveral { return }
      // And of one that it rejected it holds nothing that could be void.
      if draft.state == .rejected { return }
    }
    // A clock of theirs that once ran far ahead must not make everything later look old: then the order counts in
    // which it came.
    let isAhead = status.observedAt > moment.wall.advanced(by: .hours(1))
    guard tell(state, seen: isAhead ? moment.wall : status.observedAt, of: index, of: jobID) else { return }
    // Of a deposit, a draw or a release too: they tell whether all is paid.
    if let changed = jobs[jobID], changed.standingDraft != nil, !undrafted.contains(jobID) {
      jobs[jobID]?.billing = changed.billingOfStandingDraft
    }
    if draft.kind.isInstallment, (draft.payment == .void) != (state == .void) { settleAnew(jobID) }
    effects += warnOfRelease(of: jobID, by: draft, at: moment)
    effects += warnIfUndone(draft, by: state, of: jobID, at: moment)
    // Of two that were accepted, this is the one that does not count.
    if state == .void, draft.state == .superseded { lower(twiceAlarm(of: draft.id)) }
    lowerIfOver(jobID)
  }

  /// `job J1`, or `jobs J1, J2 and 3 more`.
  func names(ofDraft id: DraftID) -> String {
    let all = jobs(ofDraft: id)
    // One that was taken off it has a share without lines.
    let billed = all.filter { $0.drafts.last { $0.id == id }?.lines.isEmpty == false }
    let names = (billed.isEmpty ? all : billed).map(\.id.text)
    let more = names.count > 3 ? " and \(names.count - 3) more" : ""
    return "\(names.count == 1 ? "job" : "jobs") \(names.prefix(3).joined(separator: ", "))\(more)"
  }

  /// `created` says no more than the acknowledgment did.
  private static func paymentState(_ word: String) -> BillingState? {
    switch word {
    case "created": .accepted
    case "sent": .sent
    case "viewed": .viewed
    case "partially_paid": .partiallyPaid
    case "paid": .paid
    case "overdue": .overdue
    case "void": .void
    case "failed": .failed
    default: nil
    }
  }
}

extension BillingStatus {
  /// Where it names no revision, it is about the one that was not replaced.
  fileprivate func isAbout(_ record: DraftRecord) -> Bool {
    guard record.id == draft else { return false }
    return revision.map { $0 == record.revision } ?? (record.state != .superseded)
  }
}

extension BillingState {
  /// What billing says of one revision, and of no other that it takes in its place.
  fileprivate var endsRevision: Bool { self == .void || self == .failed }

  /// News of the delivery never takes back later news of it, nor news of the money.
  fileprivate func isBehind(_ known: BillingState) -> Bool {
    let delivery: [BillingState] = [.accepted, .sent, .viewed]
    guard let step = delivery.firstIndex(of: self) else { return false }
    guard let knownStep = delivery.firstIndex(of: known) else { return known != .failed }
    return step < knownStep
  }
}

extension [Effect] {
  fileprivate var eachOnce: [Effect] {
    var seen: Set<Effect> = []
    return filter { seen.insert($0).inserted }
  }
}
