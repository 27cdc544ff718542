internal import Measures
internal import Metering

// What the billing service says of a draft, in whatever order it comes: nothing is billed twice, and nothing goes back.
extension Shop {
  mutating func acknowledge(
    _ id: DraftID, revision: Int, _ acknowledgment: Acknowledgment, at moment: Moment, effects: inout [Effect]
  ) {
    guard let jobID = jobOfDraft[id], let job = jobs[jobID],
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
      jobs[jobID]?.drafts[index].reference = reference
      jobs[jobID]?.drafts[index].reason = nil
      supersede(after: index, of: jobID, effects: &effects)
      lower(rejectionAlarm(of: id))
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
      effects += raise(
        rejectionAlarm(of: id), kind: "draft_rejected",
        "billing rejected draft \(id) of job \(jobID): \(reason ?? "no reason given"); "
          + "correct it and complete the job again, or send it again with draft.resend", at: moment)
    }
  }

  /// Each is billed if billing keeps both; what stands here is the first.
  private mutating func warnOfBoth(
    _ first: DraftRecord, and revision: Int, of job: JobID, at moment: Moment
  ) -> [Effect] {
    guard let alarm = twiceAlarm(of: first.id), alarms[alarm] == nil else { return [] }
    return raise(
      alarm, kind: "accepted_twice",
      "billing accepted revision \(revision) of draft \(first.id) of job \(job), though it had accepted revision "
        + "\(first.revision): here revision \(first.revision) counts; see in the billing program that it does not bill "
        + "both", at: moment)
  }

  /// The revisions after an accepted one are void; what was said of the payment is said of the draft.
  private mutating func supersede(after index: Int, of jobID: JobID, effects: inout [Effect]) {
    guard let drafts = jobs[jobID]?.drafts else { return }
    let accepted = drafts[index]
    for (newer, draft) in drafts.enumerated()
    where draft.id == accepted.id && draft.revision > accepted.revision && draft.state != .superseded {
      jobs[jobID]?.drafts[newer].state = .superseded
      effects.append(.superseded(draft.id, revision: draft.revision))
    }
    guard let newest = Self.newestPayment(of: accepted.id, in: drafts) else { return }
    jobs[jobID]?.drafts[index].payment = newest.payment
    jobs[jobID]?.drafts[index].paymentObservedAt = newest.paymentObservedAt
  }

  /// The revision of a draft that the newest state of payment was said of.
  private static func newestPayment(of id: DraftID, in drafts: [DraftRecord]) -> DraftRecord? {
    let told = drafts.filter { $0.id == id && $0.payment != nil && $0.paymentObservedAt != nil }
    let newest = told.compactMap(\.paymentObservedAt).max()
    return told.last { $0.paymentObservedAt == newest }
  }

  mutating func report(_ status: BillingStatus, at moment: Moment, effects: inout [Effect]) {
    guard let jobID = jobOfDraft[status.draft], let job = jobs[jobID],
      let index = job.drafts.lastIndex(where: { $0.id == status.draft && $0.state != .superseded }),
      !job.knows(status)
    else { return }
    jobs[jobID]?.drafts[index].events.append(status.event)
    let excess = (jobs[jobID]?.drafts[index].events.count ?? 0) - 200
    if excess > 0 { jobs[jobID]?.drafts[index].events.removeFirst(excess) }
    guard let state = Self.paymentState(status.state) else { return }
    // Messages overtake each other: `viewed` may come after `paid`.
    let newest = Self.newestPayment(of: status.draft, in: job.drafts)
    if let newest = newest?.paymentObservedAt, status.observedAt < newest { return }
    // And a paid invoice that is looked at is still paid.
    if let known = newest?.payment, state.isBehind(known) { return }
    jobs[jobID]?.drafts[index].payment = state
    // A clock of theirs that once ran far ahead must not make everything later look old: then the order counts in
    // which it came.
    let isAhead = status.observedAt > moment.wall.advanced(by: .hours(1))
    jobs[jobID]?.drafts[index].paymentObservedAt = isAhead ? moment.wall : status.observedAt
    if jobs[jobID]?.standingDraft?.id == status.draft, !undrafted.contains(jobID) {
      jobs[jobID]?.billing = state
    }
    if jobs[jobID]?.billing == .paid || jobs[jobID]?.billing == .void {
      for draft in Set(job.drafts.map(\.id)) { lower(twiceAlarm(of: draft)) }
    }
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

extension BillingState {
  /// News of the delivery never takes back later news of it, nor news of the money.
  fileprivate func isBehind(_ known: BillingState) -> Bool {
    let delivery: [BillingState] = [.accepted, .sent, .viewed]
    guard let step = delivery.firstIndex(of: self) else { return false }
    guard let knownStep = delivery.firstIndex(of: known) else { return known != .failed }
    return step < knownStep
  }
}
