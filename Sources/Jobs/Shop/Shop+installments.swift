public import Measures
internal import Metering

// Estimates, and what is billed by them before a job is complete: deposits, progress draws, what was withheld.
extension Shop {
  mutating func estimate(
    _ id: JobID, _ items: [Estimate.Item], _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try openJob(id)
    try checkCurrency(of: id, context)
    guard !items.isEmpty else {
      throw Refusal(.invalidArgument, "an estimate without items says nothing; give at least one")
    }
    if job.drafts.contains(where: { $0.kind == .progress && $0.isLive }) {
      throw Refusal(
        .wrongState, "job \(id) is billed by its estimate already, draw by draw; what is on it now stays")
    }
    for item in items {
      if let part = item.part { _ = try job.part(part) }
      try context.rules.check(item)
    }
    jobs[id]?.estimate = Estimate(items, rules: context.rules.version, by: context.actor, at: context.at)
    var receipt = Receipt()
    receipt.job = id
    let unpriced = items.compactMap(context.rules.unpriced)
    if !unpriced.isEmpty {
      receipt.message =
        "no price yet for \(unpriced.joined(separator: ", ")): put one into the configuration, and estimate again"
    }
    return receipt
  }

  /// Asks for a draft, which is made once the command is on disk.
  mutating func bill(
    _ kind: DraftRecord.Kind, _ id: JobID, _ share: BillRequest.Share, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try knownJob(id)
    try check(kind, of: job)
    if let pending = job.unansweredInstallment {
      throw Refusal(
        .wrongState, "billing has not answered to draft \(pending) of job \(id) yet; wait for that")
    }
    let share = try resolved(share, kind, of: job)
    jobs[id]?.requests.append(BillRequest(kind: kind, share: share, by: context.actor, at: context.at))
    requested.insert(id)
    var receipt = Receipt()
    receipt.job = id
    receipt.draft = "settling"
    return receipt
  }

  private func check(_ kind: DraftRecord.Kind, of job: Job) throws(Refusal) {
    guard job.requests.isEmpty else {
      throw Refusal(.wrongState, "another draft of job \(job.id) is just being made; ask again in a moment")
    }
    switch kind {
    case .retainageRelease:
      // What a canceled job was billed for is given back, withheld or not.
      guard job.retained > .zero, job.production != .canceled || job.draftsIfCanceled else {
        throw Refusal(.wrongState, "nothing is withheld on job \(job.id)")
      }
    default:
      guard !job.isClosed, job.standingDraft == nil else {
        throw Refusal(
          .wrongState,
          "job \(job.id) is \(job.isClosed ? job.production.rawValue : "billed by an invoice already"); "
            + "deposits and draws are billed before")
      }
    }
  }

  /// Looks up a phase, and refuses what there is no estimate for or what was drawn before.
  private func resolved(
    _ share: BillRequest.Share, _ kind: DraftRecord.Kind, of job: Job
  ) throws(Refusal) -> BillRequest.Share {
    switch share {
    case .all: return share
    case .amount(let amount):
      guard amount > .zero else { throw Refusal(.invalidArgument, "an amount of 0 bills nothing") }
      if kind == .progress { try needEstimate(of: job, for: "a progress draw", orAmount: false) }
      return share
    case .percent(let percent):
      guard percent > .zero, percent <= Decimal(100) else {
        throw Refusal(.invalidArgument, "\(percent) % is out of range; give more than 0 and at most 100")
      }
      if kind != .retainageRelease {
        try needEstimate(of: job, for: "\(percent) %", orAmount: kind == .deposit)
      }
      return share
    case .phase(let name, _):
      guard kind == .progress else {
        throw Refusal(.invalidArgument, "only progress is billed by phases; give percent or amount")
      }
      try needEstimate(of: job, for: "a phase", orAmount: false)
      let phases = rules[job.rules]?.billing.phases ?? []
      guard let phase = phases.first(where: { $0.name == name }) else {
        let known = phases.map(\.name).joined(separator: ", ")
        throw Refusal(
          .invalidArgument,
          "there is no phase \(name); \(known.isEmpty ? "the configuration names none" : "there are: \(known)")"
        )
      }
      if job.drafts.contains(where: { $0.isLive && $0.phase == name }) {
        throw Refusal(.alreadyExists, "phase \(name) of job \(job.id) is billed already")
      }
      return .phase(name, percent: phase.percent)
    }
  }

  /// - Parameter orAmount: whether an amount would do without one.
  private func needEstimate(of job: Job, for what: String, orAmount: Bool) throws(Refusal) {
    guard job.estimate == nil else { return }
    throw Refusal(
      .wrongState,
      "job \(job.id) has no estimate of which to take \(what); give it one with job.estimate\(orAmount ? ", or an amount" : "")"
    )
  }

  /// Jobs for which a draft was asked for: not while the clock is plainly wrong.
  public func billable(at now: Moment) -> [JobID] {
    counters.series.isEmpty || requested.isEmpty || clockFault(at: now) != nil ? [] : requested.sorted()
  }

  func refusedBillAlarm(of id: JobID) -> AlarmID? { AlarmID(bounded: "unbilled.\(id)") }

  /// As if nobody had asked.
  public mutating func withdraw(_ request: BillRequest, of id: JobID) {
    jobs[id]?.requests.removeAll { $0 == request }
    if jobs[id]?.requests.isEmpty ?? true { requested.remove(id) }
  }

  /// The request is met, or cannot be any more, for it had to wait: then an alarm says why.
  public mutating func answer(_ request: BillRequest, of id: JobID, fault: String?) -> [Effect] {
    withdraw(request, of: id)
    let alarm = refusedBillAlarm(of: id)
    // Of a closed job the invoice bills it all.
    guard let fault, jobs[id]?.isClosed == false else {
      lower(alarm)
      return []
    }
    return raise(
      alarm, kind: "bill_refused", "job \(id): no \(request.kind.words) was made: \(fault)", at: request.at)
  }
}

extension Job {
  /// What is withheld on draws, and not released yet.
  ///
  /// Not below zero, where billing voided a draw after its release.
  public var retained: Money {
    max(.zero, balanceOfRetainage)
  }

  var isOverReleased: Bool { balanceOfRetainage < .zero }

  private var balanceOfRetainage: Money {
    drafts.filter(\.isLive).reduce(.zero) { sum, draft in
      draft.kind == .retainageRelease ? sum - draft.payable : sum + draft.retainage
    }
  }

  /// Deposits and draws that billing took: what an invoice has to take off.
  public var installments: [DraftRecord] {
    drafts.filter { $0.kind.isInstallment && $0.state == .accepted && $0.payment != .void }
  }

  /// What a credit has to give back where nothing is billed.
  public var returnable: [DraftRecord] {
    installments
      + drafts.filter { $0.kind == .retainageRelease && $0.state == .accepted && $0.payment != .void }
  }

  var hasInstallments: Bool { !returnable.isEmpty || unansweredInstallment != nil }

  /// A deposit, a draw or a release that billing has not answered to: whether an invoice has to take it off, or a credit
  /// to give it back, nobody knows.
  public var unansweredInstallment: DraftID? {
    drafts.first { ($0.kind.isInstallment || $0.kind == .retainageRelease) && $0.state == .pending }?.id
  }
}
