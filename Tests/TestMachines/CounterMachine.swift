import Measures
import Metering
import TestShop

/// A machine that counts what it uses, or somebody's plug that does, with what such counters are known to do.
struct CounterMachine: FloorMachine {
  let kind: ChannelKind
  let counterKind: CounterKind
  /// The counter's smallest step, in the channel's base unit.
  let resolution: Int64
  /// In millionths of the base unit, as is all of what follows but `low` and `high`.
  private(set) var used: Int64 = 0
  private var counted: Int64
  private let usualRate: Int64
  private var rate: Int64 = 0
  private var nextChange: Int64 = 0
  private var now: Int64 = 0

  /// What the device had stored of its total, to come back with after a loss of power.
  private var saved: Int64
  private var nextSave: Int64 = 0
  /// Starting up, it does not count what is used.
  private var countsFrom: Int64 = 0
  /// Drawn back, and pushed out again by then.
  private var retracted: Int64 = 0
  private var retractedUntil: Int64 = 0
  /// Readings to come that say something else.
  private var lies: [Int64] = []
  private(set) var starts: [CounterDay.Start] = []
  private(set) var faults: [CounterDay.Fault: Int] = [:]

  init(_ dice: inout SeededGenerator) {
    kind = dice.pick([.energy, .energy, .pieces, .materialUsed], or: .energy)
    switch kind {
    case .energy:
      counterKind = .lifetime
      resolution = dice.pick([1, 100, 1_000, 10_000], or: 1)
      // 30 W to 20 kW: milliwatt hours are power ÷ 3,600 a millisecond.
      usualRate = dice.int(30...dice.pick([200, 20_000], or: 200)) * 1_000_000 / 3_600
    case .pieces:
      counterKind = dice.chance(50) ? .perJob : .lifetime
      resolution = 1
      // One in 1 to 300 s.
      usualRate = 1_000_000 / (dice.int(1...300) * 1000) + 1
    default:
      counterKind = dice.chance(70) ? .perJob : .lifetime
      resolution = dice.pick([1, 10, 100], or: 1)
      // 15 to 90 g/h.
      usualRate = dice.int(4_000...25_000)
    }
    let isOld = counterKind == .lifetime && dice.chance(80)
    counted = isOld ? dice.int(10_000...53_700_000_000) * 1_000_000 : 0
    saved = counted
  }

  var shown: Int64 {
    let value = max(0, counted - (now < retractedUntil ? retracted : 0)) / 1_000_000
    return value / resolution * resolution
  }

  mutating func pass(to time: Int64, _ dice: inout SeededGenerator) {
    while now < time {
      let next = min(time, max(now + 1, nextChange))
      // Nothing is used while it is drawn back.
      let use = now < retractedUntil ? 0 : rate * (next - now)
      used += use
      if now >= countsFrom { counted += use }
      now = next
      if now >= nextChange {
        rate = dice.chance(75) ? usualRate * dice.int(30...130) / 100 : 0
        nextChange = now + dice.int(2_000...400_000)
      }
      if now >= nextSave {
        saved = counted
        nextSave = now + dice.int(60_000...1_800_000)
      }
    }
  }

  mutating func word(_ dice: inout SeededGenerator) -> ReadingValue {
    let value = lies.popLast() ?? shown
    return kind == .energy ? .energy(Energy(base: value)) : .count(value)
  }

  mutating func suffer(_ dice: inout SeededGenerator) -> Int64 {
    let choices = CounterDay.Fault.allCases.filter { fault in
      switch fault {
      case .low, .high, .littleHigh: true
      case .reset, .lowered: counterKind == .lifetime
      case .job: counterKind == .perJob
      // A counter of a machine's whole life is no axis that goes back and forth.
      case .retraction: counterKind == .perJob && kind == .materialUsed
      }
    }
    guard let fault = choices.randomElement(using: &dice) else { return 0 }
    faults[fault, default: 0] += 1
    let silence = dice.int(0...20_000)
    switch fault {
    case .low:
      let low = dice.pick([0, shown / 1000, dice.int(0...max(0, shown - 1))], or: 0)
      lies = Array(repeating: low, count: dice.chance(70) ? 1 : 2)
    case .high:
      lies = [shown + dice.pick([1 << 31, 1 << 36, shown + 10_000_000, 53_700_000_000], or: 1 << 31)]
    case .littleHigh: lies = [shown + dice.int(1...CounterDay.believedRise(kind))]
    case .reset:
      start(from: 0)
      if dice.chance(50) { countsFrom = now + silence }
      return silence
    case .lowered:
      start(from: saved)
      return silence
    case .job: start(from: 0)
    case .retraction:
      retracted = dice.int(1...499) * 1_000_000
      retractedUntil = now + dice.int(500...20_000)
      // What is drawn back was pushed out before, in this job.
      if counted < 2 * retracted { retractedUntil = 0 }
    }
    return 0
  }

  private mutating func start(from value: Int64) {
    let before = shown
    counted = value
    saved = value
    retractedUntil = 0
    starts.append(CounterDay.Start(at: now, before: before, after: shown))
  }
}
