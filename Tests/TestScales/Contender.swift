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
  }

  /// What each run of the day used, by what was heard alone.
  public func judge(_ day: ScaleDay) -> [Verdict] {
    switch self {
    case .meter: Self.sum(Self.facts(of: day), runs: day.runs.count)
    case .steps: naive(day) { $0 > $1 ? $0 - $1 : 0 }
    case .ends: naive(day) { $0 - $1 }
    }
  }

  private func naive(_ day: ScaleDay, _ step: (Int64, Int64) -> Int64) -> [Verdict] {
    var verdicts = day.runs.map { _ in Verdict() }
    var run: Int?
    var last: Int64?
    for event in day.steps {
      switch event.event {
      case .opened(let number): run = number
      case .closed: run = nil
      case .rejected, .working, .killed, .started: break
      case .sample(let mass, _):
        if let last, let run { verdicts[run].milligrams += step(last, mass.base) }
        last = mass.base
      }
    }
    return verdicts
  }

  /// What the meter makes of the day, ticked each second as the engine does.
  static func facts(of day: ScaleDay) -> [Fact] {
    guard let channel = ChannelID("scale/weight") else { return [] }
    var meter = ScaleMeter(
      channel: channel,
      parameters: ScaleParameters(division: day.division, maxUseRate: day.maxUseRate, maxAge: .seconds(10)))
    var facts: [Fact] = []
    var ticked: Int64 = 0
    var isDown = false
    var killedAt: Int64 = 0
    var stored = (meter: meter, facts: 0, at: Int64(0))
    func id(_ number: Int) -> RunID? { RunID("R\(number)") }
    for step in day.steps {
      while ticked + 1000 < step.milliseconds {
        ticked += 1000
        guard !isDown else { continue }
        meter.tick(Self.moment(ticked), into: &facts)
        // Facts and checkpoints go to the disk together, every five seconds.
        if ticked >= stored.at + 5000 { stored = (meter, facts.count, ticked) }
      }
      let moment = Self.moment(step.milliseconds)
      switch step.event {
      case .sample(let mass, let stable):
        meter.apply(mass, stable: stable, at: Self.moment(step.takenAt), into: &facts)
      case .rejected: meter.reject()
      case .working(let isWorking): meter.note(isWorking: isWorking, at: moment)
      case .opened(let number):
        meter.charge(Account(run: id(number)), at: moment, into: &facts)
        stored = (meter, facts.count, step.milliseconds)
      case .closed(let number):
        if let run = id(number) { meter.settle(run, at: moment, into: &facts) }
        stored = (meter, facts.count, step.milliseconds)
      case .killed:
        isDown = true
        killedAt = step.milliseconds
        meter = stored.meter
        facts.removeSubrange(stored.facts...)
      case .started:
        isDown = false
        meter.resume(lastAlive: Self.moment(killedAt / 1000 * 1000))
      }
    }
    return facts
  }

  private static func sum(_ facts: [Fact], runs: Int) -> [Verdict] {
    var verdicts = (0..<runs).map { _ in Verdict() }
    for case .segment(let segment) in facts {
      guard let run = segment.account.run, let number = Int(run.text.dropFirst()) else { continue }
      verdicts[number].milligrams += segment.amount
      for mark in segment.marks { verdicts[number].marks.insert(mark.rawValue) }
      if segment.gaps.contains(where: \.isNotable) { verdicts[number].marks.insert("gap") }
    }
    return verdicts
  }

  static func moment(_ milliseconds: Int64) -> Moment {
    Moment(
      boot: 1, uptime: .milliseconds(milliseconds),
      wall: WallTime(milliseconds: 1_795_000_000_000 + milliseconds), isWallTrusted: true)
  }
}

extension Contender.Verdict {
  /// Its draft is held until somebody says how much it was.
  public var isHeld: Bool { marks.contains("baseline_lost") || marks.contains("never_read") }

  /// Nothing on the line says that anything happened.
  public var isPlain: Bool {
    marks.subtracting(["lifted_and_returned", "restarted", "material_assumed"]).isEmpty
  }
}

extension Contender {
  /// What the meter made of the day, a line a fact.
  public static func story(of day: ScaleDay) -> [String] {
    let runs = day.runs.enumerated().map { number, run in
      "run \(number): used \(run.used / 1000) mg in \(run.seconds) s; \(run.faults.map(\.rawValue).sorted().joined(separator: ", "))"
    }
    return runs + facts(of: day).map(told)
  }

  private static func told(_ fact: Fact) -> String {
    func at(_ moment: Moment) -> String { "\(moment.uptime.seconds) s" }
    switch fact {
    case .segment(let segment):
      let marks = segment.marks.map(\.rawValue).joined(separator: ", ")
      let whose = segment.account.run?.text ?? "nobody"
      return
        "\(whose): \(at(segment.from)) to \(at(segment.to)): \(segment.first) to \(segment.last) mg, \(segment.gaps.count) gaps, estimated \(segment.estimated); \(marks)"
    case .loaded(_, let mass, let moment): return "load changed by \(mass) at \(at(moment))"
    case .settled(_, let run, let moment): return "\(run) settled at \(at(moment))"
    case .stretch, .changed: return "\(fact)"
    }
  }
}
