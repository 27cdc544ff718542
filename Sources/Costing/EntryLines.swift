internal import Jobs
internal import Measures
internal import Metering

/// What operators put on a job by hand, as lines without prices.
struct EntryLines {
  let entry: Entry
  let job: Job
  let rules: Rules
  var list: PriceList { rules.priceList }

  func line(_ pricing: inout Pricing) -> LineDraft? {
    guard entry.voided == nil else { return nil }
    switch entry.content {
    case .labor(let person, let activity, let started, let stopped):
      guard let stopped else { return nil }
      guard let span = stopped.since(started) else {
        let gap = Gap(from: started, to: stopped, settlement: .held)
        return unknownSpan(person, activity, gap, &pricing)
      }
      return labor(activity, span, note: "\(person): \(span) from \(started.wall) to \(stopped.wall)")
    case .laborRecorded(let person, let activity, let span):
      return labor(activity, span, note: "\(person): \(span.exact), noted afterwards")
    case .material(let part, let material, let mass, let note):
      guard var line = LineDraft.ofMaterial(material, part: part, list: list) else { return nil }
      line.base = mass.base
      return noted(line, note ?? "\(mass) noted by hand")
    case .weighing(let weighing): return self.weighing(weighing, &pricing)
    case .usage, .check: return nil
    case .service(let service, let quantity):
      // Each service entry stays a line of its own, so the entry is part of its key.
      guard var line = LineDraft.ofService(service, for: job, key: entry.id.text, list: list) else {
        return nil
      }
      line.count = quantity
      return noted(line, "entry \(entry.id)")
    }
  }

  /// What came back is a credit on the same line.
  private func weighing(_ weighing: Entry.Weighing, _ pricing: inout Pricing) -> LineDraft? {
    guard var line = LineDraft.ofMaterial(weighing.material, part: weighing.part, list: list) else {
      return nil
    }
    let item = line.item
    if let after = weighing.after {
      line.base = (weighing.before - after).base
      return noted(line, "weighed on \(weighing.scale): \(weighing.before) before, \(after) after")
    }
    let id = "weighing.\(entry.id)"
    guard let settled = pricing.settled(id) else {
      pricing.hold(
        id, .weighingOpen, line: item.name,
        "\(item.name): weighed at \(weighing.before) on \(weighing.scale) before its use, and not after; weigh it with "
          + "step after, or give the quantity used, or accept to leave it out", [.accept, .quantity],
        units: [.kilogram, .gram])
      return nil
    }
    guard case .mass(let mass) = settled.record.settlement else {
      pricing.leaveOut("\(item.name) weighed on \(weighing.scale)", settled)
      return nil
    }
    line.base = mass.base
    var finished = noted(line, "weighed on \(weighing.scale): \(weighing.before) before, and not after")
    finished.settle(settled, as: "settled_by_hand")
    return finished
  }

  private func labor(_ activity: ActivityID, _ span: Span, note: String) -> LineDraft? {
    guard var line = LineDraft.ofLabor(activity, list: list) else { return nil }
    line.base = span.base
    return noted(line, note)
  }

  /// A timer that ran across a reboot with an untrusted clock: nobody knows how long.
  private func unknownSpan(
    _ person: OperatorID, _ activity: ActivityID, _ gap: Gap, _ pricing: inout Pricing
  ) -> LineDraft? {
    guard let item = list.labor[activity] else { return nil }
    let id = "gap.\(entry.id)"
    if let settled = pricing.settled(id) {
      guard case .span(let span) = settled.record.settlement else {
        pricing.leaveOut("\(item.name) of \(person)", settled)
        return nil
      }
      let note = "\(person): from \(gap.from.wall) over a restart without a trusted clock"
      var line = labor(activity, span, note: note)
      line?.gaps = [Gap(from: gap.from, to: gap.to, settlement: .settled)]
      line?.settle(settled, as: "gap_settled_by_hand")
      return line
    }
    pricing.hold(
      id, .gapUnsettled, line: item.name,
      "labor of \(person) since \(gap.from.wall) ran across a restart of the machine without a trusted clock; "
        + "give the time to bill, such as \"45 min\", or accept to leave it out", [.accept, .quantity],
      units: [.hour], doubt: .time([gap]))
    return nil
  }

  private func noted(_ draft: LineDraft, _ note: String) -> LineDraft {
    var line = draft
    line.worsen(to: .manual)
    line.evidence = [.noted(by: entry.by.text, at: entry.at, note: note)]
    return line
  }
}
