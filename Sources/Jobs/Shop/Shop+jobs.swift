internal import Measures
internal import Metering

// Creating, closing, canceling, reopening jobs.
extension Shop {
  mutating func create(_ order: JobOrder, _ context: CommandContext) throws(Refusal) -> Receipt {
    guard jobs[order.job] == nil else {
      throw Refusal(.alreadyExists, "job \(order.job) exists already; choose another id")
    }
    var seen: Set<PartID> = []
    for part in order.parts {
      guard seen.insert(part.part).inserted else {
        throw Refusal(.invalidArgument, "part \(part.part) is named twice; give each part its own id")
      }
      guard part.quantity > 0 else {
        throw Refusal(.invalidArgument, "part \(part.part) has quantity \(part.quantity); give 1 or more")
      }
      if let place = part.workCenter { try context.rules.check(place) }
      if let material = part.material { try context.rules.check(material) }
    }
    for markup in order.markup?.all ?? [] where markup < Decimal(-100) || markup.scale > 6 {
      throw Refusal(
        .invalidArgument,
        "a markup of \(markup) % is out of range; give -100 or more, with at most 6 decimals")
    }
    let customer = try customer(for: order, context)
    openJobs.insert(order.job)
    jobs[order.job] = Job(order, customer: customer, rules: context.rules.version, at: context.at)
    var receipt = Receipt()
    receipt.job = order.job
    receipt.state = .open
    return receipt
  }

  /// What was not known yet when the job was created.
  mutating func amend(
    _ id: JobID, title: String?, orderRef: String?, poNumber: String?
  ) throws(Refusal) -> Receipt {
    _ = try openJob(id)
    if let title { jobs[id]?.title = title }
    if let orderRef { jobs[id]?.orderRef = orderRef }
    if let poNumber { jobs[id]?.poNumber = poNumber }
    var receipt = Receipt()
    receipt.job = id
    return receipt
  }

  private func customer(for order: JobOrder, _ context: CommandContext) throws(Refusal) -> Customer {
    if let known = context.rules.customers[order.customer] { return known }
    guard let name = order.customerName else {
      throw Refusal(
        .unknownCustomer,
        "customer \(order.customer) is not in the configuration; give {\"ref\", \"name\"} to name one in place"
      )
    }
    return Customer(ref: order.customer, name: name)
  }

  /// Nothing of it is resumed, or completed, by a button any more: of one part, or of the whole job.
  mutating func forget(_ id: JobID, part: PartID? = nil) {
    for place in workCenters.ids {
      guard let center = workCenters[place] else { continue }
      if let paused = center.paused, paused.includes(id, part) {
        // A plate of several that nobody goes on with.
        if let run = pausedRun(of: paused, at: place) { conclude(run, .done) }
        workCenters[place]?.paused = nil
        for job in paused.jobs where job != id { refreshProduction(of: job) }
      }
      if let last = center.lastRun.flatMap({ runs[$0] }), last.work.includes(id, part) {
        workCenters[place]?.lastRun = nil
      }
    }
  }

  /// Ends everything that goes on for a job and lets it settle.
  mutating func close(
    _ id: JobID, as state: ProductionState, _ context: CommandContext, _ effects: inout [Effect]
  ) {
    for run in jobs[id]?.runs ?? [] where runs[run]?.endedAt == nil {
      end(run, state == .canceled ? .canceled : .done, at: context.at, &effects)
    }
    // What was paused, and goes on no more.
    for run in (jobs[id]?.runs ?? []).compactMap({ runs[$0] })
    where run.outcome == nil && run.work.jobs == [id] {
      conclude(run.id, state == .canceled ? .canceled : .done)
    }
    forget(id)
    stopRunningLabor(of: id, at: context.at)
    jobs[id]?.production = state
    jobs[id]?.completedAt = context.at
    jobs[id]?.billing = .settling
    jobs[id]?.holds = []
    undrafted.insert(id)
    leaveBatch(id)
    openJobs.remove(id)
    lower(holdAlarm(of: id))
    lower(refusedBillAlarm(of: id))
    lower(closeoutAlarm(of: id))
  }

  mutating func cancel(
    _ id: JobID, bill: Bool, reason: String, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    let job = try openJob(id)
    if job.standingDraft?.state == .accepted {
      throw Refusal(
        .wrongState,
        "job \(id) has an accepted draft, which only a new completion can correct: void what is on it, or give an outcome that "
          + "bills nothing, and complete it; a credit goes out")
    }
    try checkPlates(of: job)
    close(id, as: .canceled, context, &effects)
    jobs[id]?.requests = []
    requested.remove(id)
    jobs[id]?.draftsIfCanceled = bill && job.hasUsage
    jobs[id]?.canceled = Remark(reason: reason, by: context.actor, at: context.at)
    var receipt = Receipt()
    receipt.job = id
    receipt.state = .canceled
    if bill && job.hasUsage {
      receipt.draft = "settling"
      receipt.message = story(ofWaits: id)
    } else if !job.hasUsage, job.standingDraft == nil, !job.hasInstallments {
      // Nothing to release and no draft to take back.
      jobs[id]?.billing = .unbilled
      undrafted.remove(id)
    }
    return receipt
  }

