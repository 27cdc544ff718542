import Measures
public import Metering

/// Holds what a meter made of a day against what had to come of it.
public struct RunAudit {
  /// What is wrong, in sentences; empty for a day that holds.
  public private(set) var findings: [String] = []
  /// Of runs, in true milliseconds.
  public internal(set) var figures = Figures()

  public struct Figures: Sendable {
    public var runs = 0
    public var readings = 0
    /// Run time in which data flowed, and its part in each way of settling a gap.
    public var flowed: Int64 = 0
    public var gaps: [Metering.Gap.Settlement: Int64] = [:]
    public var gapCount = 0
    public var unmeasured = 0
    /// How often machines truly changed while data flowed, and by how much each run's states were off together.
    public var changes = 0
    public var off: Int64 = 0
    /// Runs by how far the worst state was off, in longest intervals between readings per change.
    public var worst = 0.0

    public init() {}
  }

  let run: RunDay
  let timeline: RunTimeline
  private var day: FloorDay { run.day }
  private var clock: FloorClock { run.day.clock }

  public init(_ run: RunDay, _ facts: [Fact], otherwise: Daemon.Otherwise = []) {
    self.run = run
    timeline = RunTimeline(run.day, otherwise: otherwise)
    let stretches = facts.compactMap { if case .stretch(let stretch) = $0 { stretch } else { nil } }
    figures.readings = timeline.times.count
    for (number, bounds) in run.day.runs.enumerated() {
      let id = RunID("R\(number)")
      let own = stretches.filter { $0.account.run == id }
      tile(own, bounds, "R\(number)")
      for stretch in own { judge(stretch, bounds, "R\(number)") }
      measure(own, bounds, "R\(number)")
      figures.runs += 1
    }
    judgeNobody(stretches.filter { $0.account.run == nil })
  }

  func times(_ stretch: Stretch) -> (from: Int64, to: Int64) {
    (clock.time(of: stretch.from), clock.time(of: stretch.to))
  }

  mutating func find(_ who: String, _ stretch: Stretch?, _ text: String) {
    let place = stretch.map {
      let (from, to) = times($0)
      return " \($0.state.rawValue) from \(from) to \(to) ms (\($0.gap?.settlement.rawValue ?? "no gap"))"
    }
    findings.append("\(who)\(place ?? ""): \(text)")
  }

  /// A run is its stretches, from its beginning to its end, without hole or overlap.
  private mutating func tile(_ stretches: [Stretch], _ bounds: (from: Int64, to: Int64), _ who: String) {
    var reached = bounds.from
    for stretch in stretches {
      let (from, to) = times(stretch)
      if from != reached { find(who, stretch, "what was before it reaches to \(reached) ms") }
      if to <= from { find(who, stretch, "it is empty") }
      reached = to
    }
    if reached != bounds.to { find(who, nil, "it ends at \(bounds.to) ms, its stretches at \(reached)") }
  }

  private mutating func judge(_ stretch: Stretch, _ bounds: (from: Int64, to: Int64), _ who: String) {
    let (from, to) = times(stretch)
    let span = clock.span(from: from, to: to)
    if stretch.span != span { find(who, stretch, "its span is \(text(stretch.span)), not \(text(span))") }
    guard let gap = stretch.gap else {
      if let other = timeline.firstOther(than: stretch.state, from: from, to: to),
        !isTiny(stretch, from, to, bounds)
      {
        find(who, stretch, "at \(other) ms it was \(timeline.state(at: other)?.rawValue ?? "not known")")
      }
      return
    }
    if gap.from != stretch.from || gap.to != stretch.to { find(who, stretch, "its gap is another time") }
    guard let (hole, before) = hole(from, to, bounds) else {
      find(who, stretch, "data flowed, or the gap begins or ends elsewhere")
      return
    }
    let rules = before.map { rule($0, hole.to == to ? hole.after : nil, span) }
    let isRight = rules.contains { $0.settlement == gap.settlement && $0.state == stretch.state }
    if !isRight, let rule = rules.first {
      find(who, stretch, "by its rule it is \(rule.settlement?.rawValue ?? "no gap"), \(rule.state.rawValue)")
    }
  }

  /// The gap that a stretch covers from its beginning, or the run's, to its end, or the run's; with what the machine
  /// may last have been known to do before it: after a kill the last change may have been forgotten.
  private func hole(
    _ from: Int64, _ to: Int64, _ bounds: (from: Int64, to: Int64)
  ) -> (gap: RunTimeline.Gap, before: [MachineState?])? {
    for index in timeline.gaps.indices {
      let gap = timeline.gaps[index]
      guard to == gap.to || to == bounds.to && to < gap.to else { continue }
      if let before = before(from, index, bounds) { return (gap, before) }
    }
    return nil
  }

