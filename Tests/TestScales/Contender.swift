import Measures
import Metering

/// A way of telling what each run used from what a scale said.
public enum Contender: String, CaseIterable, Sendable {
  /// The program's own meter.
  case meter
  /// The sum of all downward steps.
  case steps
  /// The first reading of the run minus the last.
  case ends

  /// What one run is billed, and whether it is marked.
  public struct Verdict: Sendable {
    public var milligrams: Int64 = 0
    /// Marks of the meter, and `gap` for one that shows.
    public var marks: Set<String> = []
    public var estimated: Int64 = 0
  }

  public func judge(_ day: ScaleDay) -> (runs: [Verdict], unattributed: Int64) {
    switch self {
    case .meter: metered(day)
    case .steps: naive(day) { $0 > $1 ? $0 - $1 : 0 }
    case .ends: naive(day) { $0 - $1 }
    }
  }

  private func naive(_ day: ScaleDay, _ step: (Int64, Int64) -> Int64) -> (runs: [Verdict], unattributed: Int64) {
    var verdicts = day.runs.map { _ in Verdict() }
    var unattributed: Int64 = 0
    var run: Int?
    var last: Int64?
    for event in day.steps {
      switch event.event {
      case .opened(let number): run = number
      case .closed: run = nil
      case .rejected: break
      case .sample(let mass, _):
        if let last {
          let used = step(last, mass.base)
          if let run { verdicts[run].milligrams += used } else { unattributed += used }
        }
        last = mass.base
      }
    }
    return (verdicts, unattributed)
  }

  private func metered(_ day: ScaleDay) -> (runs: [Verdict], unattributed: Int64) {
    guard let channel = ChannelID("scale/weight") else { return ([], 0) }
    var meter = ScaleMeter(
      channel: channel,
      parameters: ScaleParameters(division: day.division, maxUseRate: day.maxUseRate, maxAge: .seconds(10)))
    var facts: [Fact] = []
    var ticked: Int64 = 0
    func id(_ number: Int) -> RunID? { RunID("R\(number)") }
    for step in day.steps {
      while ticked + 1000 < step.milliseconds {
        ticked += 1000
        meter.tick(Self.moment(ticked), into: &facts)
      }
      let moment = Self.moment(step.milliseconds)
      switch step.event {
      case .sample(let mass, let stable): meter.apply(mass, stable: stable, at: moment, into: &facts)
      case .rejected: meter.reject()
      case .opened(let number): meter.charge(Account(run: id(number)), at: moment, into: &facts)
      case .closed(let number): if let run = id(number) { meter.settle(run, at: moment, into: &facts) }
      }
    }
    return Self.sum(facts, runs: day.runs.count)
  }

  private static func sum(_ facts: [Fact], runs: Int) -> (runs: [Verdict], unattributed: Int64) {
    var verdicts = (0..<runs).map { _ in Verdict() }
    var unattributed: Int64 = 0
    for case .segment(let segment) in facts {
      guard let run = segment.account.run, let number = Int(run.text.dropFirst()) else {
        unattributed += segment.amount
        continue
      }
      verdicts[number].milligrams += segment.amount
      verdicts[number].estimated += segment.estimated
      for mark in segment.marks { verdicts[number].marks.insert(mark.rawValue) }
      if segment.gaps.contains(where: \.isNotable) { verdicts[number].marks.insert("gap") }
    }
    return (verdicts, unattributed)
  }

  private static func moment(_ milliseconds: Int64) -> Moment {
    Moment(
      boot: 1, uptime: .milliseconds(milliseconds),
      wall: WallTime(milliseconds: 1_795_000_000_000 + milliseconds), isWallTrusted: true)
  }
}

extension Contender.Verdict {
  /// Nothing on the line says that anything happened.
  public var isPlain: Bool {
    marks.subtracting(["lifted_and_returned", "restarted", "material_assumed"]).isEmpty
  }
}
