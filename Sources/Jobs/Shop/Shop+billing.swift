public import Measures
internal import Metering

// What drafting does to a job; production state is never touched here.
extension Shop {
  /// Jobs whose every tally is final and whose grace has passed: they can be costed now, in this order.
  ///
  /// One that only waits for a right clock is among them once the clock is right; one whose draft billing holds
  /// without having answered is not.
  public func draftable(at now: Moment) -> [JobID] {
    if counters.series.isEmpty { return [] }
    return undrafted.filter { id in
      guard let job = jobs[id], isDraftable(job, at: now) else { return false }
      return companions(of: job).allSatisfy { other in
        other.isClosed && (!undrafted.contains(other.id) || isDraftable(other, at: now))
      }
    }.sorted()
  }

  private func isDraftable(_ job: Job, at now: Moment) -> Bool {
    if job.unansweredDraft != nil { return false }
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

  /// A draft was made: it is what its jobs are billed by from here on.
  public mutating func record(_ drafts: [JobID: DraftRecord]) {
    for (id, draft) in drafts.sorted(by: { $0.key < $1.key }) { record(draft, for: id) }
  }

  private mutating func record(_ draft: DraftRecord, for id: JobID) {
    counters.sequence = max(counters.sequence, draft.sequence)
    guard let job = jobs[id] else { return }
    for (index, earlier) in job.drafts.enumerated() {
      // By a credit; or by a new draft alone, where the earlier one billed nothing or is void.
      if earlier.id == draft.supersedes, earlier.id != draft.id, earlier.state == .accepted {
        jobs[id]?.drafts[index].state = .credited
      } else if earlier.id == draft.id, earlier.state != .superseded {
        jobs[id]?.drafts[index].state = .superseded
        lower(rejectionAlarm(of: earlier.id))
      }
    }
    jobs[id]?.drafts.append(draft)
    let owners = jobsOfDraft[draft.id] ?? []
    if !owners.contains(id) { jobsOfDraft[draft.id] = (owners + [id]).sorted() }
    guard draft.kind == .invoice else { return }
    let standing = jobs[id]?.billingOfStandingDraft ?? .drafted
    jobs[id]?.billing = standing
    leaveUndrafted(id)
  }

  /// There is nothing new to bill, or nothing at all: the job stays closed, and what stands goes on standing.
  public mutating func leaveAsBilled(_ id: JobID) {
    let standing = jobs[id]?.billingOfStandingDraft ?? .unbilled
    jobs[id]?.billing = standing
    leaveUndrafted(id)
    lowerIfOver(id)
  }

  private mutating func leaveUndrafted(_ id: JobID) {
    leaveBatch(id)
    jobs[id]?.revised = nil
    // A clock was accepted for this draft, and what deposits were over; the next one has another moment, and another sum.
    for hold in ["clock", "installments"].compactMap({ HoldID($0) }) { jobs[id]?.settlements[hold] = nil }
    stopSettling(id)
  }

  /// It is costed, and nothing holds it.
  mutating func stopSettling(_ id: JobID) {
    jobs[id]?.holds = []
    undrafted.remove(id)
    lower(holdAlarm(of: id))
    lowerRemovals(of: id)
  }

  /// A draft cannot be made until somebody settles these.
  public mutating func hold(_ id: JobID, for holds: [Hold], at moment: Moment) -> [Effect] {
    jobs[id]?.holds = holds
    jobs[id]?.billing = .held
    undrafted.insert(id)
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

  // MARK: Alarms

  func holdAlarm(of job: JobID) -> AlarmID? { AlarmID(bounded: "held.\(job)") }
  func rejectionAlarm(of draft: DraftID) -> AlarmID? { AlarmID(bounded: "rejected.\(draft)") }
  /// Of each job of a batch: another draft took the place of its share.
  func undoneAlarm(of draft: DraftID, _ job: JobID) -> AlarmID? { AlarmID(bounded: "undone.\(draft).\(job)") }
  func twiceAlarm(of draft: DraftID) -> AlarmID? { AlarmID(bounded: "twice.\(draft)") }

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
