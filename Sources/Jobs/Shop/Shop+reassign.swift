internal import Measures
internal import Metering

// Moving a run to the job it was really made for.
extension Shop {
  mutating func reassign(_ id: RunID, to target: JobID, part: PartID?) throws(Refusal) -> Receipt {
    guard let run = runs[id] else { throw Refusal(.unknownRun, "there is no run \(id)") }
    guard run.plate.isEmpty else {
      throw Refusal(
        .wrongState,
        "run \(id) made a plate of several parts, and cannot be moved to one job; void or add what is wrong by hand"
      )
    }
    let from = try knownJob(run.job)
    let to = try knownJob(target)
    for job in [from, to] where job.isClosed && (job.isReleased || !undrafted.contains(job.id)) {
      throw Refusal(
        .wrongState,
        "job \(job.id) is \(job.production.rawValue) and \(job.billing.rawValue); reopen it first")
    }
    if run.endedAt == nil, to.isClosed {
      throw Refusal(
        .wrongState,
        "run \(id) still goes on, and job \(target) is \(to.production.rawValue); stop the run, or reopen the job"
      )
    }
    guard rules[to.rules]?.priceList.currency == rules[from.rules]?.priceList.currency else {
      throw Refusal(.wrongState, "job \(target) is billed in another currency than job \(from.id)")
    }
    let newPart = try self.part(part, of: to, for: run)
    move(run, from: from.id, to: target, part: newPart)
    renameRemovals(of: id)
    for job in [from.id, target] {
      refreshStart(of: job)
      refreshProduction(of: job)
      costAnew(job)
    }
    var receipt = Receipt()
    receipt.job = target
    receipt.part = newPart
    receipt.run = id
    return receipt
  }

  private mutating func move(_ run: Run, from: JobID, to target: JobID, part: PartID?) {
    jobs[from]?.runs.removeAll { $0 == run.id }
    jobs[target]?.runs.append(run.id)
    runs[run.id]?.job = target
    runs[run.id]?.part = part
    take(materialOf: part, of: target, for: run, from: from)
    // What was paused with this run goes on for the job it now belongs to.
    let center = workCenters[run.workCenter]
    if center?.lastRun == run.id, center?.paused?.job == from {
      workCenters[run.workCenter]?.paused = Work(job: target, part: part)
    }
  }

  /// Where the part alone told the material, the other part tells another. What a scale weighed is left as it was named,
  /// and says so: it may have been the right one.
  private mutating func take(materialOf part: PartID?, of target: JobID, for run: Run, from: JobID) {
    let old = jobs[from]?.parts.first { $0.id == run.part }?.material
    let new = jobs[target]?.parts.first { $0.id == part }?.material
    guard old != new else { return }
    runs[run.id]?.reportedMaterial?.material = new
    for (index, tally) in run.materials.enumerated()
    where tally.material == old && loads[tally.channel.device] == nil {
      runs[run.id]?.materials[index].add(.materialAssumed)
    }
  }

  private mutating func refreshStart(of id: JobID) {
    let starts = (jobs[id]?.runs ?? []).compactMap { run in runs[run].map { (run, $0.startedAt) } }
    let sorted = starts.sorted { ($0.1, $0.0.text.utf8.count, $0.0) < ($1.1, $1.0.text.utf8.count, $1.0) }
    jobs[id]?.runs = sorted.map(\.0)
    jobs[id]?.startedAt = sorted.first?.1
  }

  /// The part that is meant, or the only one it can be.
  private func part(_ id: PartID?, of job: Job, for run: Run) throws(Refusal) -> PartID? {
    if let id {
      return try job.part(id).id
    }
    if job.parts.count <= 1 { return job.parts.first?.id }
    let fitting = job.parts.filter { $0.workCenter == nil || $0.workCenter == run.workCenter }
    guard fitting.count == 1 else {
      let names = job.parts.map(\.id.text).joined(separator: ", ")
      throw Refusal(
        .ambiguous, "job \(job.id) has several parts (\(names)); say which one run \(run.id) made")
    }
    return fitting[0].id
  }

  /// Something changed under a job that settles or is held: what held it may be gone, so it is costed again.
  mutating func costAnew(_ id: JobID) {
    guard undrafted.contains(id), jobs[id]?.billing == .held else { return }
    jobs[id]?.holds = []
    jobs[id]?.billing = .settling
  }
}
