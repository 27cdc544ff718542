internal import Jobs
internal import Measures
internal import Metering

/// A job's tallies and entries to cost lines: each part × material × price, each part × machine, labor per
/// activity, energy per work center, services.
struct JobCosting {
  let job: Job
  let shop: Shop
  private(set) var pricing: Pricing

  init(job: Job, shop: Shop, currency: Currency) {
    self.job = job
    self.shop = shop
    pricing = Pricing(job: job, currency: currency)
  }

  mutating func lines() -> [CostLine] {
    let drafts = merged(runLines() + entryLines())
    var lines: [CostLine] = []
    for draft in drafts.sorted(by: Self.order) {
      for piece in withFees(draft) {
        if let line = piece.priced(with: &pricing, number: lines.count + 1) { lines.append(line) }
      }
    }
    return lines
  }

  private mutating func runLines() -> [LineDraft] {
    job.runs.compactMap { shop.runs[$0] }.flatMap { run in
      guard let rules = shop.rules[run.rules] else { return [LineDraft]() }
      return RunLines(run: run, rules: rules).lines(&pricing)
    }
  }

  private mutating func entryLines() -> [LineDraft] {
    job.entries.compactMap { entry in
      guard let rules = shop.rules[entry.rules] else { return nil }
      return EntryLines(entry: entry, rules: rules).line(&pricing)
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
  private static func order(_ left: LineDraft, _ right: LineDraft) -> Bool {
    let kinds: [CostLine.Kind] = [.material, .machine, .fee, .labor, .energy, .service]
    func rank(_ line: LineDraft) -> (Int, String, Int, String) {
      (line.part == nil ? 1 : 0, line.part?.text ?? "", kinds.firstIndex(of: line.kind) ?? 0, line.key)
    }
    return rank(left) < rank(right)
  }

  /// Machine time is rounded up and brought to its minimum once per part and machine; a setup is a fee of its own.
  private func withFees(_ draft: LineDraft) -> [LineDraft] {
    guard draft.kind == .machine, let rate = RateID(String(draft.key.dropFirst("machine.".count))),
      let machine = draft.list.machines[rate]
    else { return [draft] }
    var line = draft
    if line.base > 0 {
      line.measuredBase = line.base
      if let increment = machine.increment, increment > .zero {
        let steps = (Span(base: line.base) + increment - Span(base: 1)).base / increment.base
        line.base = (increment * steps).base
      }
      if let minimum = machine.minimum { line.base = max(line.base, minimum.base) }
    }
    guard let setup = machine.setup, line.base > 0 else { return [line] }
    var item = machine.item
    item.name = "\(machine.item.name), setup"
    item.price = Price(setup, per: .piece)
    var fee = LineDraft(
      kind: .fee, part: draft.part, item: item, key: "setup.\(rate)", list: draft.list, units: [.piece])
    fee.count = .one
    fee.evidence = draft.evidence
    fee.worsen(to: .manual)
    return [fee, line]
  }
}
