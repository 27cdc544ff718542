import Measures
public import Metering
import TestShop

/// A machine that goes from state to state, and when it truly did.
struct RunMachine: FloorMachine {
  /// Each state from its true time on.
  private(set) var truth: [(at: Int64, state: MachineState)] = [(0, .idle)]
  private var nextChange: Int64
  private var flapsUntil: Int64 = 0
  private var now: Int64 = 0

  let kind = ChannelKind.runState
  let used: Int64 = 0
  let shown: Int64 = 0

  init(_ dice: inout SeededGenerator) {
    truth = [(0, dice.chance(50) ? .idle : .running)]
    nextChange = dice.int(0...60_000)
  }

  mutating func pass(to time: Int64, _ dice: inout SeededGenerator) {
    now = time
    while nextChange <= time {
      let states: [MachineState] = [
        .idle, .preparing, .running, .running, .running, .paused, .fault, .done, .failed,
      ]
      truth.append((nextChange, dice.pick(states, or: .idle)))
      let isFlapping = nextChange < flapsUntil
      nextChange += isFlapping ? dice.int(20...1_500) : dice.int(1_000...dice.pick([20_000, 900_000], or: 0))
    }
  }

  mutating func word(_ dice: inout SeededGenerator) -> ReadingValue {
    .state(truth.last?.state ?? .unknown)
  }

  /// A loose contact: states of 20 ms to 1.5 s for a while.
  mutating func suffer(_ dice: inout SeededGenerator) -> Int64 {
    flapsUntil = now + dice.int(1_000...90_000)
    nextChange = min(nextChange, now + dice.int(20...1_500))
    return 0
  }
}

/// A day at a machine's run state.
public struct RunDay: Sendable {
  public let day: FloorDay
  public let policy: GapPolicy
  let truth: [(at: Int64, state: MachineState)]

  public static func random(seed: UInt64) -> RunDay {
    var policy = GapPolicy.hold
    var maker = FloorMaker(seed: seed) { dice in
      policy = dice.pick(GapPolicy.allCases, or: .hold)
      return RunMachine(&dice)
    }
    maker.play()
    return RunDay(day: maker.day, policy: policy, truth: maker.machine.truth)
  }

  /// A meter as it is before the day.
  public var meter: Meter {
    let parameters = RunParameters(maxAge: day.maxAge.map { .milliseconds($0) }, onGap: policy)
    return .run(RunMeter(channel: day.channel, parameters: parameters))
  }

  /// The parameters, and what befell the day.
  public var story: [String] {
    let age = day.maxAge.map { "\($0) ms" } ?? "none"
    return ["max_age \(age), on_gap \(policy.rawValue), read every \(day.period) ms at most"] + day.story
  }

  /// How many milliseconds outside of its gaps may be another state than had the daemon never been killed.
  ///
  /// Of each kill a pause of up to a second that is no gap, and what a reading stood for while the daemon was alive
  /// though it grew too old until the next; and of each power cut on the same day, which of two checkpoints was the last.
  public var allowedByKills: Int64 {
    let kills = Int64(day.faults[.killed] ?? 0) * (1000 + (day.maxAge ?? 0) + Daemon.tickEvery)
    return kills + Int64(day.cuts) * (2 * Daemon.commitEvery + 2 * Daemon.tickEvery + day.period)
  }
}
