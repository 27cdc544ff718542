public import Measures
internal import Metering

// What drafting and the billing service do to a job; production state is never touched here.
extension Shop {
  /// Jobs whose every tally is final and whose grace has passed: they can be costed now, in this order.
  ///
  /// One that only waits for a right clock is among them once the clock is right.
  public func draftable(at now: Moment) -> [JobID] {
    if counters.series.isEmpty { return [] }
    return undrafted.filter { id in
      guard let job = jobs[id] else { return false }
      if job.billing == .held {
        return clockFault(at: now) == nil && !job.holds.isEmpty
          && job.holds.allSatisfy { $0.kind == .clockWrong }
      }
      guard isReady(job) else { return false }
      guard let delay = currentRules?.draftDelay, delay > .zero, let completed = job.completedAt else {
        return true
      }
      // Over a reboot only a trusted clock tells; a grace that cannot be measured is not waited for.
      return now.since(completed).map { $0 >= delay } ?? true
    }.sorted()
  }

  /// Not held, and every tally is final.
  func isReady(_ job: Job) -> Bool {
    job.billing == .settling && job.runs.allSatisfy { runs[$0]?.isFinal ?? true }
  }

  /// The program cannot run before it was made: no invoice is dated 1970.
  ///
  /// A rule like any other, and part of what a journal means: folding an old one must judge its clock as it was
  /// judged then. So it is never moved, by no release.
  public static let earliestPlausible = WallTime(milliseconds: 1_793_491_200_000)

  /// Why nothing may be dated by this clock; `nil` if it may.
  public func clockFault(at now: Moment) -> ClockFault? {
    if now.wall < Self.earliestPlausible { return .beforeRelease(now.wall) }
    if now.wall.advanced(by: .minutes(1)) < counters.newestWall {
      return .beforeJournal(now.wall, newest: counters.newestWall)
    }
    if !now.isWallTrusted, currentRules?.requiresSynchronizedClock ?? false { return .unsynchronized }
    return nil
  }

  /// A draft was made: it is what the job is billed by from here on.
  public mutating func record(_ draft: DraftRecord, for id: JobID) {
    counters.sequence = max(counters.sequence, draft.sequence)
    guard let job = jobs[id] else { return }
    for (index, earlier) in job.drafts.enumerated() {
      // By a credit; or by a new draft alone, where the earlier one billed nothing.
      if earlier.id == draft.supersedes, earlier.id != draft.id, earlier.state == .accepted {
        jobs[id]?.drafts[index].state = .credited
      } else if earlier.id == draft.id, earlier.state != .superseded {
        jobs[id]?.drafts[index].state = .superseded
        lower(rejectionAlarm(of: earlier.id))
      }
    }
    jobs[id]?.drafts.append(draft)
    jobOfDraft[draft.id] = id
    guard draft.kind == .invoice else { return }
    jobs[id]?.billing = .drafted
    leaveUndrafted(id)
  }

  /// There is nothing new to bill, or nothing at all: the job stays closed, and what stands goes on standing.
  public mutating func leaveAsBilled(_ id: JobID) {
    let standing = jobs[id]?.billingOfStandingDraft ?? .unbilled
    jobs[id]?.billing = standing
    leaveUndrafted(id)
  }

  private mutating func leaveUndrafted(_ id: JobID) {
    jobs[id]?.holds = []
    // A clock was accepted for this draft; the next one is dated by another moment.
    if let clock = HoldID("clock") { jobs[id]?.settlements[clock] = nil }
    undrafted.remove(id)
    lower(holdAlarm(of: id))
    lowerRemovals(of: id)
  }

  /// A draft cannot be made until somebody settles these.
  public mutating func hold(_ id: JobID, for holds: [Hold], at moment: Moment) -> [Effect] {
    jobs[id]?.holds = holds
    jobs[id]?.billing = .held
    let first = holds.first?.message ?? ""
    let more = holds.count > 1 ? " (and \(holds.count - 1) more)" : ""
    return raise(
      holdAlarm(of: id), kind: "draft_held", "job \(id): the draft is held: \(first)\(more)", at: moment)
  }

  /// A canceled job that is not billed leaves its usage unattributed, and waits for nothing any more.
  public mutating func releaseUnbilled(_ id: JobID) -> [Effect] {
    var effects: [Effect] = []
    release(id, effects: &effects)
    return effects
  }

  /// `K7Q2ZP-000123`: the series and a number, permanent.
  public mutating func nextDraftID() -> DraftID {
    counters.drafts += 1
    let digits = String(counters.drafts)
    let padded = String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
    guard let id = DraftID("\(counters.series)-\(padded)") else {
      // `draftable` names nobody before the shop was founded with a series that was checked.
      preconditionFailure("series \(counters.series) is no id prefix")
    }
    return id
  }

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
      guard !job.hasAccepted(id) else { return }
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
      if draft.kind == .invoice, !undrafted.contains(jobID) { jobs[jobID]?.billing = .rejected }
      effects += raise(
        rejectionAlarm(of: id), kind: "draft_rejected",
        "billing rejected draft \(id) of job \(jobID): \(reason ?? "no reason given"); "
          + "correct it and complete the job again, or send it again with draft.resend", at: moment)
    }
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
    let newest = Self.newestPayment(of: status.draft, in: job.drafts)?.paymentObservedAt
    if let newest, status.observedAt < newest { return }
    jobs[jobID]?.drafts[index].payment = state
    // A clock of theirs that once ran far ahead must not make everything later look old: then the order counts in
    // which it came.
    let isAhead = status.observedAt > moment.wall.advanced(by: .hours(1))
    jobs[jobID]?.drafts[index].paymentObservedAt = isAhead ? moment.wall : status.observedAt
    if jobs[jobID]?.standingDraft?.id == status.draft, !undrafted.contains(jobID) {
      jobs[jobID]?.billing = state
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

  // MARK: Alarms

  func holdAlarm(of job: JobID) -> AlarmID? { AlarmID(bounded: "held.\(job)") }
  func rejectionAlarm(of draft: DraftID) -> AlarmID? { AlarmID(bounded: "rejected.\(draft)") }

  mutating func raise(_ id: AlarmID?, kind: String, _ message: String, at moment: Moment) -> [Effect] {
    guard let id else { return [] }
    alarms[id] = Alarm(kind: kind, message: message, since: moment)
    return [.raised(id)]
  }

  mutating func lower(_ id: AlarmID?) {
    guard let id, alarms[id] != nil else { return }
    alarms[id] = nil
  }
}
