import Measures
public import Metering

/// A day at a counter, and what was truly used.
public struct CounterDay: Sendable {
  /// What counters are known to do.
  public enum Fault: String, CaseIterable, Sendable {
    /// One or two readings of zero, or of anything below.
    case low
    /// One reading far above: garbage of a byte too many.
    case high
    /// One that stands out by no more than what is believed at once.
    case littleHigh
    /// The device restarts and counts from zero.
    case reset
    /// The device restarts with the total that it had stored a while ago.
    case lowered
    /// The machine's next job: its counter begins anew.
    case job
    /// Filament is drawn back, said so, and pushed out again.
    case retraction
  }

  /// The counter went down for good, at that true time.
  public struct Start: Sendable {
    let at: Int64
    let before: Int64
    let after: Int64
  }

  public let day: FloorDay
  public let kind: ChannelKind
  public let counterKind: CounterKind
  let resolution: Int64
  let starts: [Start]
  public let faults: [Fault: Int]

  public static func random(seed: UInt64) -> CounterDay {
    // Another day than the run state's of the same seed.
    var maker = FloorMaker(seed: seed ^ 0x636f_756e_7465_7221) { CounterMachine(&$0) }
    maker.play()
    let machine = maker.machine
    return CounterDay(
      day: maker.day, kind: machine.kind, counterKind: machine.counterKind, resolution: machine.resolution,
      starts: machine.starts, faults: machine.faults)
  }

  /// A meter as it is before the day.
  public var meter: Meter {
    let parameters = CounterParameters(maxAge: day.maxAge.map { .milliseconds($0) }, kind: counterKind)
    return .counter(CounterMeter(channel: day.channel, parameters: parameters))
  }

  /// What a lone reading may be too high by, and cost next to nothing: 100 Wh, ten grams, ten pieces.
  static func believedRise(_ kind: ChannelKind) -> Int64 {
    switch kind {
    case .energy: 100_000
    case .materialUsed: 10_000
    default: 10
    }
  }

  /// What the meters of the day are, and what befell it.
  public var story: [String] {
    let age = day.maxAge.map { "\($0) ms" } ?? "none"
    return [
      "\(kind.rawValue), \(counterKind.rawValue), max_age \(age), read every \(day.period) ms at most, step \(resolution)"
    ] + starts.map { "\($0.at) ms: it went from \($0.before) to \($0.after) for good" } + day.story
  }
}
