internal import Measures
internal import Metering

/// What `job.complete` says of the completion beside what is complete.
struct Closing {
  var outcome: JobOutcomeID?
  var event: CompletionEvent?
}

// Completing jobs, and parts of them.
extension Shop {
  mutating func complete(
    _ target: CompletionTarget, _ closing: Closing, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    switch target {
    case .job(let id):
      if let event = closing.event, let receipt = try hear(event, of: id, context) { return receipt }
      return try completeJob(openJob(id), closing, context, &effects)
    case .workCenter(let place): return try completePart(at: place, closing, context, &effects)
    }
  }

  private mutating func completePart(
    at place: WorkCenterID, _ closing: Closing, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    try context.rules.check(place)
    let center = workCenters[place] ?? WorkCenter()
    let current = center.run.flatMap { runs[$0] }
    // The machine may have ended the run by itself a moment before the operator says "complete".
    let last = center.lastRun.flatMap { runs[$0] }
    let work = current?.work ?? center.paused ?? last?.work
    guard let work, work.jobs.contains(where: { jobs[$0]?.isClosed == false }) else {
      throw Refusal(.notRunning, "nothing runs or waits at \(place); complete the job by its id instead")
    }
    for id in work.jobs {
      guard let job = jobs[id], !job.isClosed, completesJob(with: work, job, context) else { continue }
      try checkPlates(of: job, but: place)
      _ = try outcome(of: closing, context)
    }
    if let run = current?.id ?? pausedRun(of: work, at: place) {
      if current == nil { conclude(run, .done) } else { end(run, .done, at: context.at, &effects) }
    }
    workCenters[place]?.lastRun = nil
    workCenters[place]?.paused = nil
    var receipts: [Receipt] = []
    // Of a plate a job may have been closed since.
    for id in work.jobs where jobs[id]?.isClosed == false {
      receipts.append(try completeParts(of: id, in: work, closing, context, &effects))
    }
    var receipt = receipts.first ?? Receipt()
    receipt.run = current?.id
    if receipts.count > 1 {
      receipt.message = receipts.map { "job \($0.job?.text ?? ""): \($0.message ?? "complete")" }.joined(
        separator: "; ")
    }
    return receipt
  }

  private func partsLeft(of job: Job, after work: Work) -> [String] {
    job.parts.filter { !$0.isComplete && !work.includes(job.id, $0.id) }.map(\.id.text)
  }

  /// A job without parts is complete with what ran for it.
  private func completesJob(with work: Work, _ job: Job, _ context: CommandContext) -> Bool {
    partsLeft(of: job, after: work).isEmpty
      && (job.parts.isEmpty || context.rules.completion.lastPartCompletesJob)
  }

  /// What a job has in that work is complete, and the job with its last part.
  private mutating func completeParts(
    of id: JobID, in work: Work, _ closing: Closing, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    let job = try knownJob(id)
    let made = work.shares.filter { $0.job == id }.map(\.part)
    let left = partsLeft(of: job, after: work)
    var receipt = Receipt()
    if completesJob(with: work, job, context) {
      let missing = missing(for: try outcome(of: closing, context), on: job, after: work, context)
      if missing.isEmpty { return try completeJob(job, closing, after: work, context, &effects) }
      // The work is done, and its machine does not wait for an office.
      finish(made, of: id)
      effects += leaveOpen(id, "it needs \(Self.list(missing))", at: context.at)
      receipt.job = id
      receipt.part = made.first ?? nil
      receipt.state = jobs[id]?.production
      receipt.message = "the work is done; job \(id) stays open, for it needs \(Self.list(missing))"
      return receipt
    }
    finish(made, of: id)
    receipt.job = id
    receipt.part = made.first ?? nil
    receipt.state = jobs[id]?.production
    let next = left.isEmpty ? "the job itself: job.complete" : left.joined(separator: ", ")
    receipt.message = "part complete; job \(id) still waits for \(next)"
    return receipt
  }

  private mutating func finish(_ made: [PartID?], of id: JobID) {
    for index in jobs[id]?.parts.indices ?? 0..<0 where made.contains(jobs[id]?.parts[index].id) {
      jobs[id]?.parts[index].isComplete = true
    }
    for part in made { forget(id, part: part) }
    refreshProduction(of: id)
  }

