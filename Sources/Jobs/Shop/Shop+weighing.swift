internal import Measures
internal import Metering

// Material weighed on a bench, before its use and after.
extension Shop {
  mutating func weigh(
    _ id: JobID, _ order: WeighingOrder, _ says: ScaleWord, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try knownJob(id)
    guard !job.isClosed || undrafted.contains(id) else {
      throw Refusal(
        .wrongState, "job \(id) is \(job.production.rawValue) and \(job.billing.rawValue); reopen it first")
    }
    try context.rules.check(order.material)
    if let part = order.part { _ = try job.part(part) }
    let mass = try level(of: order.scale, says)
    let open = job.entries.firstIndex { $0.isOpenWeighing(like: order) }
    switch order.step {
    case .before: return try begin(job, order, mass, open.map { job.entries[$0] }, context)
    case .after:
      guard let open, case .weighing(let weighing) = job.entries[open].content else {
        throw Refusal(
          .wrongState, "\(order.material) was not weighed before for this; weigh it with step before first")
      }
      return try end(job, at: open, weighing, order, mass)
    }
  }

  private mutating func begin(
    _ job: Job, _ order: WeighingOrder, _ mass: Mass, _ open: Entry?, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    if let open, case .weighing(let weighing) = open.content {
      throw Refusal(
        .alreadyRunning,
        "\(order.material) was weighed before at \(weighing.before) on \(weighing.scale) (entry \(open.id)); weigh it "
          + "after its use, or void that entry")
    }
    _ = try openJob(job.id)
    var receipt = try add(
      .weighing(
        Entry.Weighing(part: order.part, material: order.material, scale: order.scale, before: mass)),
      to: job.id, context)
    receipt.message = "\(mass) before"
    return receipt
  }

  private mutating func end(
    _ job: Job, at index: Int, _ weighing: Entry.Weighing, _ order: WeighingOrder, _ mass: Mass
  ) throws(Refusal) -> Receipt {
    guard weighing.scale == order.scale else {
      throw Refusal(
        .invalidArgument,
        "\(order.material) was weighed before on \(weighing.scale); weigh it there again, for two scales need not agree"
      )
    }
    var weighing = weighing
    weighing.after = mass
    let others = weighed(like: weighing, on: job, but: job.entries[index].id)
    let used = weighing.before - mass
    guard others + used >= .zero else {
      throw Refusal(
        .invalidArgument,
        "\(mass) is \((mass - weighing.before)) more than before, and only \(others) of \(order.material) are on job "
          + "\(job.id) to give back; weigh again")
    }
    jobs[job.id]?.entries[index].content = .weighing(weighing)
    costAnew(job.id)
    var receipt = Receipt()
    receipt.job = job.id
    receipt.entry = job.entries[index].id
    receipt.message = used.isNegative ? "\(used.magnitude) came back" : "\(used) used"
    return receipt
  }

  /// What of this material was weighed for this part, less what came back.
  private func weighed(like weighing: Entry.Weighing, on job: Job, but entry: EntryID) -> Mass {
    job.entries.reduce(.zero) { sum, other in
      guard other.voided == nil, other.id != entry, case .weighing(let weighed) = other.content,
        weighed.material == weighing.material, weighed.part == weighing.part
      else { return sum }
      return sum + (weighed.used ?? .zero)
    }
  }

  /// What an offcut gave back must have been taken: without this entry a line would be less than nothing.
  func checkVoid(of entry: Entry, on job: Job) throws(Refusal) {
    guard case .weighing(let weighing) = entry.content else { return }
    let rest = weighed(like: weighing, on: job, but: entry.id)
    guard rest.isNegative else { return }
    throw Refusal(
      .wrongState,
      "without entry \(entry.id) \(rest.magnitude) more of \(weighing.material) came back than was taken; void the "
        + "weighing that gave it back first")
  }

  private func level(of scale: DeviceID, _ says: ScaleWord) throws(Refusal) -> Mass {
    switch says {
    case .level(let mass) where mass.isNegative:
      throw Refusal(.notStable, "\(scale) shows \(mass); empty it, set it to zero and weigh again")
    case .level(let mass): return mass
    case .moving: throw Refusal(.notStable, "\(scale) is not at rest; wait until it is, and weigh again")
    case .doubted(let why):
      throw Refusal(.notStable, "\(scale) cannot be believed now (\(why.rawValue)); see chargehand devices")
    case .unheard: throw Refusal(.notStable, "\(scale) has not been heard yet; see chargehand devices")
    case .unknown: throw Refusal(.unknownScale, "no device \(scale) has a weight; see chargehand devices")
    }
  }
}

extension Entry {
  fileprivate func isOpenWeighing(like order: WeighingOrder) -> Bool {
    guard voided == nil, case .weighing(let weighing) = content, weighing.after == nil else { return false }
    return weighing.material == order.material && weighing.part == order.part
  }
}
