internal import Measures
internal import Metering

// Starting, pausing, stopping and moving runs.
extension Shop {
  mutating func start(
    at place: WorkCenterID, job: JobID?, part: PartID?, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    try context.rules.check(place)
    try checkFree(place)
    let work = try work(at: place, job: job, part: part)
    for job in work.jobs { try checkCurrency(of: job, context) }
    return begin(work, at: place, context, &effects)
  }

  /// Several parts on one plate, of one job or of several: made in one run, each billed for its share.
  mutating func start(
    at place: WorkCenterID, _ plate: [PlateShare], _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    try context.rules.check(place)
    try checkFree(place)
    guard plate.count >= 2 else {
      throw Refusal(.invalidArgument, "a plate has several parts; start one part by its job and part")
    }
    var shares: [PlateShare] = []
    var materials: Set<MaterialID> = []
    for share in plate {
      let job = try openJob(share.job)
      try checkCurrency(of: share.job, context)
      let part = try self.part(share.part, of: job, at: place)
      guard !shares.contains(where: { $0.job == share.job && $0.part == part }) else {
        throw Refusal(
          .invalidArgument,
          "part \(part?.text ?? "-") of job \(share.job) is on the plate twice; add its shares")
      }
      if let part, let material = try job.part(part).material { materials.insert(material) }
      shares.append(PlateShare(job: share.job, part: part, weight: share.weight))
    }
    guard materials.count <= 1 else {
      throw Refusal(
        .invalidArgument,
        "parts on one plate are of one material; these ask for \(materials.sorted().map(\.text).joined(separator: ", "))"
      )
    }
    // A job's shares stand side by side, so that together they are a share too.
    let jobs = Work(job: shares[0].job, part: nil, plate: shares).jobs
    let sorted = jobs.flatMap { job in shares.filter { $0.job == job } }
    return begin(Work(job: sorted[0].job, part: sorted[0].part, plate: sorted), at: place, context, &effects)
  }

  mutating func resume(
    at place: WorkCenterID, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    try context.rules.check(place)
    try checkFree(place)
    guard let work = workCenters[place]?.paused else {
      throw Refusal(.notRunning, "nothing is paused at \(place); start a job there")
    }
    for job in work.jobs { try checkCurrency(of: job, context) }
    return begin(work, at: place, context, &effects)
  }

  /// A job is billed in one currency; prices of another cannot go on it.
  func checkCurrency(of id: JobID, _ context: CommandContext) throws(Refusal) {
    guard let job = jobs[id], let currency = rules[job.rules]?.priceList.currency else { return }
    let current = context.rules.priceList.currency
    guard currency == current else {
      throw Refusal(
        .wrongState,
        "job \(id) is billed in \(currency), but the price list is now in \(current); complete it and create another"
      )
    }
  }

  private func checkFree(_ place: WorkCenterID) throws(Refusal) {
    guard let current = workCenters[place]?.run, let run = runs[current] else { return }
    throw Refusal(
      .alreadyRunning, "\(place) already runs job \(run.job) (run \(run.id)); stop or complete it first")
  }

  /// Which part of which job a start means.
  private func work(at place: WorkCenterID, job: JobID?, part: PartID?) throws(Refusal) -> Work {
    if let job { return Work(job: job, part: try self.part(part, of: openJob(job), at: place)) }
    if let paused = workCenters[place]?.paused { return paused }
    let waiting = openJobs.sorted().compactMap { jobs[$0] }.flatMap { job in
      job.parts.filter { $0.workCenter == place && !$0.isComplete && !isRunning($0.id, of: job) }
        .map { Work(job: job.id, part: $0.id) }
    }
    guard let only = waiting.first else {
      throw Refusal(.unknownJob, "no job is paused or waits at \(place); say which job to start")
    }
    guard waiting.count == 1 else {
      let names = waiting.prefix(8).map { "\($0.job)/\($0.part?.text ?? "-")" }.joined(separator: ", ")
      throw Refusal(.ambiguous, "several parts wait at \(place) (\(names)); say which job and part")
    }
    return only
  }

  private func part(_ id: PartID?, of job: Job, at place: WorkCenterID) throws(Refusal) -> PartID? {
    if let id {
      guard try !job.part(id).isComplete else {
        throw Refusal(.wrongState, "part \(id) of job \(job.id) is complete")
      }
      return id
    }
    if job.parts.isEmpty { return nil }
    let open = job.parts.filter { !$0.isComplete && ($0.workCenter == nil || $0.workCenter == place) }
    guard let only = open.first else {
      throw Refusal(.wrongState, "no unfinished part of job \(job.id) is for \(place)")
    }
    guard open.count == 1 else {
      let names = open.map(\.id.text).joined(separator: ", ")
      throw Refusal(
        .ambiguous, "several parts of job \(job.id) can be made at \(place) (\(names)); say which part")
    }
    return only.id
  }

  private func isRunning(_ part: PartID, of job: Job) -> Bool {
    job.runs.contains { id in
      guard let run = runs[id] else { return false }
      return run.endedAt == nil && run.work.includes(job.id, part)
    }
  }

