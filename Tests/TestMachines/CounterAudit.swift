import Measures
public import Metering

/// Holds what a counter's meter made of a day against what was truly used.
///
/// A run has what was used from the last reading before it to the first after it. So it may have more than was used
/// in it by what was used in those two intervals, and by no more; and it may have less by what nobody could count.
public struct CounterAudit {
  /// What is wrong, in sentences; empty for a day that holds.
  public private(set) var findings: [String] = []
  public private(set) var runs: [Run] = []

  public struct Run: Sendable {
    /// In millionths of the base unit.
    public let used: Int64
    public let amount: Int64
    /// To where it may be, for the intervals at its ends alone.
    let isWithinEnds: Bool
    public let marks: Set<Mark>
    public let isPlain: Bool
    /// Charged twice what was used, and more than lone readings cost.
    public let isGross: Bool
  }

  private let counter: CounterDay
  private let hearing: CounterHearing

  public init(_ counter: CounterDay, _ facts: [Fact]) {
    self.counter = counter
    hearing = CounterHearing(counter)
    let segments = facts.compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
    for segment in segments where segment.amount < 0 {
      findings.append(
        "\(segment.account.run?.text ?? "nobody"): \(segment.amount) used, which is less than nothing")
    }
    for (number, bounds) in hearing.bounds.enumerated() {
      let own = segments.filter { $0.account.run == RunID("R\(number)") }
      judge(own, number, bounds.used, bounds.time)
    }
    conserve(segments)
    let settled = facts.compactMap { if case .settled(_, let run, _) = $0 { run } else { nil } }
    for number in counter.day.runs.indices where settled.filter({ $0 == RunID("R\(number)") }).count != 1 {
      findings.append("R\(number): it is not settled once")
    }
  }

  private mutating func judge(
    _ segments: [Segment], _ number: Int, _ used: (from: Int64, to: Int64), _ time: (from: Int64, to: Int64)
  ) {
    let amount = segments.reduce(0) { $0 + $1.amount } * 1_000_000
    let marks = Set(segments.flatMap(\.marks))
    let truth = used.to - used.from
    let next = number + 1 < hearing.bounds.count ? hearing.bounds[number + 1].time.from : .max
    let first = base(of: time.from)
    let last = end(of: time.to, next)
    // The counter's own step, at both ends.
    let step = 2 * counter.resolution * 1_000_000
    let begin = first.map { hearing.good[$0] }
    let end = last.map { hearing.good[$0] }
    let most = max(0, (end?.used ?? used.to) - min(begin?.used ?? used.from, used.to)) + step
    let span = min(begin?.at ?? time.from, time.from)...max(begin?.at ?? time.from, end?.at ?? time.to)
    let believed = believedLows(in: span)
    let excess = littleHighs(in: span) + lowered(in: span, marks) + believed
    if amount > most + excess {
      findings.append(
        "R\(number): \(amount / 1_000_000) for at most \((most + excess) / 1_000_000), truly \(truth / 1_000_000); \(names(marks))"
      )
    }
    let lost = losses(in: span)
    var least = truth - lost - step - believed
    if marks.contains(.firstSeenInRun) {
      least -= (hearing.firstKept(after: time.from)?.used ?? used.to) - used.from
    }
    least -= tail(of: used.to, time.to, next, isUnstable: marks.contains(.endUnstable))
    if amount < least, !marks.contains(.neverRead) {
      findings.append(
        "R\(number): \(amount / 1_000_000) for at least \(least / 1_000_000), truly \(truth / 1_000_000); \(names(marks))"
      )
    }
    judgeMarks(segments, marks, number, time, (begin, end))
    let isWithinEnds = amount <= most && amount >= truth - step
    let gaps = segments.flatMap(\.gaps).contains(where: \.isNotable)
    runs.append(
      Run(
        used: truth, amount: amount, isWithinEnds: isWithinEnds, marks: marks,
        isPlain: marks.isEmpty && !gaps,
        isGross: amount > 2 * most + 4 * CounterDay.believedRise(counter.kind) * 1_000_000))
  }

