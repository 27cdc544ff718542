import Metering

/// What is known of a machine over a day by the definition alone: from the readings that came and the times in
/// which none could. Written from the words of docs/metering.md, looking at the whole day at once, where the meter
/// sees one reading after another.
///
/// - A reading stands until the next. It does so for the age limit at most, else nothing is known from it on; for a
///   device that is present, until it says that it is gone, or says what nobody understands.
/// - A run that begins or ends while a reading stands has it up to there.
/// - What is older than what was settled already is not looked at.
struct RunTimeline {
  /// A time in which a reading stood.
  struct Known {
    var from: Int64
    var to: Int64
    var state: MachineState
  }

  /// A time in which nothing was known.
  struct Gap {
    /// It begins between these: after a kill where the daemon is known to have been alive last, and for a device that
    /// is present where the clock was last read.
    var earliest: Int64
    var latest: Int64
    /// The daemon was killed before it stored that the gap before this one was over: to it they are one.
    var joinsLast = false
    /// The next reading; `max`: there was none.
    var to: Int64
    /// What the readings on both sides said.
    var before: MachineState?
    var after: MachineState?
  }

  private(set) var known: [Known] = []
  private(set) var gaps: [Gap] = []
  /// Readings that were looked at.
  private(set) var times: [Int64] = []
  /// When the gateway slept.
  private(set) var sleeps: [(from: Int64, to: Int64)] = []

  private enum Cause: Equatable {
    /// The device is gone, or nobody could hear it.
    case away(Int64)
    case killed(Int64)
  }

  private let day: FloorDay
  private let ignoresKills: Bool
  private var heard: (at: Int64, state: MachineState)?
  /// Up to where a command settled that the reading stood.
  private var settled: Int64 = .min
  private var newest: Int64 = .min
  private var cause: Cause?
  private var isAway = false
  private var sleptAt: Int64 = 0

  init(_ day: FloorDay, otherwise: Daemon.Otherwise = []) {
    self.day = day
    ignoresKills = otherwise.contains(.neverKilled)
    for step in day.steps { take(step) }
    finish(to: .max, nil)
  }

  private mutating func take(_ step: FloorDay.Step) {
    switch step.event {
    case .said(.state(let state)):
      guard !isAway, step.takenAt >= newest else { return }
      finish(to: step.takenAt, state)
      heard = (step.takenAt, state)
      newest = step.takenAt
      settled = step.takenAt
      cause = nil
      times.append(step.takenAt)
    case .said(.rejected(let rejection)):
      guard !isAway else { return }
      if rejection == .offline || day.maxAge == nil && rejection == .unmappedState { blame(.away(step.at)) }
    case .said: break
    case .opened, .closed:
      newest = max(newest, step.at)
      if let heard, cause == nil, day.maxAge.map({ step.at - heard.at <= $0 }) ?? true { settled = step.at }
    case .slept:
      isAway = true
      sleptAt = step.at
    case .woke:
      isAway = false
      sleeps.append((sleptAt, step.at))
      // A device that is polled has its age limit; of one that is present nobody was there to hear it go.
      if day.maxAge == nil, step.at - sleptAt > 10_000 { blame(.away(sleptAt)) }
    case .killed:
      if ignoresKills { return }
      isAway = true
      blame(.killed(step.at))
    case .cut:
      isAway = true
      blame(.killed(step.at))
    case .started: isAway = false
    }
  }

  private mutating func blame(_ new: Cause) {
    switch (cause, new) {
    // That the device went is stored at the next tick; killed before it, nobody knows.
    case (.away(let left), .killed(let died)) where awake(died) - awake(left) <= Daemon.tickEvery: cause = new
    case (nil, _): cause = new
    default: break
    }
  }

