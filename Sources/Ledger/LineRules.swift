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
    switch line["type"]?.string {
    case "machine": machine(run).map { [$0] } ?? []
    case "material": report(run).map { [$0] } ?? []
    default: []
    }
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
    guard !run.materials.isEmpty, let report = run.reportedMaterial else { return nil }
    let weighed = run.materials.reduce(Mass.zero) { $0 + $1.mass }
    return "run \(run.id): the scales say \(weighed), the machine itself \(report.mass)"
  }
}
