internal import Measures
internal import Metering

// What operators put on a job by hand.
extension Shop {
  mutating func startLabor(
    _ id: JobID, _ person: OperatorID, _ activity: ActivityID, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try openJob(id)
    try context.rules.check(activity)
    guard runningLabor(of: job, person, activity) == nil else {
      throw Refusal(.alreadyRunning, "\(person) already works on \(id) (\(activity)); stop that first")
    }
    return try add(
      .labor(operator: person, activity: activity, startedAt: context.at, stoppedAt: nil), to: id, context)
  }

  mutating func stopLabor(
    _ id: JobID, _ person: OperatorID, _ activity: ActivityID, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try openJob(id)
    // A timer that runs is stopped even if its activity has left the price list since.
    guard let index = runningLabor(of: job, person, activity),
      case .labor(_, _, let started, _) = job.entries[index].content
    else {
      try context.rules.check(activity)
      throw Refusal(.notRunning, "\(person) has no timer running on \(id) for \(activity)")
    }
    jobs[id]?.entries[index].content = .labor(
      operator: person, activity: activity, startedAt: started, stoppedAt: context.at)
    var receipt = Receipt()
    receipt.job = id
    receipt.entry = job.entries[index].id
    receipt.message = context.at.since(started).map { "\($0) of \(activity)" }
    return receipt
  }

  private func runningLabor(of job: Job, _ person: OperatorID, _ activity: ActivityID) -> Int? {
    job.entries.firstIndex { entry in
      guard entry.isRunning, case .labor(person, activity, _, _) = entry.content else { return false }
      return true
    }
  }

  /// A timer nobody stopped ends with its job.
  mutating func stopRunningLabor(of id: JobID, at moment: Moment) {
    for (index, entry) in (jobs[id]?.entries ?? []).enumerated() where entry.isRunning {
      guard case .labor(let person, let activity, let started, _) = entry.content else { continue }
      jobs[id]?.entries[index].content = .labor(
        operator: person, activity: activity, startedAt: started, stoppedAt: moment)
    }
  }

  mutating func recordLabor(
    _ id: JobID, _ person: OperatorID, _ activity: ActivityID, _ span: Span, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    _ = try openJob(id)
    try context.rules.check(activity)
    guard span > .zero, span <= Self.maximumLabor else {
      throw Refusal(
        .invalidArgument, "\(span) of labor is out of range; give more than 0 and at most 10,000 hours")
    }
    return try add(.laborRecorded(operator: person, activity: activity, span: span), to: id, context)
  }

  /// More than a year of hours in one entry is a slip of the hand.
  static let maximumLabor = Span.hours(10_000)

  mutating func recordMaterial(
    _ id: JobID, _ part: PartID?, _ material: MaterialID, _ mass: Mass, note: String?,
    _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let job = try openJob(id)
    try context.rules.check(material)
    if let part { _ = try job.part(part) }
    guard mass > .zero, mass <= Mass.limit else {
      throw Refusal(.invalidArgument, "\(mass) of \(material) is out of range; give more than 0 g")
    }
    return try add(.material(part: part, material: material, mass: mass, note: note), to: id, context)
  }

  mutating func addService(
    _ id: JobID, _ service: ServiceOrder, _ quantity: Decimal, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    _ = try openJob(id)
    try context.rules.check(service)
    guard quantity > .zero, quantity.scale <= 6, quantity <= Self.maximumQuantity else {
      throw Refusal(
        .invalidArgument,
        "a quantity of \(quantity) is out of range; give more than 0 and at most \(Self.maximumQuantity), "
          + "with at most 6 decimals")
    }
    return try add(.service(service, quantity: quantity), to: id, context)
  }

  static let maximumQuantity = Decimal(1_000_000_000)

  mutating func add(
    _ content: Entry.Content, to id: JobID, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    // A check costs nothing, in whatever currency.
    if case .check = content {} else { try checkCurrency(of: id, context) }
    let entry = Entry(
      id: nextID("E", \.entries), content: content, by: context.actor, at: context.at,
      rules: context.rules.version)
    jobs[id]?.entries.append(entry)
    jobOfEntry[entry.id] = id
    var receipt = Receipt()
    receipt.job = id
    receipt.entry = entry.id
    return receipt
  }

  mutating func void(_ entry: EntryID, reason: String) throws(Refusal) -> Receipt {
    guard let id = jobOfEntry[entry], let job = jobs[id],
      let index = job.entries.firstIndex(where: { $0.id == entry })
    else { throw Refusal(.unknownEntry, "there is no entry \(entry)") }
    guard job.entries[index].voided == nil else {
      throw Refusal(.wrongState, "entry \(entry) was voided before: \(job.entries[index].voided ?? "")")
    }
    guard !job.isClosed || undrafted.contains(id) else {
      throw Refusal(
        .wrongState, "job \(id) is \(job.production.rawValue) and \(job.billing.rawValue); reopen it first")
    }
    try checkVoid(of: job.entries[index], on: job)
    jobs[id]?.entries[index].voided = reason
    giveBack(job.entries[index].content)
    costAnew(id)
    var receipt = Receipt()
    receipt.job = id
    receipt.entry = entry
    return receipt
  }

  mutating func load(
    _ scale: DeviceID, _ material: MaterialID, lot: String?, _ context: CommandContext,
    _ effects: inout [Effect]
  ) throws(Refusal) -> Receipt {
    let channel = ChannelID(scale, .weight)
    guard let place = place(of: channel) else {
      let known = wiring.placeOfChannel.keys.filter { $0.kind == .weight }.map(\.device.text).sorted()
      throw Refusal(
        .unknownScale, "no work center has a scale \(scale); there are: \(known.joined(separator: ", "))")
    }
    try context.rules.check(material)
    loads[scale] = Load(material: material, lot: lot, at: context.at)
    let run = workCenters[place]?.run
    effects.append(.charge(channel, account(on: channel, run: run, material: material), at: context.at))
    var receipt = Receipt()
    receipt.workCenter = place
    receipt.run = run
    return receipt
  }
}
