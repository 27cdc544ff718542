internal import Measures
internal import Metering

// How operators settle what holds a draft, and send one again.
extension Shop {
  mutating func settle(
    _ id: JobID, _ hold: HoldID, _ settlement: HoldSettlement, reason: String, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try knownJob(id)
    guard let open = job.holds.first(where: { $0.id == hold }) else {
      throw Refusal(.unknownHold, "job \(id) has no hold \(hold)")
    }
    guard open.settleWith.contains(settlement.means) else {
      let means = open.settleWith.map(\.rawValue).joined(separator: " or ")
      throw Refusal(
        .invalidArgument, "hold \(hold) is settled with \(means), not with \(settlement.means.rawValue)")
    }
    try check(settlement, of: open)
    if let doubt = open.doubt, let amount = settlement.quantity {
      try doubt.check(amount, settling: hold, of: job, at: context.at)
    }
    jobs[id]?.settlements[hold] = SettledHold(
      settlement: settlement, reason: reason, by: context.actor, at: context.at)
    jobs[id]?.holds.removeAll { $0.id == hold }
    retry(id)
    var receipt = Receipt()
    receipt.job = id
    receipt.hold = hold
    let left = jobs[id]?.holds.count ?? 0
    receipt.draft = left == 0 ? "settling" : "held"
    if left > 0 { receipt.message = "\(left) more to settle" }
    return receipt
  }

  /// A quantity, or a price, in the unit of the thing it is to settle, and not below zero.
  private func check(_ settlement: HoldSettlement, of hold: Hold) throws(Refusal) {
    let (unit, isNegative): (BillingUnit?, Bool) =
      switch settlement {
      case .accept: (nil, false)
      case .mass(let mass): (.gram, mass.isNegative || mass > Mass.limit)
      case .span(let span): (.hour, span.isNegative || span > Self.maximumLabor)
      case .price(let price): (price.unit, price.amount.isNegative)
      }
    if let unit, !hold.units.contains(unit) {
      let wanted = hold.units.map { settlement.words(for: $0) }.joined(separator: " or ")
      throw Refusal(
        .invalidArgument, "hold \(hold.id) is settled with \(wanted), not with \(settlement.words(for: unit))"
      )
    }
    if isNegative {
      throw Refusal(.invalidArgument, "what settles hold \(hold.id) is out of range; give 0 or more")
    }
  }

  /// A held job is drafted anew once nothing holds it.
  private mutating func retry(_ id: JobID) {
    guard undrafted.contains(id), jobs[id]?.holds.isEmpty ?? false else { return }
    jobs[id]?.billing = .settling
  }

  /// What was rejected may have been billed otherwise since.
  private func checkResend(of draft: DraftRecord, _ job: Job) throws(Refusal) {
    if draft.kind.isInstallment, job.isClosed || job.standingDraft != nil {
      throw Refusal(
        .wrongState,
        "draft \(draft.id) was rejected, and job \(job.id) is \(job.production.rawValue): its invoice bills it all"
      )
    }
    if draft.kind == .invoice || draft.kind == .credit { return }
    if let pending = job.unansweredInstallment {
      throw Refusal(
        .wrongState, "billing has not answered to draft \(pending) of job \(job.id) yet; wait for that")
    }
    if !job.requests.isEmpty
      || job.drafts.contains(where: { $0.kind == draft.kind && $0.sequence > draft.sequence && $0.isLive })
    {
      throw Refusal(.wrongState, "draft \(draft.id) was rejected, and another was asked for in its place")
    }
    if draft.kind == .retainageRelease, draft.payable > job.retained {
      throw Refusal(.wrongState, "what draft \(draft.id) would release is not withheld any more")
    }
  }

  mutating func resend(_ id: DraftID, _ effects: inout [Effect]) throws(Refusal) -> Receipt {
    let owners = jobs(ofDraft: id)
    guard let job = owners.first,
      let draft = job.drafts.last(where: { $0.id == id && $0.state != .superseded })
    else { throw Refusal(.unknownDraft, "there is no draft \(id)") }
    guard draft.state == .pending || draft.state == .rejected else {
      throw Refusal(.wrongState, "draft \(id) is \(draft.state.rawValue); there is nothing to send again")
    }
    if draft.state == .rejected {
      try checkResend(of: draft, job)
      for owner in owners { takeUp(draft, of: owner) }
      lower(rejectionAlarm(of: id))
    }
    effects.append(.resend(id, revision: draft.revision))
    var receipt = Receipt()
    receipt.job = job.id
    receipt.draft = id.text
    return receipt
  }

  /// It is on its way to billing again.
  private mutating func takeUp(_ draft: DraftRecord, of job: Job) {
    guard let index = job.drafts.lastIndex(where: { $0.id == draft.id && $0.revision == draft.revision })
    else { return }
    jobs[job.id]?.drafts[index].state = .pending
    jobs[job.id]?.drafts[index].reason = nil
    if draft.kind == .invoice, !undrafted.contains(job.id) {
      let standing = jobs[job.id]?.billingOfStandingDraft ?? .drafted
      jobs[job.id]?.billing = standing
    }
  }
}

extension HoldSettlement {
  /// In base units, where it is one.
  fileprivate var quantity: Int64? {
    switch self {
    case .mass(let mass): mass.base
    case .span(let span): span.base
    case .accept, .price: nil
    }
  }

  /// What an operator is to give in this unit: `a price per kg`, `a time, such as 14 min`.
  fileprivate func words(for unit: BillingUnit) -> String {
    if case .price = self { return "a price per \(unit.symbol)" }
    return switch unit {
    case .gram: "a mass, such as 12.5 g"
    case .hour: "a time, such as 14 min"
    default: "an amount in \(unit.symbol)"
    }
  }

  var means: Hold.Means {
    switch self {
    case .accept: .accept
    case .mass, .span: .quantity
    case .price: .price
    }
  }
}
