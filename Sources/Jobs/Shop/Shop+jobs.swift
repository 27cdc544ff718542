internal import Measures
internal import Metering

// Creating, completing, canceling, reopening jobs.
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
      if let place = part.workCenter { _ = try rules(of: place, context) }
      if let material = part.material { try check(material, context) }
    }
    let customer = try customer(for: order, context)
    jobs[order.job] = Job(order, customer: customer, rules: context.rules.version, at: context.at)
    var receipt = Receipt()
    receipt.job = order.job
    receipt.state = .open
    return receipt
  }

  private func customer(for order: JobOrder, _ context: CommandContext) throws(Refusal) -> Customer {
    if let known = context.rules.customers[order.customer] { return known }
    guard let name = order.customerName else {
      throw Refusal(
        .unknownCustomer,
        "customer \(order.customer) is not in the configuration; give {\"ref\", \"name\"} to name one in place")
    }
    return Customer(ref: order.customer, name: name)
  }

  mutating func complete(
    _ target: CompletionTarget, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    switch target {
    case .job(let id): return try completeJob(openJob(id), context, &effects)
    case .workCenter(let place): return try completePart(at: place, context, &effects)
    }
  }

  private mutating func completePart(
    at place: WorkCenterID, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    _ = try rules(of: place, context)
    let center = workCenters[place] ?? WorkCenter()
    let current = center.run.flatMap { runs[$0] }
    let work = current.map { PausedWork(job: $0.job, part: $0.part) } ?? center.paused ?? lastWork(at: place)
    guard let work, var job = jobs[work.job], !job.isClosed else {
      throw Refusal(.notRunning, "nothing runs or waits at \(place); complete the job by its id instead")
    }
    if let index = job.parts.firstIndex(where: { $0.id == work.part }) { job.parts[index].isComplete = true }
    let isLast = job.parts.allSatisfy(\.isComplete)
    jobs[job.id]?.parts = job.parts
    if isLast { return try completeJob(job, context, &effects) }
    if let run = current?.id { end(run, .done, at: context.at, &effects) }
    workCenters[place]?.paused = nil
    refreshProduction(of: job.id)
    var receipt = Receipt()
    receipt.job = job.id
    receipt.part = work.part
    receipt.run = current?.id
    receipt.state = jobs[job.id]?.production
    let left = job.parts.filter { !$0.isComplete }.map(\.id.text).joined(separator: ", ")
    receipt.message = "part complete; job \(job.id) still waits for \(left)"
    return receipt
  }

  /// The machine may have ended the run by itself a moment before the operator says "complete".
  private func lastWork(at place: WorkCenterID) -> PausedWork? {
    let candidates = jobs.rows.values.filter { !$0.isClosed }.compactMap { job -> Run? in
      job.runs.last.flatMap { runs[$0] }
    }
    let newest = candidates.filter { $0.workCenter == place }.max { $0.startedAt < $1.startedAt }
    return newest.map { PausedWork(job: $0.job, part: $0.part) }
  }

  private mutating func completeJob(
    _ job: Job, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    guard !job.runs.isEmpty || job.entries.contains(where: { $0.voided == nil }) else {
      throw Refusal(
        .notRunning,
        "nothing ran for job \(job.id) and nothing is on it; start it, add labor or a service, or cancel it")
    }
    close(job.id, as: .complete, context, &effects)
    for index in job.parts.indices { jobs[job.id]?.parts[index].isComplete = true }
    var receipt = Receipt()
    receipt.job = job.id
    receipt.state = .complete
    receipt.draft = "settling"
    return receipt
  }

  /// Ends everything that goes on for a job and lets it settle.
  private mutating func close(
    _ id: JobID, as state: ProductionState, _ context: CommandContext, _ effects: inout [Effect]
  ) {
    for run in jobs[id]?.runs ?? [] where runs[run]?.endedAt == nil {
      end(run, state == .canceled ? .canceled : .done, at: context.at, &effects)
    }
    for place in workCenters.ids where workCenters[place]?.paused?.job == id { workCenters[place]?.paused = nil }
    stopRunningLabor(of: id, at: context.at)
    jobs[id]?.production = state
    jobs[id]?.completedAt = context.at
    jobs[id]?.billing = .settling
    jobs[id]?.holds = []
    undrafted.insert(id)
  }

  mutating func cancel(
    _ id: JobID, bill: Bool, _ context: CommandContext, _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    let job = try openJob(id)
    if job.drafts.contains(where: { $0.state == .accepted }) {
      throw Refusal(
        .wrongState, "job \(id) has an accepted draft, which only a new completion can correct; complete it instead")
    }
    let hasUsage = !job.runs.isEmpty || job.entries.contains { $0.voided == nil }
    close(id, as: .canceled, context, &effects)
    jobs[id]?.draftsIfCanceled = bill && hasUsage
    var receipt = Receipt()
    receipt.job = id
    receipt.state = .canceled
    if bill && hasUsage {
      receipt.draft = "settling"
    } else {
      jobs[id]?.billing = job.runs.isEmpty ? .unbilled : .settling
      if job.runs.isEmpty { undrafted.remove(id) }
    }
    return receipt
  }

  /// What a canceled job used and is not billed for is nobody's: it becomes unattributed usage.
  mutating func release(_ id: JobID, effects: inout [Effect]) {
    undrafted.remove(id)
    jobs[id]?.billing = .unbilled
    for run in (jobs[id]?.runs ?? []).compactMap({ runs[$0] }) {
      for tally in run.materials where tally.amount > 0 { addUsage(.material, tally, of: run, &effects) }
      if let tally = run.energy, tally.amount > 0 { addUsage(.energy, tally, of: run, &effects) }
      let billable = rules(named: run.rules)?.workCenters[run.workCenter]?.billable ?? []
      let time = run.time.total(of: billable)
      if time > .zero, let device = run.time.device, let from = run.time.from, let to = run.time.to {
        let usage = Usage(
          id: nextID("U", \.usages), workCenter: run.workCenter, device: device, kind: .machineTime, material: nil,
          quantity: time.base, from: from, to: to, isMeasured: !run.time.isManual, isOpen: false, announcedAt: to)
        usages[usage.id] = usage
        effects.append(.usage(usage.id))
      }
    }
  }

  private mutating func addUsage(
    _ kind: Usage.Kind, _ tally: QuantityTally, of run: Run, _ effects: inout [Effect]
  ) {
    let usage = Usage(
      id: nextID("U", \.usages), workCenter: run.workCenter, device: tally.channel.device, kind: kind,
      material: tally.material, quantity: tally.amount, from: tally.from, to: tally.to,
      isMeasured: tally.estimated == 0, isOpen: false, announcedAt: tally.to)
    usages[usage.id] = usage
    effects.append(.usage(usage.id))
  }

  mutating func reopen(_ id: JobID) throws(Refusal) -> Receipt {
    let job = try knownJob(id)
    guard job.production == .complete else {
      throw Refusal(.wrongState, "job \(id) is \(job.production.rawValue); only a complete job can be reopened")
    }
    undrafted.remove(id)
    jobs[id]?.production = .open
    jobs[id]?.completedAt = nil
    jobs[id]?.holds = []
    jobs[id]?.billing = job.standingDraft.map { $0.state == .accepted ? .accepted : .drafted } ?? .unbilled
    for index in job.parts.indices { jobs[id]?.parts[index].isComplete = false }
    var receipt = Receipt()
    receipt.job = id
    receipt.state = .open
    receipt.message =
      switch job.standingDraft?.state {
      case .accepted: "its draft was accepted: completing it again sends a credit and a new draft"
      case .pending, .rejected: "its draft was not accepted yet: completing it again replaces the draft"
      default: nil
      }
    return receipt
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
      throw Refusal(.wrongState, "job \(id) is \(job.production.rawValue); reopen it first")
    }
    return job
  }

  func rules(of place: WorkCenterID, _ context: CommandContext) throws(Refusal) -> WorkCenterRules {
    guard let rules = context.rules.workCenters[place] else {
      let known = context.rules.workCenters.keys.sorted().map(\.text).joined(separator: ", ")
      throw Refusal(.unknownWorkCenter, "there is no work center \(place); there are: \(known)")
    }
    return rules
  }

  func check(_ material: MaterialID, _ context: CommandContext) throws(Refusal) {
    guard context.rules.priceList.materials[material] != nil else {
      throw Refusal(.unknownMaterial, "material \(material) is not in the price list")
    }
  }

  /// Open, running or paused follows from what goes on.
  mutating func refreshProduction(of id: JobID) {
    guard let job = jobs[id], !job.isClosed else { return }
    let isRunning = job.runs.contains { runs[$0]?.endedAt == nil }
    let isPaused = workCenters.rows.values.contains { $0.paused?.job == id }
    let state: ProductionState = isRunning ? .running : isPaused ? .paused : .open
    if state != job.production { jobs[id]?.production = state }
  }
}
