internal import Jobs
internal import Measures
internal import Metering

/// A job's tallies and entries to cost lines: each part × material × price, each part × machine, labor per
/// activity, energy per work center, services.
struct JobCosting {
  let job: Job
  let shop: Shop
  var pricing: Pricing

  /// - Parameter isEstimate: it costs what is expected, not what was used.
  init(job: Job, shop: Shop, currency: Currency, isEstimate: Bool = false) {
    self.job = job
    self.shop = shop
    pricing = Pricing(job: job, currency: currency, isEstimate: isEstimate)
  }

  /// What was used, as far as it is billed.
  mutating func lines() -> [CostLine] {
    let lines = priced(runLines() + entryLines())
    noteCloseout()
    return lines
  }

  /// What was ticked off, and what the job's outcome leaves out.
  private mutating func noteCloseout() {
    for entry in job.entries where entry.voided == nil {
      guard case .check(let check, let reference) = entry.content else { continue }
      let name = shop.rules[entry.rules]?.completion.checks[check]?.name ?? check.text
      pricing.note("\(name)\(reference.map { ": \($0)" } ?? "") (\(entry.by))")
    }
    if let revised = job.revised { pricing.note("revised: \(revised.reason) (\(revised.by))") }
    guard let outcome = job.outcome, let lines = outcome.lines else { return }
    let kinds = lines.filter { $0 != .fee }.map(\.rawValue).joined(separator: ", ")
    let billed = lines.isEmpty ? "nothing is billed" : "only \(kinds) is billed"
    pricing.note("\(outcome.id): \(billed)")
  }

  /// What is expected to be.
  mutating func lines(of estimate: Estimate, _ rules: Rules) -> [CostLine] {
    priced(EstimateLines(estimate: estimate, job: job, rules: rules).lines)
  }

  private mutating func priced(_ drafts: [LineDraft]) -> [CostLine] {
    var lines: [CostLine] = []
    for draft in withFees(ordered(merged(drafts))) {
      if let line = draft.priced(with: &pricing, number: lines.count + 1) { lines.append(line) }
    }
    return lines
  }

  private mutating func runLines() -> [LineDraft] {
    job.runs.compactMap { shop.runs[$0] }.flatMap { run in
      guard let rules = shop.rules[run.rules] else { return [LineDraft]() }
      return lines(of: run, rules)
    }
  }

  /// Of a plate each part's share.
  private mutating func lines(of run: Run, _ rules: Rules) -> [LineDraft] {
    let mine = run.work.fractions.filter { $0.share.job == job.id }
    var lines = mine.flatMap { item in
      RunLines(run: run, rules: rules, part: item.share.part, plate: item.fraction).lines(&pricing)
    }
    let whole = PlateFraction(mine.compactMap(\.fraction))
    if let energy = RunLines(run: run, rules: rules, part: nil, plate: whole).energyLine(&pricing) {
      lines.append(energy)
    }
    return lines
  }

  private mutating func entryLines() -> [LineDraft] {
    job.entries.compactMap { entry in
      guard let rules = shop.rules[entry.rules], entry.content.kind.map(job.bills) ?? true else { return nil }
      if case .usage(let id, let part) = entry.content {
        guard entry.voided == nil, let usage = shop.usages[id] else { return nil }
        let line = UsageLines(usage: usage, part: part, entry: entry, rules: rules).line()
        return line.flatMap { job.bills($0.kind) ? $0 : nil }
      }
      return EntryLines(entry: entry, job: job, rules: rules).line(&pricing)
    }
  }

  private func merged(_ drafts: [LineDraft]) -> [LineDraft] {
    var result: [LineDraft] = []
    for draft in drafts {
      if draft.kind != .service, let index = result.firstIndex(where: { $0.belongsWith(draft) }) {
        result[index].merge(draft)
      } else {
        result.append(draft)
      }
    }
    return result
  }

  /// Parts in the job's order, and within a part as a person would read it: material, machine, energy.
  private func ordered(_ drafts: [LineDraft]) -> [LineDraft] {
    let kinds: [LineKind] = [.material, .machine, .fee, .labor, .energy, .service]
    func rank(_ index: Int) -> (Int, Int, String, Int) {
      let line = drafts[index]
      let part = job.parts.firstIndex { $0.id == line.part } ?? job.parts.count
      // Services as they were put on the job.
      let key = line.kind == .service ? "" : line.key
      return (part, kinds.firstIndex(of: line.kind) ?? 0, key, index)
    }
    return drafts.indices.sorted { rank($0) < rank($1) }.map { drafts[$0] }
  }

  /// Machine time is rounded up per line; its minimum and its setup are due once per part and machine, even
  /// where the price changed under way and so made two lines.
  private func withFees(_ drafts: [LineDraft]) -> [LineDraft] {
    var result: [LineDraft] = []
    for (index, draft) in drafts.enumerated() {
      guard draft.base > 0, let machine = machinePrice(of: draft) else {
        result.append(draft)
        continue
      }
      let siblings = drafts.indices.filter { other in
        let line = drafts[other]
        return line.kind == .machine && line.part == draft.part && line.key == draft.key && line.base > 0
          && line.isOfSamePlate(as: draft)
      }
      var line = draft
      line.measuredBase = draft.measuredBase ?? draft.base - draft.estimatedBase
      line.base = billed(draft, machine).base
      if let minimum = machine.minimum, index == siblings.last {
        let total = siblings.reduce(Span.zero) { $0 + billed(drafts[$1], machinePrice(of: drafts[$1])) }
        line.base = (Span(base: line.base) + max(.zero, minimum - total)).base
      }
      if let setup = machine.setup, index == siblings.first { result.append(fee(setup, machine, for: draft)) }
      result.append(line)
    }
    return result
  }

  private func machinePrice(of draft: LineDraft) -> MachinePrice? {
    guard draft.kind == .machine else { return nil }
    return RateID(String(draft.key.dropFirst("machine.".count))).flatMap { draft.list.machines[$0] }
  }

  /// Rounded up to the machine's increment.
  private func billed(_ draft: LineDraft, _ machine: MachinePrice?) -> Span {
    guard let increment = machine?.increment, increment > .zero else { return Span(base: draft.base) }
    let steps = (Span(base: draft.base) + increment - Span(base: 1)).base / increment.base
    return increment * steps
  }

  private func fee(_ setup: Decimal, _ machine: MachinePrice, for draft: LineDraft) -> LineDraft {
    var item = machine.item
    item.name = "\(machine.item.name), setup"
    item.price = Price(setup, per: .piece)
    var fee = LineDraft(
      kind: .fee, part: draft.part, item: item, key: "setup.\(draft.key.dropFirst("machine.".count))",
      list: draft.list, units: [.piece])
    // One setup for the whole plate.
    fee.count = draft.plate?.share ?? .one
    fee.evidence = draft.evidence.filter { !$0.isSettlement }
    fee.runs = draft.runs
    fee.places = draft.places
    fee.worsen(to: .manual)
    return fee
  }
}
