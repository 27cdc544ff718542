internal import Jobs
internal import Measures
internal import Metering

/// What one run used, as lines without prices.
struct RunLines {
  let run: Run
  let rules: Rules
  let part: PartID?
  /// Its share of a plate: the lines are of the whole plate, and know it.
  let plate: PlateFraction?
  var list: PriceList { rules.priceList }
  var place: WorkCenterRules? { rules.workCenters[run.workCenter] }

  func lines(_ pricing: inout Pricing) -> [LineDraft] {
    var lines = [billed(.machine, &pricing, machine)]
    for (index, tally) in run.materials.enumerated() {
      lines.append(
        billed(.material, &pricing) { material(tally, twins: twins(of: tally, at: index), &$0) })
    }
    lines.append(billed(.material, &pricing, reported))
    return lines.compactMap { $0 }
  }

  /// Energy is no part's: a job has it once, whatever it has on a plate.
  func energyLine(_ pricing: inout Pricing) -> LineDraft? { billed(.energy, &pricing, energy) }

  /// What is billed of a line, by how the run ended. What is not billed at all holds no draft, and is noted.
  private func billed(
    _ kind: LineKind, _ pricing: inout Pricing, _ make: (inout Pricing) -> LineDraft?
  ) -> LineDraft? {
    guard pricing.job.bills(kind) else { return nil }
    func shared(_ pricing: inout Pricing) -> LineDraft? {
      guard var line = make(&pricing) else { return nil }
      line.runs = [run.id]
      line.places = [BilledPlace(run.workCenter, line.base)]
      guard let plate else { return line }
      line.plate = plate
      line.plateShares = run.plate
      line.flag("shared_plate")
      return line
    }
    guard let outcome = run.outcome, let share = list.outcomes[outcome]?[kind], share < Decimal(100) else {
      return shared(&pricing)
    }
    guard share > .zero else {
      var unbilled = pricing
      if let line = shared(&unbilled), line.base > 0 {
        pricing.note(
          "\(line.amount) of \(line.item.name), run \(run.id): not billed, for it \(outcome.story)")
      }
      return nil
    }
    guard var line = shared(&pricing) else { return nil }
    line.flag("outcome_\(outcome.rawValue)")
    line.bill(share)
    return line
  }

  // MARK: Machine time

  private func machine(_ pricing: inout Pricing) -> LineDraft? {
    guard let place, var line = LineDraft.ofMachine(at: place, part: part, list: list) else { return nil }
    let billable = run.time.isManual ? [.running] : place.billable
    let billedGaps = run.time.billedGaps(of: billable)
    line.base = run.time.total(of: billable).base
    line.estimatedBase = billedGaps.base
    line.gaps = run.time.gaps.filter { $0.span.map { $0 > Gap.negligible } ?? true }
    if run.time.isManual { line.worsen(to: .manual) }
    if line.gaps.contains(where: \.isNotable) { line.worsen(to: .measuredWithGap) }
    if billedGaps > .zero { line.worsen(to: .estimated) }
    settleHeldGaps(of: &line, &pricing)
    if let outcome = run.outcome, outcome != .done { line.flag("outcome_\(outcome.rawValue)") }
    line.evidence = timeEvidence() + line.evidence
    return line.base == 0 && line.gaps.isEmpty ? nil : line
  }

