internal import Measures
internal import Metering

// What becomes of what was nobody's: it is put on a job, or written off.
extension Shop {
  /// A job that is out already is settled once more: its draft is revised, or credited and replaced.
  mutating func assign(
    _ id: UsageID, to target: JobID, part: PartID?, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let usage = try undecided(id)
    let job = try knownJob(target)
    guard job.production != .canceled else {
      throw Refusal(.wrongState, "job \(target) is canceled; put usage \(id) on another job, or write it off")
    }
    if let part { _ = try job.part(part) }
    try checkPrice(of: usage, context)
    var receipt = try add(
      .usage(id, part: part ?? self.part(of: job, madeAt: usage.workCenter)), to: target, context)
    guard let entry = receipt.entry else { return receipt }
    close(id)
    usages[id]?.decision = .assigned(target, entry)
    receipt.usages = [id]
    if job.isClosed {
      receipt.draft = "settling"
      receipt.message = story(ofNext: job.standingDraft)
      settleAgain(target)
    }
    return receipt
  }

  /// Where one part alone is made there, it is meant: as a line of the whole job its machine's setup and minimum would be
  /// due once more.
  private func part(of job: Job, madeAt place: WorkCenterID?) -> PartID? {
    if job.parts.count == 1 { return job.parts[0].id }
    let made = job.parts.filter { part in
      part.workCenter == place && place != nil
        || job.runs.contains { runs[$0]?.part == part.id && runs[$0]?.workCenter == place }
    }
    return made.count == 1 ? made[0].id : nil
  }

  mutating func writeOff(_ id: UsageID, reason: String, _ context: CommandContext) throws(Refusal) -> Receipt
  {
    _ = try undecided(id)
    close(id)
    usages[id]?.decision = .writtenOff(Remark(reason: reason, by: context.actor, at: context.at))
    var receipt = Receipt()
    receipt.usages = [id]
    return receipt
  }

  /// An entry of usage was taken back, or its job canceled unbilled: it is nobody's again.
  mutating func giveBack(_ content: Entry.Content) {
    guard case .usage(let id, _) = content else { return }
    usages[id]?.decision = nil
  }

  private func undecided(_ id: UsageID) throws(Refusal) -> Usage {
    guard let usage = usages[id] else { throw Refusal(.unknownUsage, "there is no usage \(id)") }
    switch usage.decision {
    case nil: return usage
    case .assigned(let job, let entry):
      throw Refusal(
        .wrongState, "usage \(id) is on job \(job) already; void entry \(entry) there to take it back")
    case .writtenOff(let remark):
      throw Refusal(.wrongState, "usage \(id) was written off by \(remark.by): \(remark.reason)")
    }
  }

  /// What cannot become a line is refused here, rather than lost on the draft.
  private func checkPrice(of usage: Usage, _ context: CommandContext) throws(Refusal) {
    let list = context.rules.priceList
    let place = usage.workCenter.map(\.text) ?? usage.device.text
    let rate = usage.workCenter.flatMap { context.rules.workCenters[$0]?.machineRate }
    switch usage.kind {
    case .material:
      if let material = usage.material { try context.rules.check(material) }
    case .machineTime where rate.flatMap({ list.machines[$0] }) == nil:
      throw Refusal(
        .wrongState,
        "time at \(place) has no machine_rate, and so no price; give it one in the configuration, or write usage "
          + "\(usage.id) off")
    case .energy where list.energy == nil:
      throw Refusal(
        .wrongState, "the price list has no energy; add its price, or write usage \(usage.id) off")
    case .machineTime, .energy: break
    }
  }

  /// It grows no more: what comes from now on is another one.
  private mutating func close(_ id: UsageID) {
    usages[id]?.isOpen = false
    guard let place = usages[id]?.workCenter, workCenters[place]?.openUsages.contains(id) ?? false else {
      return
    }
    workCenters[place]?.openUsages.removeAll { $0 == id }
  }

  private mutating func settleAgain(_ id: JobID) {
    guard !undrafted.contains(id) else { return costAnew(id) }
    jobs[id]?.billing = .settling
    jobs[id]?.holds = []
    undrafted.insert(id)
  }
}