  private mutating func finish(to next: Int64, _ after: MachineState?) {
    guard let heard else {
      gaps.append(Gap(earliest: .min, latest: .min, to: next, before: nil, after: after))
      return
    }
    let isTooOld = day.maxAge.map { next == .max || next - heard.at > $0 } ?? false
    guard cause != nil || isTooOld else {
      known.append(Known(from: heard.at, to: next == .max ? settled : next, state: heard.state))
      return
    }
    let (earliest, latest) = begin(of: heard.at)
    if latest > heard.at { known.append(Known(from: heard.at, to: latest, state: heard.state)) }
    var gap = Gap(earliest: earliest, latest: latest, to: next, before: heard.state, after: after)
    if case .killed(let died) = cause, let last = gaps.last {
      gap.joinsLast = awake(died) - awake(last.to) <= Daemon.tickEvery
      if gap.joinsLast { letStand(last) }
    }
    gaps.append(gap)
  }

  /// The reading that ended a gap is forgotten with the daemon, and the one before it stands as long as it may.
  private mutating func letStand(_ last: Gap) {
    guard let maxAge = day.maxAge, let state = last.before else { return }
    let stood = min(last.latest + maxAge, last.to)
    known.insert(
      Known(from: last.latest, to: stood, state: state), at: known.partitioningIndex { $0.from >= last.to })
    gaps[gaps.count - 1].latest = stood
  }

  /// Where the gap begins that follows a reading: where it last stood, by what anybody knew.
  private func begin(of heard: Int64) -> (Int64, Int64) {
    switch cause {
    case .killed(let died) where !wasTooOld(heard, at: died):
      // At most so much is lost: a checkpoint follows what counts every five seconds, the disk five later, at a tick.
      let lost = 2 * Daemon.commitEvery + 2 * Daemon.tickEvery + day.period
      let stored = beforeAwake(lost, died)
      let heard = day.maxAge == nil ? stored : times.last { $0 <= stored } ?? stored
      return (min(settled, heard), max(settled, died))
    case .away(let left) where day.maxAge == nil:
      let ticked = beforeAwake(Daemon.tickEvery, left)
      // A nap may have eaten the tick.
      let hasNapped = sleeps.contains { $0.to > ticked }
      return (max(settled, hasNapped ? beforeAwake(2 * Daemon.tickEvery, left) : ticked), left)
    default: return (settled, settled)
    }
  }

  /// A tick found it too old, and that is stored, before the daemon died.
  private func wasTooOld(_ heard: Int64, at died: Int64) -> Bool {
    guard let maxAge = day.maxAge else { return false }
    return awake(died) > awake(heard + maxAge) + Daemon.tickEvery
  }

  /// How long the gateway has been awake by then: only so it ticks, and stores.
  private func awake(_ time: Int64) -> Int64 {
    sleeps.reduce(time) { $0 - max(0, min(time, $1.to) - $1.from) }
  }

  /// The time at which it still had so long to be awake until `time`.
  private func beforeAwake(_ length: Int64, _ time: Int64) -> Int64 {
    sleeps.reversed().reduce(time - length) { $1.to > $0 ? $0 - ($1.to - $1.from) : $0 }
  }
}

extension RunTimeline {
  /// What stood at that time.
  func state(at time: Int64) -> MachineState? {
    let index = known.partitioningIndex { $0.to > time }
    guard index < known.count, known[index].from <= time else { return nil }
    return known[index].state
  }

  /// All that stood at any of those times.
  func states(_ times: ClosedRange<Int64>) -> [MachineState] {
    known[known.partitioningIndex { $0.to > times.lowerBound }...].prefix { $0.from <= times.upperBound }.map(
      \.state)
  }

  /// The first time within that something else stood, or nothing; `nil`: it is all of that state.
  func firstOther(than state: MachineState, from: Int64, to: Int64) -> Int64? {
    var index = known.partitioningIndex { $0.to > from }
    var reached = from
    while reached < to {
      guard index < known.count, known[index].from <= reached, known[index].state == state else {
        return reached
      }
      reached = known[index].to
      index += 1
    }
    return nil
  }
}

extension Array {
  /// The first for which it holds, where it holds for all that follow.
  func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
