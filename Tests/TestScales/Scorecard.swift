import Measures

/// How well runs were measured, over many days.
public struct Scorecard: Sendable {
  public private(set) var runs = 0
  /// Of what a run may be off by, max(2 divisions, 0.5 %).
  public private(set) var within = 0
  /// Off by more, and nothing on the line says so: by seed and run.
  public private(set) var silent: [String] = []
  public private(set) var clean = 0
  public private(set) var cleanMarked = 0
  public private(set) var cleanWithin = 0
  public private(set) var cleanWrong: [String] = []
  public private(set) var byFault: [ScaleDay.Fault: (runs: Int, within: Int, marked: Int)] = [:]
  private var divisions: [Double] = []
  /// Of max(5 divisions, 0.5 %).
  private var shares: [Double] = []
  private var worst = 0.0

  public init() {}

  public mutating func add(_ day: ScaleDay, _ verdicts: [Contender.Verdict], seed: UInt64) {
    for (number, (run, verdict)) in zip(day.runs, verdicts).enumerated() {
      let division = Double(day.division.base)
      let used = Double(run.used) / 1000
      let error = abs(Double(verdict.milligrams) - used)
      runs += 1
      divisions.append(error / division)
      shares.append(error / max(5 * division, used * 0.005))
      worst = max(worst, error / division)
      let isWithin = error <= max(2 * division, used * 0.005)
      if isWithin { within += 1 }
      if !isWithin, verdict.isPlain {
        let faults = run.faults.map(\.rawValue).sorted().joined(separator: "+")
        silent.append(
          "seed \(seed) run \(number) \(faults) off \((Double(verdict.milligrams) - used) / division) d of \(used / division) d, \(verdict.marks.sorted())")
      }
      if run.faults.isEmpty {
        clean += 1
        if !verdict.isPlain { cleanMarked += 1 }
        if isWithin { cleanWithin += 1 } else {
          cleanWrong.append("seed \(seed) run \(number) off \((Double(verdict.milligrams) - used) / division) d of \(used / division) d, \(verdict.marks.sorted())")
        }
      }
      for fault in run.faults where run.faults.count == 1 {
        var row = byFault[fault] ?? (0, 0, 0)
        row.runs += 1
        row.within += isWithin ? 1 : 0
        row.marked += verdict.isPlain ? 0 : 1
        byFault[fault] = row
      }
    }
  }

  public var median: Double { quantile(0.5, of: divisions) }
  public var percentile99: Double { quantile(0.99, of: divisions) }
  /// At most 1 where 99 of 100 runs are within max(5 divisions, 0.5 %).
  public var share99: Double { quantile(0.99, of: shares) }
  public var withinShare: Double { runs == 0 ? 0 : Double(within) / Double(runs) }
  public var worstDivisions: Double { worst }

  private func quantile(_ share: Double, of values: [Double]) -> Double {
    guard !values.isEmpty else { return 0 }
    return values.sorted()[min(values.count - 1, Int(Double(values.count) * share))]
  }
}
