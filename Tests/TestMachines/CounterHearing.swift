import Measures
import Metering

/// What came of a counter over a day, and what was true when it came: the ground that the counter's oracle stands on.
struct CounterHearing {
  struct Heard {
    /// When it was taken, and when it came.
    var at: Int64
    var came: Int64
    var said: Int64
    /// Millionths of the base unit truly used by then.
    var used: Int64
    var shown: Int64
    var isTrue: Bool { said == shown }
  }

  /// Readings that say what the counter stood at, in the order in which they came.
  private(set) var good: [Heard] = []
  /// Readings that stood out upward: when, and by how much.
  private(set) var high: [(at: Int64, by: Int64)] = []
  /// Readings below the counter, but not below the last good one: when, and by how much.
  private(set) var low: [(at: Int64, by: Int64)] = []
  /// All that came, true or not.
  private(set) var all: [Heard] = []
  private(set) var kills: [Int64] = []
  private(set) var sleeps: [(from: Int64, to: Int64)] = []
  /// Since when it was not heard, and could not be: gone, killed, asleep.
  private(set) var losses: [Int64] = []
  private(set) var bounds: [(used: (from: Int64, to: Int64), time: (from: Int64, to: Int64))] = []

  private let period: Int64

  init(_ counter: CounterDay) {
    period = counter.day.period
    var isAway = false
    var newest: Int64 = .min
    var opened: Int64 = 0
    for step in counter.day.steps {
      switch step.event {
      case .said(.energy(let energy)) where !isAway: hear(step, energy.base, &newest)
      case .said(.count(let count)) where !isAway: hear(step, count, &newest)
      case .said(.rejected(let rejection)) where !isAway:
        if rejection == .offline || rejection == .unmappedState { losses.append(step.at) }
      case .said: break
      case .opened: opened = step.used
      case .closed(let number): bounds.append(((opened, step.used), counter.day.runs[number]))
      case .killed, .cut:
        isAway = true
        kills.append(step.at)
        losses.append(step.at)
      case .slept:
        isAway = true
        sleeps.append((step.at, step.at))
        losses.append(step.at)
      case .woke:
        isAway = false
        sleeps[sleeps.count - 1].to = step.at
      case .started: isAway = false
      }
    }
  }

  private mutating func hear(_ step: FloorDay.Step, _ said: Int64, _ newest: inout Int64) {
    // Older than what was looked at: it tells nothing new.
    guard step.takenAt >= newest else { return }
    newest = step.takenAt
    let heard = Heard(at: step.takenAt, came: step.at, said: said, used: step.used, shown: step.shown)
    if said < heard.shown, said >= good.last?.said ?? 0 { low.append((heard.at, heard.shown - said)) }
    all.append(heard)
    if heard.isTrue { good.append(heard) }
    // A device that starts anew may say what it stood at before, and a little more.
    if said > heard.shown {
      high.append((heard.at, said - max(heard.shown, min(said, good.last?.shown ?? 0))))
    }
  }

  /// When what was heard before a kill was surely stored: twelve seconds, and a poll, of being awake before it.
  private func stored(before kill: Int64) -> Int64 {
    var stored = kill - 2 * Daemon.commitEvery - 2 * Daemon.tickEvery - period
    for sleep in sleeps.reversed() where sleep.to > stored && sleep.to <= kill {
      stored -= sleep.to - sleep.from
    }
    return stored
  }

  /// The last good reading that came by then and that no kill since may have made forgotten.
  func last(by time: Int64) -> Int? {
    var limit = time
    for kill in kills.reversed() where kill <= time {
      let index = good.partitioningIndex { $0.came > limit } - 1
      guard index >= 0, good[index].came <= kill else { continue }
      limit = min(limit, stored(before: kill))
    }
    let index = good.partitioningIndex { $0.came > limit } - 1
    return index < 0 ? nil : index
  }

  /// The first good reading after it that no kill may have made forgotten.
  func firstKept(after time: Int64) -> Heard? {
    let forgotten = kills.map { (from: stored(before: $0), to: $0) }
    return good[good.partitioningIndex { $0.came > time }...].first { heard in
      !forgotten.contains { $0.from <= heard.came && heard.came <= $0.to }
    }
  }
}
