import Measures

/// How well runs were measured, over many days.
public struct Scorecard: Sendable {
  /// How many of what.
  public struct Share: Sendable {
    public var count = 0
    public var of = 0

    public init() {}

    public var percent: Double { of == 0 ? 0 : Double(count) * 100 / Double(of) }

    mutating func add(_ counts: Bool) {
      of += 1
      count += counts ? 1 : 0
    }
  }

  /// Of one kind of runs.
  public struct Tally: Sendable {
    /// Off by no more than max(2 divisions, 0.5 %).
    public var within = Share()
    /// Something on the line says that something happened.
    public var marked = Share()
    /// Its amount cannot be bounded, so that its draft is held until somebody says how much it was.
    public var held = 0

    public init() {}
  }

  public private(set) var all = Tally()
  public private(set) var clean = Tally()
  /// Of runs with one fault alone.
  public private(set) var byFault: [ScaleDay.Fault: Tally] = [:]
  /// Runs with one fault alone that are off by more.
  public private(set) var misses: [ScaleDay.Fault: [String]] = [:]
  /// Runs with none or several that are off by more.
  public private(set) var otherMisses: [String] = []
  /// Runs that are off by more, and nothing on their lines says so.
  public private(set) var silent: [String] = []
  private var divisions: [Double] = []

  public init() {}

  public mutating func add(_ day: ScaleDay, _ verdicts: [Contender.Verdict], seed: UInt64) {
    for (number, (run, verdict)) in zip(day.runs, verdicts).enumerated() {
      let division = Double(day.division.base)
      let used = Double(run.used) / 1000
      let off = Double(verdict.milligrams) - used
      if !verdict.isHeld { divisions.append(abs(off) / division) }
      let isWithin = abs(off) <= max(2 * division, used * 0.005)
      all.add(isWithin, verdict)
      if run.faults.isEmpty { clean.add(isWithin, verdict) }
      let faults = run.faults.map(\.rawValue).sorted().joined(separator: ", ")
      let text =
        "seed \(seed) run \(number) (\(faults)): \(Int(off)) mg of \(Int(used)) mg, division \(day.division)"
      if run.faults.count == 1, let fault = run.faults.first {
        byFault[fault, default: Tally()].add(isWithin, verdict)
        if !isWithin, !verdict.isHeld { misses[fault, default: []].append(text) }
      } else if !isWithin, !verdict.isHeld {
        otherMisses.append(text)
      }
      if !isWithin, verdict.isPlain { silent.append(text) }
    }
  }

  /// What a run is off by, in divisions of its scale: half of them by less.
  public var median: Double { quantile(50) }
  /// 99 of 100 by less.
  public var percentile99: Double { quantile(99) }

  private func quantile(_ percent: Int) -> Double {
    divisions.isEmpty ? 0 : divisions.sorted()[min(divisions.count - 1, divisions.count * percent / 100)]
  }
}

extension Scorecard.Tally {
  mutating func add(_ isWithin: Bool, _ verdict: Contender.Verdict) {
    marked.add(!verdict.marks.isEmpty)
    if verdict.isHeld { held += 1 } else { within.add(isWithin) }
  }
}
