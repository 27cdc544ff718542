internal import Measures
internal import Metering

// What must be there before a job is complete.
extension Shop {
  mutating func tick(
    _ id: JobID, _ check: CheckID, _ reference: String?, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try openJob(id)
    let checks = context.rules.completion.checks
    guard let point = checks[check] else {
      let known = checks.keys.sorted().map(\.text).joined(separator: ", ")
      throw Refusal(
        .invalidArgument,
        "there is no check \(check); \(known.isEmpty ? "the configuration names none" : "there are: \(known)")"
      )
    }
    if point.needsReference, reference == nil {
      throw Refusal(.invalidArgument, "\(check) (\(point.name)) needs a reference: where it is seen")
    }
    if let before = job.entries.first(where: { $0.ticks(check) }) {
      throw Refusal(
        .alreadyExists,
        "\(check) of job \(id) is ticked off by \(before.by); void entry \(before.id) to do it again")
    }
    var receipt = try add(.check(check, reference: reference), to: id, context)
    let missing = missing(on: jobs[id] ?? job, context.rules.completion.requires, context)
    if missing.isEmpty { lower(closeoutAlarm(of: id)) }
    receipt.message =
      missing.isEmpty ? nil : "before it is complete, job \(id) still needs \(Self.list(missing))"
    return receipt
  }

  /// The outcome that a completion names, once everything is there that it needs.
  ///
  /// - Parameter work: what is complete with this completion.
  /// - Returns: `nil` where none is named and `done` is not in the configuration: all is billed.
  func checkedOutcome(
    of job: Job, _ closing: Closing, after work: Work? = nil, _ context: CommandContext
  ) throws(Refusal) -> JobOutcome? {
    let outcome = try outcome(of: closing, context)
    let missing = missing(for: outcome, on: job, after: work, context)
    guard missing.isEmpty else {
      throw Refusal(.wrongState, "job \(job.id) cannot be complete yet: it needs \(Self.list(missing))")
    }
    return outcome
  }

  func outcome(of closing: Closing, _ context: CommandContext) throws(Refusal) -> JobOutcome? {
    let outcomes = context.rules.completion.outcomes
    guard let named = closing.outcome else { return Self.usual.flatMap { outcomes[$0] } }
    guard let outcome = outcomes[named] else {
      let known = outcomes.keys.sorted().map(\.text).joined(separator: ", ")
      throw Refusal(
        .invalidArgument,
        "there is no outcome \(named); \(known.isEmpty ? "the configuration names none" : "there are: \(known)")"
      )
    }
    return outcome
  }

  func missing(
    for outcome: JobOutcome?, on job: Job, after work: Work?, _ context: CommandContext
  ) -> [String] {
    missing(on: job, context.rules.completion.requires + (outcome?.requires ?? []), after: work, context)
  }

  /// What `job.complete` means where it says no outcome.
  private static var usual: JobOutcomeID? { JobOutcomeID("done") }

  static func list(_ words: [String]) -> String { words.joined(separator: "; ") }

  private func missing(
    on job: Job, _ requirements: [Requirement], after work: Work? = nil, _ context: CommandContext
  ) -> [String] {
    var words: [String] = []
    for word in requirements.compactMap({ missing(on: job, $0, after: work, context) })
    where !words.contains(word) {
      words.append(word)
    }
    return words
  }

  /// What to do about it; `nil` where it is there.
  private func missing(
    on job: Job, _ requirement: Requirement, after work: Work?, _ context: CommandContext
  ) -> String? {
    let entries = job.entries.filter { $0.voided == nil }
    let runs = job.runs.compactMap { self.runs[$0] }
    switch requirement {
    case .labor:
      return entries.contains { $0.isLabor(at: context.at) } ? nil : "labor (labor.record)"
    case .material:
      let isUsed =
        runs.contains(where: usesMaterial) || entries.contains { $0.content.kind == .material }
        || entries.contains { usage(of: $0)?.kind == .material }
      return isUsed ? nil : "material (material.record, or a run at a scale)"
    case .machine:
      let isUsed = !runs.isEmpty || entries.contains { usage(of: $0)?.kind == .machineTime }
      return isUsed ? nil : "a run of a machine (job.start)"
    case .service: return entries.contains { $0.content.kind == .service } ? nil : "a service (service.add)"
    case .parts:
      let left = job.parts.filter { !$0.isComplete && !(work?.includes(job.id, $0.id) ?? false) }
      guard !left.isEmpty else { return nil }
      return
        "each part complete at its work center, and \(left.map(\.id.text).joined(separator: ", ")) is not"
    case .orderRef: return job.orderRef == nil ? "an order_ref (job.amend)" : nil
    case .poNumber: return job.poNumber == nil ? "a po_number (job.amend)" : nil
    case .check(let check):
      if entries.contains(where: { $0.ticks(check) }) { return nil }
      let name = context.rules.completion.checks[check]?.name
      return "\(name ?? check.text) (job.check \(check))"
    }
  }
}

extension Shop {
  /// Or may yet: a scale says what was used once it has settled.
  private func usesMaterial(_ run: Run) -> Bool {
    let place = rules[run.rules]?.workCenters[run.workCenter]
    if !run.isFinal, let place, !place.scales.isEmpty || place.materialUsed != nil { return true }
    return run.materials.contains { $0.amount > 0 } || (run.reportedMaterial?.amount ?? 0) > 0
  }

  private func usage(of entry: Entry) -> Usage? {
    if case .usage(let id, _) = entry.content { usages[id] } else { nil }
  }
}

extension Entry {
  /// Of some length; a timer that runs is stopped with its job.
  fileprivate func isLabor(at now: Moment) -> Bool {
    switch content {
    case .labor(_, _, let started, let stopped): (stopped ?? now).since(started).map { $0 > .zero } ?? true
    case .laborRecorded: true
    default: false
    }
  }

  fileprivate func ticks(_ check: CheckID) -> Bool {
    guard voided == nil, case .check(check, _) = content else { return false }
    return true
  }
}