  /// - Returns: `nil` where a gap of that number does not begin there.
  private func before(_ from: Int64, _ index: Int, _ bounds: (from: Int64, to: Int64)) -> [MachineState?]? {
    let gap = timeline.gaps[index]
    let joined = gap.joinsLast && index > 0 ? before(from, index - 1, bounds) : nil
    guard gap.earliest <= from && from <= gap.latest || from == bounds.from && from >= gap.earliest else {
      return joined
    }
    guard gap.latest > gap.earliest else { return (joined ?? []) + [gap.before] }
    // The gap begins at the run's own beginning, or somewhere before that.
    let begins = from > gap.latest ? gap.earliest...gap.latest : from...from
    return (joined ?? []) + [gap.before] + timeline.states(begins.lowerBound - 1...begins.upperBound)
  }

  /// How a gap has to be settled.
  ///
  /// - Parameters:
  ///   - after: `nil`: a run ended in it, and nobody knows yet what the machine will do.
  ///   - span: of the run's part of the gap. A part of up to ten seconds is settled as a short gap is, even of a longer
  ///     one: it is all of it that is on the run's line.
  private func rule(
    _ before: MachineState?, _ after: MachineState?, _ span: Span?
  ) -> (settlement: Metering.Gap.Settlement?, state: MachineState) {
    let isShort = span.map { $0 <= .seconds(10) } ?? false
    if let before, isShort, after == before {
      return (span.map { $0 <= .seconds(1) } ?? false ? nil : .bridged, before)
    }
    let isAtWork = after.map { $0 == .running || $0 == .preparing }
    // Standing on both sides is standing; of a machine that was never heard before only what follows tells.
    let isStanding =
      before.map { $0 != .running && $0 != .preparing && isAtWork != true } ?? (isAtWork == false)
    if isStanding { return (.skipped, .unknown) }
    if run.policy == .bill, let before { return (.billed, before) }
    return (run.policy == .hold && !isShort ? .held : .skipped, .unknown)
  }

  /// A pause of up to a second with the same state on both sides is no gap.
  private func isTiny(_ stretch: Stretch, _ from: Int64, _ to: Int64, _ bounds: (from: Int64, to: Int64))
    -> Bool
  {
    guard to - from <= 1000, let (gap, before) = hole(from, to, bounds), gap.to == to else { return false }
    return gap.after == stretch.state && before.contains(stretch.state)
  }

  private func text(_ span: Span?) -> String { span.map { "\($0.milliseconds) ms" } ?? "not known" }
}

extension RunAudit {
  /// What was at work outside of any run, as far as data flowed, is kept; each second of it once.
  private mutating func judgeNobody(_ stretches: [Stretch]) {
    var reached: Int64 = 0
    var kept: Int64 = 0
    for stretch in stretches {
      let (from, to) = times(stretch)
      if from < reached { find("nobody", stretch, "what was before it reaches to \(reached) ms") }
      reached = to
      if stretch.gap == nil { kept += to - from }
      if let run = run.day.runs.first(where: { $0.from < to && from < $0.to }) {
        find("nobody", stretch, "it is the run's from \(run.from) ms")
      }
      if stretch.gap == nil, let other = timeline.firstOther(than: stretch.state, from: from, to: to),
        !isTiny(stretch, from, to, (run.day.runs.contains { $0.to == from } ? from : .min, .max))
      {
        find("nobody", stretch, "at \(other) ms it was \(timeline.state(at: other)?.rawValue ?? "not known")")
      }
    }
    var busy: Int64 = 0
    for known in timeline.known where known.state.isBusy {
      busy += known.to - known.from
      for run in run.day.runs { busy -= max(0, min(known.to, run.to) - max(known.from, run.from)) }
    }
    let slack = timeline.gaps.reduce(Int64(0)) {
      $0 + ($1.earliest == .min ? 0 : $1.latest - $1.earliest + 1000)
    }
    if kept > busy + slack || kept < busy - slack {
      find("nobody", nil, "\(kept) ms of work are kept of \(busy)")
    }
  }
}

extension RunAudit.Figures {
  public mutating func add(_ other: RunAudit.Figures) {
    runs += other.runs
    readings += other.readings
    flowed += other.flowed
    gaps.merge(other.gaps) { $0 + $1 }
    gapCount += other.gapCount
    changes += other.changes
    off += other.off
    worst = max(worst, other.worst)
  }
}
