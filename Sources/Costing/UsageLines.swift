internal import Jobs
internal import Measures
internal import Metering

/// Usage that was nobody's and was put on a job, as a line without a price.
struct UsageLines {
  let usage: Usage
  let part: PartID?
  let entry: Entry
  let rules: Rules
  private var list: PriceList { rules.priceList }
  private var place: WorkCenterRules? { usage.workCenter.flatMap { rules.workCenters[$0] } }

  func line() -> LineDraft? {
    guard var line = bare(), usage.quantity > 0 else { return nil }
    line.base = usage.quantity
    line.places = [BilledPlace(usage.workCenter, usage.quantity)]
    if !usage.isMeasured {
      line.estimatedBase = usage.quantity
      line.worsen(to: .estimated)
    }
    line.flag("assigned_usage")
    if usage.kind == .material, place?.scales.isEmpty ?? false, place?.materialUsed?.device == usage.device {
      line.flag("machine_reported")
    }
    let note =
      "usage \(usage.id): \(amount) at \(usage.device) from \(usage.from.wall) to \(usage.to.wall), with no job open; assigned"
    line.evidence = [.noted(by: entry.by.text, at: entry.at, note: note)]
    return line
  }

  private var amount: String {
    switch usage.kind {
    case .material: Mass(base: usage.quantity).description
    case .machineTime: Span(base: usage.quantity).exact
    case .energy: Energy(base: usage.quantity).description
    }
  }

  /// As a run's own line would be, so that both are one where they belong together.
  private func bare() -> LineDraft? {
    switch usage.kind {
    case .material:
      return LineDraft.ofMaterial(usage.material, on: usage.device, part: part, list: list)
    case .machineTime:
      return LineDraft.ofMachine(at: place, part: part, list: list)
    case .energy:
      return usage.workCenter.flatMap { LineDraft.ofEnergy(at: $0, place, list: list) }
    }
  }
}