  /// The reading from which a run counts: the last before it, while that stands; else the first in it.
  private func base(of time: Int64) -> Int? {
    let next = hearing.good.partitioningIndex { $0.came > time }
    let after = next < hearing.good.count ? next : nil
    guard let last = hearing.last(by: time) else { return after }
    let heard = hearing.good[last].at
    // A kill may have forgotten what came after it, and lets it stand as long as the daemon was alive.
    let isForgotten = last + 1 < next
    if let maxAge = counter.day.maxAge, !isForgotten, time - heard > 2 * maxAge + Daemon.tickEvery {
      return after
    }
    // One that is present stands until it is gone; ten seconds after a kill or a nap it is.
    if counter.day.maxAge == nil, !isForgotten,
      hearing.losses.contains(where: { $0 >= heard && $0 + 10_000 + 2 * Daemon.tickEvery < time })
    {
      return after
    }
    return last
  }

  /// The reading up to which a run may count: the first after it, or, where that rises too far to be believed alone,
  /// one of the two that bear it out; within a minute, and not beyond the next run's beginning.
  private func end(of time: Int64, _ next: Int64) -> Int? {
    let begin = hearing.good.partitioningIndex { $0.at > time }
    let limit = time + 60_000 + 2 * Daemon.tickEvery
    var found = begin > 0 ? begin - 1 : nil
    for index in begin..<min(begin + 3, hearing.good.count)
    where hearing.good[index].came <= next && hearing.good[index].at <= limit {
      found = index
    }
    return found
  }

  /// What was used between the last reading in a run and its end, where no reading after it could be waited for.
  private func tail(of used: Int64, _ time: Int64, _ next: Int64, isUnstable: Bool) -> Int64 {
    let begin = hearing.good.partitioningIndex { $0.at > time }
    let isCutShort = begin >= hearing.good.count || hearing.good[begin].came >= next
    guard isUnstable || isCutShort else { return 0 }
    // Unstable: the newest reading stood out, and the one before it was taken.
    let last = (hearing.last(by: max(time, min(next, time))) ?? 0) - (isUnstable ? 1 : 0)
    guard last >= 0, last < hearing.good.count else { return used }
    return max(0, used - hearing.good[last].used)
  }

  private func names(_ marks: Set<Mark>) -> String { marks.map(\.rawValue).sorted().joined(separator: ", ") }
}

extension CounterAudit {
  /// A lone reading that stands out by no more than what costs next to nothing is believed at once, and where a run or
  /// a segment ends at it, it is charged.
  private func littleHighs(in span: ClosedRange<Int64>) -> Int64 {
    let limit = CounterDay.believedRise(counter.kind)
    return hearing.high.reduce(0) { $0 + (span.contains($1.at) && $1.by <= limit ? $1.by * 1_000_000 : 0) }
  }

  /// A reading that is too low, and yet no lower than what was heard last: after a silence, nobody can tell. It moves
  /// what was used from one account to the other, and loses nothing.
  private func believedLows(in span: ClosedRange<Int64>) -> Int64 {
    hearing.low.reduce(0) { $0 + (span.contains($1.at) && $1.by > 0 ? $1.by * 1_000_000 : 0) }
  }

  /// A total that was lowered to less than half, and to what costs next to nothing or may have been used since the last
  /// reading, at a pace that varies, cannot be told from one that counts from zero. Its line is marked.
  private func lowered(in span: ClosedRange<Int64>, _ marks: Set<Mark>) -> Int64 {
    guard marks.contains(.counterReset) else { return 0 }
    return counter.starts.reduce(0) { sum, start in
      guard span.contains(start.at), start.after > 0, start.after <= start.before / 2 else { return sum }
      let after = hearing.good.partitioningIndex { $0.at > start.at }
      guard after > 0, after < hearing.good.count else { return sum }
      let meanwhile = hearing.good[after].used - hearing.good[after - 1].used
      let limit = max(2 * CounterDay.believedRise(counter.kind) * 1_000_000, 6 * meanwhile)
      return sum + (start.after * 1_000_000 <= limit ? hearing.good[after].shown * 1_000_000 : 0)
    }
  }

