import Costing
import Jobs
import JSON
import Measures
import Metering

/// What stands between what was measured and what is billed on a line: the rules that its runs began under.
struct LineRules {
  private let line: JSONValue
  private let shop: Shop

  init(_ line: JSONValue, _ shop: Shop) {
    self.line = line
    self.shop = shop
  }

  var texts: [String] {
    var texts: [String] = []
    for run in runs {
      let found = text(of: run).filter { !texts.contains($0) }
      texts += found
    }
    return texts
  }

  private var runs: [Run] {
    (line["evidence"]?.array ?? []).compactMap { $0["run"]?.string.flatMap { RunID($0) as RunID? } }
      .compactMap { shop.runs[$0] }
  }

  private func text(of run: Run) -> [String] {
    let kind = line["type"]?.string.flatMap(LineKind.init(rawValue:))
    let own: String? =
      switch kind {
      case .machine: machine(run)
      case .material: report(run)
      default: nil
      }
    return [own, kind.flatMap { share(of: $0, run) }].compactMap { $0 }
  }

  /// Of a run that did not end as it should, not all may be billed.
  private func share(of kind: LineKind, _ run: Run) -> String? {
    guard let outcome = run.outcome, let share = shop.rules[run.rules]?.priceList.outcomes[outcome]?[kind],
      share < Decimal(100)
    else { return nil }
    return "run \(run.id) \(outcome.story): \(share) % of it is billed"
  }

  private func machine(_ run: Run) -> String? {
    guard let rules = shop.rules[run.rules], let place = rules.workCenters[run.workCenter],
      let price = place.machineRate.flatMap({ rules.priceList.machines[$0] })
    else { return nil }
    let states = run.time.isManual ? ["from start to stop"] : place.billable.map(\.rawValue)
    var parts = ["billed: \(states.joined(separator: ", "))"]
    if let increment = price.increment { parts.append("in steps of \(increment)") }
    if let minimum = price.minimum { parts.append("at least \(minimum) for each part") }
    return parts.joined(separator: "; ")
  }

  private func report(_ run: Run) -> String? {
    guard !run.materials.isEmpty, let report = run.heardReport else { return nil }
    return "run \(run.id): the scales say \(run.weighed), the machine itself \(report.mass)"
  }
}