  private mutating func completeJob(
    _ job: Job, _ closing: Closing, after work: Work? = nil, _ context: CommandContext,
    _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    // With a draft out, even an emptied job must be completed again: that is what takes the draft back.
    guard job.hasUsage || job.standingDraft != nil else {
      throw Refusal(
        .notRunning,
        "nothing ran for job \(job.id) and nothing is on it; start it, add labor or a service, or cancel it")
    }
    try checkPlates(of: job)
    let outcome = try checkedOutcome(of: job, closing, after: work, context)
    close(job.id, as: .complete, context, &effects)
    jobs[job.id]?.outcome = outcome
    if let event = closing.event { note(event, of: job.id) }
    for index in job.parts.indices { jobs[job.id]?.parts[index].isComplete = true }
    var receipt = Receipt()
    receipt.job = job.id
    receipt.state = .complete
    receipt.draft = "settling"
    receipt.message = story(ofWaits: job.id) ?? story(ofBatch: job)
    if let outcome, outcome.lines == [] { receipt.message = "nothing is billed of it: \(outcome.id)" }
    return receipt
  }

  /// A plate that others share goes on without asking one of them alone.
  ///
  /// - Parameter ending: where it is complete with the job.
  func checkPlates(of job: Job, but ending: WorkCenterID? = nil) throws(Refusal) {
    for run in job.runs.compactMap({ runs[$0] })
    where run.endedAt == nil && run.work.jobs.count > 1 && run.workCenter != ending {
      throw Refusal(
        .wrongState,
        "run \(run.id) at \(run.workCenter) still makes a plate for \(run.work.jobs.map(\.text).joined(separator: ", ")); "
          + "stop it, or complete it at the work center")
    }
  }

  // MARK: By itself

  /// The machine itself ended a run as done, and by the rules that completes what it made.
  mutating func completeByItself(_ run: Run, _ device: DeviceID, at moment: Moment, _ effects: inout [Effect])
  {
    guard let rules = currentRules, rules.completion.runCompletesPart,
      let actor = ActorID(bounded: "device.\(device)")
    else { return }
    let context = CommandContext(rules: rules, actor: actor, at: moment)
    for id in run.work.jobs {
      guard let job = jobs[id], !job.isClosed else { continue }
      // Of two that are wanted, one run may have made one.
      let made = run.work.shares.filter { share in
        share.job == id && job.parts.contains { $0.id == share.part && !$0.isComplete && $0.quantity == 1 }
      }.map(\.part)
      guard !made.isEmpty else { continue }
      finish(made, of: id)
      guard let job = jobs[id], job.parts.allSatisfy(\.isComplete), rules.completion.lastPartCompletesJob
      else {
        continue
      }
      do throws(Refusal) {
        _ = try completeJob(job, Closing(), context, &effects)
      } catch {
        effects += leaveOpen(id, error.message, at: moment)
      }
    }
  }

  private mutating func leaveOpen(_ id: JobID, _ why: String, at moment: Moment) -> [Effect] {
    raise(
      closeoutAlarm(of: id), kind: "closeout_open",
      "the last part of job \(id) is done, and the job stays open: \(why); then complete it", at: moment)
  }

  /// The newest two hundred are remembered.
  private mutating func note(_ event: CompletionEvent, of id: JobID) {
    jobs[id]?.completions.append(event)
    let excess = (jobs[id]?.completions.count ?? 0) - 200
    if excess > 0 { jobs[id]?.completions.removeFirst(excess) }
  }

  func closeoutAlarm(of id: JobID) -> AlarmID? { AlarmID(bounded: "closeout.\(id)") }

  /// Another system says that a job is done.
  ///
  /// - Returns: the answer where that changes nothing: it said so before, or the job is complete already.
  private mutating func hear(
    _ event: CompletionEvent, of id: JobID, _ context: CommandContext
  ) throws(Refusal) -> Receipt? {
    let sources = context.rules.completion.sources
    guard sources.contains(event.source) else {
      let known = sources.map(\.text).joined(separator: ", ")
      throw Refusal(
        .invalidArgument,
        "\(event.source) is not among completion.sources of the configuration, "
          + (known.isEmpty ? "which names none" : "which are: \(known)"))
    }
    let job = try knownJob(id)
    let isKnown = job.completions.contains(event)
    guard isKnown || job.production == .complete else { return nil }
    if !isKnown { note(event, of: id) }
    var receipt = Receipt()
    receipt.job = id
    receipt.state = job.production
    receipt.message =
      isKnown
      ? "event \(event.id) of \(event.source) was applied before; nothing was done"
      : "the job was complete already; nothing was done"
    return receipt
  }
}