  /// What nobody could count where a counter began anew: what was used from the last reading before it to the first
  /// after it.
  private func losses(in span: ClosedRange<Int64>) -> Int64 {
    counter.starts.reduce(0) { sum, start in
      let after = hearing.good.partitioningIndex { $0.at > start.at }
      guard after < hearing.good.count else { return sum }
      let last = hearing.last(by: start.at)
      let isLone = last.map { isDropped($0, at: start) } ?? false
      let before = last.map { hearing.good[$0 - (isLone ? 1 : 0)] }
      guard hearing.good[after].at >= span.lowerBound, before?.at ?? 0 <= span.upperBound else { return sum }
      // One that counted so little that it has overtaken what it was before three readings agree was not seen to fall:
      // what it was is lost, and it is no more than was used since.
      let seen = hearing.good[after..<min(after + 6, hearing.good.count)]
      let overtaking = seen.firstIndex { $0.shown >= before?.shown ?? 0 }
      return sum + hearing.good[overtaking ?? after].used - (before?.used ?? 0) + 2 * counter.resolution
        * 1_000_000
    }
  }

  /// Whether the last reading before a fall may be taken for one that stood out: no second one bears it out, and
  /// either it rose by more than costs next to nothing, or the counter goes on where it was before that reading.
  private func isDropped(_ last: Int, at start: CounterDay.Start) -> Bool {
    guard last > 0 else { return false }
    let before = hearing.good[last - 1].shown
    return before <= start.after || hearing.good[last].shown - before > CounterDay.believedRise(counter.kind)
  }

  /// All that was used between the day's first reading and its last is somebody's or nobody's, once.
  private mutating func conserve(_ segments: [Segment]) {
    guard let first = hearing.good.first, let last = hearing.good.last else { return }
    let sum = segments.reduce(0) { $0 + $1.amount } * 1_000_000
    let used = last.used - first.used
    let day = first.at...last.at
    let step = 2 * counter.resolution * 1_000_000
    if sum > used + step + littleHighs(in: day) + lowered(in: day, [.counterReset]) {
      findings.append("all: \(sum / 1_000_000) of \(used / 1_000_000) truly used")
    }
    if sum < used - step - losses(in: day) {
      findings.append("all: only \(sum / 1_000_000) of \(used / 1_000_000) truly used")
    }
  }

  /// What a line must not hide.
  private mutating func judgeMarks(
    _ segments: [Segment], _ marks: Set<Mark>, _ number: Int, _ time: (from: Int64, to: Int64),
    _ ends: (CounterHearing.Heard?, CounterHearing.Heard?)
  ) {
    if segments.isEmpty { findings.append("R\(number): there is no segment") }
    // Of one first seen in the run, what was before that is not on its line.
    let seen = marks.contains(.firstSeenInRun) ? hearing.firstKept(after: time.from) : ends.0
    guard let begin = seen, let end = ends.1, !marks.contains(.neverRead) else { return }
    for kill in hearing.kills where kill > max(time.from, begin.came) && kill < time.to {
      if !marks.contains(.restarted) { findings.append("R\(number): the kill at \(kill) ms is not marked") }
    }
    for start in counter.starts where counter.counterKind == .lifetime && start.at > begin.at {
      let after = hearing.good.partitioningIndex { $0.at > start.at }
      let agreeing = hearing.all.filter { $0.at > start.at }.prefix(3)
      guard agreeing.count == 3,
        agreeing.allSatisfy({ $0.isTrue && $0.shown < start.before && $0.at < time.to }),
        after > 0, hearing.good[after - 1].shown == start.before || hearing.good[after - 1].at > begin.at
      else { continue }
      if hearing.good[after - 1].shown <= agreeing.last?.shown ?? 0 { continue }
      if !marks.contains(.counterReset) {
        findings.append("R\(number): the reset at \(start.at) ms is not marked")
      }
    }
    guard let maxAge = counter.day.maxAge else { return }
    let own = hearing.all.filter { $0.at >= max(begin.at, time.from) && $0.at <= min(end.at, time.to) }
    for (earlier, later) in zip(own, own.dropFirst()) where later.at - earlier.at > maxAge {
      let isTold = segments.flatMap(\.gaps).contains {
        counter.day.clock.time(of: $0.from) < later.at && counter.day.clock.time(of: $0.to) > earlier.at
      }
      if !isTold {
        findings.append("R\(number): the silence from \(earlier.at) to \(later.at) ms is not told")
      }
    }
  }
}