  /// What a canceled job used and is not billed for is nobody's: it becomes unattributed usage.
  mutating func release(_ id: JobID, effects: inout [Effect]) {
    undrafted.remove(id)
    jobs[id]?.billing = .unbilled
    jobs[id]?.holds = []
    lower(holdAlarm(of: id))
    lowerRemovals(of: id)
    lowerIfOver(id)
    // A draft accepted late settles the job once more; what it used is given up already.
    guard let job = jobs[id], !job.isReleased else { return }
    jobs[id]?.isReleased = true
    for (index, entry) in job.entries.enumerated() where entry.voided == nil {
      guard case .usage = entry.content else { continue }
      jobs[id]?.entries[index].voided = "the job was canceled, and not billed"
      giveBack(entry.content)
    }
    for run in job.runs.compactMap({ runs[$0] }) {
      for tally in run.materials { release(.material, tally, of: run, for: id, &effects) }
      if let tally = run.billedReport {
        release(.material, tally, of: run, for: id, &effects)
      }
      if let tally = run.energy { release(.energy, tally, of: run, for: id, &effects) }
      releaseTime(of: run, for: id, &effects)
    }
  }

  private mutating func releaseTime(of run: Run, for job: JobID, _ effects: inout [Effect]) {
    let billable =
      run.time.isManual ? [.running] : rules[run.rules]?.workCenters[run.workCenter]?.billable ?? []
    let time = Span(base: run.work.part(of: run.time.total(of: billable).base, for: job))
    // Time by hand has no device: the work center stands for it.
    guard time > .zero, let device = run.time.device ?? DeviceID(run.workCenter.text) else { return }
    let from = run.time.from ?? run.startedAt
    addUsage(
      Usage(
        id: nextID("U", \.usages), workCenter: run.workCenter, device: device, kind: .machineTime,
        material: nil,
        quantity: time.base, from: from, to: run.time.to ?? from,
        isMeasured: !run.time.isManual && run.time.billedGaps(of: billable) == .zero), &effects)
  }

  private mutating func release(
    _ kind: Usage.Kind, _ tally: QuantityTally, of run: Run, for job: JobID, _ effects: inout [Effect]
  ) {
    let amount = run.work.part(of: tally.amount, for: job)
    guard amount > 0 else { return }
    addUsage(
      Usage(
        id: nextID("U", \.usages), workCenter: run.workCenter, device: tally.channel.device, kind: kind,
        material: tally.material, quantity: amount, from: tally.from, to: tally.to,
        isMeasured: tally.estimated == 0), &effects)
  }

  private mutating func addUsage(_ usage: Usage, _ effects: inout [Effect]) {
    usages[usage.id] = usage
    usages[usage.id]?.isOpen = false
    usages[usage.id]?.announcedAt = usage.to
    effects.append(.usage(usage.id))
  }

  mutating func reopen(
    _ id: JobID, reason: String, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try knownJob(id)
    guard job.production == .complete else {
      throw Refusal(
        .wrongState, "job \(id) is \(job.production.rawValue); only a complete job can be reopened")
    }
    undrafted.remove(id)
    leaveBatch(id)
    openJobs.insert(id)
    lower(holdAlarm(of: id))
    jobs[id]?.production = .open
    jobs[id]?.reopened = Remark(reason: reason, by: context.actor, at: context.at)
    jobs[id]?.completedAt = nil
    jobs[id]?.outcome = nil
    jobs[id]?.revised = nil
    jobs[id]?.holds = []
    jobs[id]?.billing = job.billingOfStandingDraft
    for index in job.parts.indices { jobs[id]?.parts[index].isComplete = false }
    var receipt = Receipt()
    receipt.job = id
    receipt.state = .open
    receipt.message = story(ofNext: job.standingDraft).map {
      "completing it again: \($0), unless nothing changed"
    }
    return receipt
  }

  /// What becomes of a draft that is out when its job is settled again.
  func story(ofNext standing: DraftRecord?) -> String? {
    switch standing?.state {
    case .accepted where standing?.payment == .void:
      "its invoice is void, so a new draft goes out, and no credit"
    case .accepted: "its draft was accepted, so a credit and a new draft go out"
    case .pending: "its draft was not accepted yet, so another revision replaces it"
    case .rejected: "its draft was rejected, so another revision replaces it"
    default: nil
    }
  }

  // MARK: Looking things up

  func knownJob(_ id: JobID) throws(Refusal) -> Job {
    guard let job = jobs[id] else { throw Refusal(.unknownJob, "there is no job \(id)") }
    return job
  }

  /// A job that work can still be put on.
  func openJob(_ id: JobID) throws(Refusal) -> Job {
    let job = try knownJob(id)
    guard !job.isClosed else {
      let advice = job.production == .canceled ? "create another" : "reopen it first"
      throw Refusal(.wrongState, "job \(id) is \(job.production.rawValue); \(advice)")
    }
    return job
  }

  /// Open, running or paused follows from what goes on.
  mutating func refreshProduction(of id: JobID) {
    guard let job = jobs[id], !job.isClosed else { return }
    let isRunning = workCenters.all.contains { $0.value.run.flatMap { runs[$0] }?.work.includes(id) ?? false }
    let isPaused = workCenters.all.contains { $0.value.paused?.includes(id) ?? false }
    let state: ProductionState = isRunning ? .running : isPaused ? .paused : .open
    if state != job.production { jobs[id]?.production = state }
  }
}