  /// Time nobody can vouch for: left out, or billed as long as somebody says.
  private func settleHeldGaps(of line: inout LineDraft, _ pricing: inout Pricing) {
    guard !run.time.held.isEmpty else { return }
    let id = "gap.\(run.id)"
    line.worsen(to: .measuredWithGap)
    if let settled = pricing.settled(id) {
      line.gaps += run.time.held.map { Gap(from: $0.from, to: $0.to, settlement: .settled) }
      if case .span(let span) = settled.record.settlement {
        line.base = (Span(base: line.base) + span).base
        line.estimatedBase = (Span(base: line.estimatedBase) + span).base
        line.worsen(to: .estimated)
        line.settle(settled, as: "gap_settled_by_hand")
      } else {
        line.settle(settled, as: "gap_left_out")
      }
    } else {
      line.gaps += run.time.held
      var spans = run.time.held.map { gap in
        "\(gap.span.map(\.description) ?? "an unknown time") from \(gap.from.wall)"
      }
      if let last = run.time.held.last, let span = run.time.heldInLast {
        spans[spans.count - 1] = "\(span) of what is from \(last.from.wall) to \(last.to.wall)"
      }
      let doubt = run.time.doubt
      pricing.hold(
        id, .gapUnsettled, line: line.item.name,
        "run \(run.id) at \(run.workCenter): no data for \(spans.joined(separator: ", ")); "
          + "accept to leave that time out, or give the time to bill, \(doubt.bound ?? "such as \"12 min\"")\(wholePlate)",
        [.accept, .quantity], units: [.hour], doubt: doubt)
    }
  }

  private func timeEvidence() -> [CostLine.Evidence] {
    if run.time.isManual {
      return [
        .noted(
          by: run.startedBy.text, at: run.startedAt, note: "timed from start to stop by hand, run \(run.id)")
      ]
    }
    guard let channel = place?.runState, let from = run.time.from, let to = run.time.to else { return [] }
    return [
      .measured(
        MeasuredEvidence(
          run: run.id, channel: channel, from: from, to: to, first: nil, last: nil,
          segments: run.time.stretches))
    ]
  }

  // MARK: Material

  private func material(_ tally: QuantityTally, twins: Int, _ pricing: inout Pricing) -> LineDraft? {
    var line = LineDraft.ofMaterial(
      tally.material, on: tally.channel.device, part: part, list: list)
    line.removedBase = tally.removed ?? 0
    line.driftBase = tally.drift ?? 0
    if disagrees(on: tally) { line.flag("machine_disagrees") }
    line.base = max(0, tally.amount)
    line.estimatedBase = tally.estimated
    add(marksOf: tally, to: &line)
    settleDoubts(about: tally, twins: twins, on: &line, &pricing) { settlement in
      if case .mass(let mass) = settlement { mass.base } else { nil }
    }
    line.evidence.insert(evidence(tally) { Mass(base: $0).description }, at: 0)
    if tally.material == nil, line.base > 0 { line.flag("material_unknown") }
    return isWorthShowing(line) ? line : nil
  }

  /// What the machine says it used, where no scale tells.
  private func reported(_ pricing: inout Pricing) -> LineDraft? {
    guard let tally = run.billedReport else { return nil }
    var line = material(tally, twins: 0, &pricing)
    line?.flag("machine_reported")
    if tally.material == nil { line?.item.name = "Material used by \(run.workCenter)" }
    return line
  }

  /// The machine's own word is far from what the scales say.
  private func disagrees(on tally: QuantityTally) -> Bool {
    guard tally.channel.kind == .weight, let told = run.heardReport else { return false }
    let limit = max(Self.agreement, Mass(base: told.mass.magnitude.base / 10))
    return (run.weighed - told.mass).magnitude > limit
  }

  /// Up to this, and up to a tenth, a scale and what a machine has commanded may differ.
  private static let agreement = Mass(milligrams: 5000)

  /// Nothing used is no line, unless it is in doubt that nothing was.
  private func isWorthShowing(_ line: LineDraft) -> Bool { line.base != 0 || line.quality > .manual }

  // MARK: Energy

  private func energy(_ pricing: inout Pricing) -> LineDraft? {
    guard let tally = run.energy, var line = LineDraft.ofEnergy(at: run.workCenter, place, list: list) else {
      return nil
    }
    line.base = max(0, tally.amount)
    line.estimatedBase = tally.estimated
    add(marksOf: tally, to: &line)
    let twins = twins(of: tally, at: run.materials.count)
    settleDoubts(about: tally, twins: twins, on: &line, &pricing) { _ in nil }
    line.evidence.insert(evidence(tally) { Energy(base: $0).description }, at: 0)
    return isWorthShowing(line) ? line : nil
  }

  // MARK: What both have in common

  /// What is given for one of the jobs on a plate is shared like what was measured.
  private var wholePlate: String { plate == nil ? "" : ", of the whole plate that several parts share" }

  private func evidence(_ tally: QuantityTally, _ text: (Int64) -> String) -> CostLine.Evidence {
    .measured(
      MeasuredEvidence(
        run: run.id, channel: tally.channel, from: tally.from, to: tally.to, first: text(tally.first),
        last: text(tally.last), segments: tally.segments))
  }

  private func add(marksOf tally: QuantityTally, to line: inout LineDraft) {
    line.gaps += tally.gaps.filter { $0.span.map { $0 > Gap.negligible } ?? true }
    if line.gaps.contains(where: \.isNotable) { line.worsen(to: .measuredWithGap) }
    if isEstimated(tally) { line.worsen(to: .estimated) }
    for mark in tally.marks {
      line.flag(mark.rawValue)
      switch mark {
      case .loadChanged, .removedByHand, .baselineReturned, .firstSeenInRun, .counterReset:
        line.worsen(to: .measuredWithGap)
      case .baselineLost, .endUnstable, .neverRead: line.worsen(to: .estimated)
      case .liftedAndReturned, .counterRolledOver, .restarted, .materialAssumed: break
      }
    }
  }

  /// What is bridged while a load is changed is marked by the change; an estimate it is where it is more than a scale
  /// is trusted to, 0.5 %.
  private func isEstimated(_ tally: QuantityTally) -> Bool {
    let least = tally.channel.kind == .weight ? tally.amount.magnitude / 200 : 0
    return tally.estimated.magnitude > least
  }

  private func doubt(about tally: QuantityTally) -> Mark? {
    tally.marks.first { $0 == .neverRead || $0 == .baselineLost }
  }

  /// What is not in doubt, however much else is.
  private func measured(_ tally: QuantityTally) -> Int64 { max(0, tally.amount - max(0, tally.estimated)) }

  /// How many earlier tallies of the run are in the same doubt about the same device: each is settled by itself.
  private func twins(of tally: QuantityTally, at index: Int) -> Int {
    run.materials.prefix(index).count { other in
      other.channel.device == tally.channel.device && doubt(about: other) == doubt(about: tally)
    }
  }

  /// An amount that cannot be bounded is held until somebody accepts it or says how much it was.
  private func settleDoubts(
    about tally: QuantityTally, twins: Int, on line: inout LineDraft, _ pricing: inout Pricing,
    _ quantity: (HoldSettlement) -> Int64?
  ) {
    guard let doubt = doubt(about: tally) else { return }
    let suffix = twins == 0 ? "" : ".\(twins + 1)"
    // A machine may tell of its energy and of its material, and be heard of neither.
    let kind = tally.channel.kind == .materialUsed ? ".material" : ""
    let id = "\(doubt.rawValue).\(run.id).\(tally.channel.device)\(kind)\(suffix)"
    if let settled = pricing.settled(id) {
      if let base = quantity(settled.record.settlement) {
        line.estimatedBase = base - measured(tally)
        line.base = base
        line.settle(settled, as: "settled_by_hand")
      } else {
        line.settle(settled, as: "accepted_as_measured")
      }
      return
    }
    let story =
      doubt == .neverRead
      ? "\(tally.channel.device) gave no believable reading during run \(run.id)"
      : "the load left \(tally.channel.device), or it zeroed itself, in run \(run.id) or before it, and did not come back"
    var advice = "accept what was measured"
    var bounds: Doubt?
    if tally.channel.kind != .energy, let place {
      let time = Gap(from: run.startedAt, to: run.endedAt ?? run.startedAt, settlement: .held)
      let material = Doubt.material(
        measured: Mass(base: measured(tally)), rate: place.maxUseRate, during: time)
      advice += ", or give the quantity, \(material.bound ?? "such as \"12.5 g\"")\(wholePlate)"
      bounds = material
    }
    pricing.hold(
      id, doubt == .neverRead ? .neverRead : .baselineLost, line: line.item.name, "\(story); \(advice)",
      bounds == nil ? [.accept] : [.accept, .quantity], units: bounds == nil ? [] : [.gram], doubt: bounds)
  }
}