  private mutating func begin(
    _ work: Work, at place: WorkCenterID, _ context: CommandContext, _ effects: inout [Effect]
  ) -> Receipt {
    var run = Run(
      id: nextID("R", \.runs), work, workCenter: place, by: context.actor, at: context.at,
      rules: context.rules.version)
    let rules = context.rules.workCenters[place]
    run.time.isManual = rules?.runState == nil
    run.continues = pausedRun(of: work, at: place)
    // Of a plate they agree, as far as they say.
    let material = work.shares.compactMap { share in
      jobs[share.job]?.parts.first { $0.id == share.part }?.material
    }.first
    for channel in rules?.cumulativeChannels ?? [] {
      effects.append(.charge(channel, account(on: channel, run: run.id, material: material), at: context.at))
    }
    if let channel = rules?.runState {
      effects.append(.charge(channel, Account(run: run.id), at: context.at))
    }
    runs[run.id] = run
    for job in work.jobs {
      jobs[job]?.runs.append(run.id)
      if jobs[job]?.startedAt == nil { jobs[job]?.startedAt = context.at }
    }
    if workCenters[place] == nil { workCenters[place] = WorkCenter() }
    let displaced = workCenters[place]?.paused?.jobs ?? []
    workCenters[place]?.run = run.id
    workCenters[place]?.paused = nil
    let isAtRest = workCenters[place]?.isAtRest ?? false
    workCenters[place]?.idleSince = isAtRest ? context.at : nil
    for job in work.jobs + displaced { refreshProduction(of: job) }
    var receipt = Receipt()
    receipt.job = work.job
    receipt.part = work.part
    receipt.workCenter = place
    receipt.run = run.id
    receipt.state = .running
    return receipt
  }

  /// What is on the scale wins over what the part asked for.
  func account(on channel: ChannelID, run: RunID?, material: MaterialID?) -> Account {
    if channel.kind == .materialUsed { return Account(run: run, material: material) }
    guard channel.kind == .weight else { return Account(run: run) }
    let load = loads[channel.device]
    return Account(run: run, material: load?.material ?? material, lot: load?.lot)
  }

  mutating func pause(
    at place: WorkCenterID, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    let (run, center) = try runUnderWay(at: place, context)
    if center.machine.isBusy {
      throw Refusal(
        .wrongState,
        "the machine at \(place) is still \(center.machine.rawValue), so run \(run.id) goes on; "
          + "pause the machine, or stop the run")
    }
    end(run.id, nil, at: context.at, &effects)
    workCenters[place]?.paused = run.work
    for job in run.work.jobs { refreshProduction(of: job) }
    return receipt(for: run)
  }

  mutating func stop(
    at place: WorkCenterID, _ outcome: Outcome, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    try context.rules.check(place)
    if workCenters[place]?.run == nil, let paused = workCenters[place]?.paused {
      if let run = pausedRun(of: paused, at: place) { conclude(run, outcome) }
      workCenters[place]?.paused = nil
      for job in paused.jobs { refreshProduction(of: job) }
      var receipt = Receipt()
      receipt.job = paused.job
      receipt.part = paused.part
      receipt.state = jobs[paused.job]?.production
      return receipt
    }
    let (run, _) = try runUnderWay(at: place, context)
    end(run.id, outcome, at: context.at, &effects)
    return receipt(for: run)
  }

  private func receipt(for run: Run) -> Receipt {
    var receipt = Receipt()
    receipt.job = run.job
    receipt.part = run.part
    receipt.workCenter = run.workCenter
    receipt.run = run.id
    receipt.state = jobs[run.job]?.production
    return receipt
  }

  private func runUnderWay(
    at place: WorkCenterID, _ context: CommandContext
  ) throws(Refusal) -> (Run, WorkCenter) {
    try context.rules.check(place)
    guard let center = workCenters[place], let id = center.run, let run = runs[id] else {
      throw Refusal(.notRunning, "nothing runs at \(place)")
    }
    return (run, center)
  }

  /// The run that was paused there, be it displaced by another since, and whose work goes on, or ends.
  func pausedRun(of work: Work, at place: WorkCenterID) -> RunID? {
    jobs[work.job]?.runs.last { id in
      guard let run = runs[id], run.workCenter == place, run.work == work else { return false }
      return run.endedAt != nil && run.outcome == nil
    }
  }

  /// How a run ended is how all of its work ended, with what was done of it before each pause: a print that fails after
  /// one has failed whole.
  mutating func conclude(_ id: RunID, _ outcome: Outcome) {
    var next = runs[id]
    let work = next?.work
    while let run = next, run.work == work {
      runs[run.id]?.outcome = outcome
      next = run.continues.flatMap { runs[$0] }
    }
  }

  /// Ends a run now; its cumulative meters settle on their own time.
  mutating func end(_ id: RunID, _ outcome: Outcome?, at moment: Moment, _ effects: inout [Effect]) {
    guard var run = runs[id], run.endedAt == nil else { return }
    run.endedAt = moment
    let rules = rules[run.rules]?.workCenters[run.workCenter]
    if run.time.isManual {
      run.time.from = run.startedAt
      run.time.to = moment
      if let span = moment.since(run.startedAt) {
        run.time.states[.running] = span
      } else {
        run.time.hold(Gap(from: run.startedAt, to: moment, settlement: .held))
      }
    }
    run.awaiting = rules?.cumulativeChannels ?? []
    // Time ends here, so its meter has spoken by the end of this batch; the others may take a while.
    if let channel = rules?.runState { effects.append(.settle(channel, id, at: moment)) }
    for channel in run.awaiting { effects.append(.settle(channel, id, at: moment)) }
    runs[id] = run
    if let outcome { conclude(id, outcome) }
    workCenters[run.workCenter]?.run = nil
    workCenters[run.workCenter]?.lastRun = id
    workCenters[run.workCenter]?.idleSince = nil
    for job in run.work.jobs { refreshProduction(of: job) }
  }
}
