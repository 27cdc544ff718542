public import Measures

/// What makes a counter begin anew.
public enum CounterKind: String, Hashable, Sendable, Codable, CaseIterable {
  /// Nothing but a reset, which its line should show.
  case lifetime
  /// Each of the machine's own jobs.
  case perJob = "per_job"
}

/// Where a counter goes on from zero.
public struct RollOver: Hashable, Sendable, Codable {
  /// One more than the highest it can show, in the channel's base unit.
  public let end: Int64
  /// What one count is worth, in the same; 0: nobody knows.
  public let step: Int64

  public init(at end: Int64, step: Int64 = 0) {
    self.end = end
    self.step = step
  }
}

/// What a counter meter must know of its counter.
public struct CounterParameters: Hashable, Sendable, Codable {
  public var maxAge: Span?
  public var kind: CounterKind
  /// Where it goes on from zero; `nil`: nowhere.
  public var rollOver: RollOver?
  /// So many consistent low readings make a reset; fewer are a glitch.
  public var confirmations = 3
  /// After a run ends, the next reading is waited for so long.
  public var settleLimit = Meter.settleLimit
  public var closeAfter = Span.minutes(10)

  public init(maxAge: Span? = .seconds(60), kind: CounterKind = .lifetime, rollOver: RollOver? = nil) {
    self.maxAge = maxAge
    self.kind = kind
    self.rollOver = rollOver
  }

  /// Filament that a printer draws back comes out again: of what a job has used, the highest count stands. A fall to
  /// less than half is another job's beginning.
  func isRetraction(from good: Int64, to value: Int64, of channel: ChannelKind) -> Bool {
    guard kind == .perJob, channel == .materialUsed, value < good else { return false }
    return good.saturatingSubtract(value) <= Self.longestRetraction && value >= good / 2
  }

  /// Half a gram: 17 cm of filament, more than any printer draws back.
  private static let longestRetraction: Int64 = 500

  /// A rise up to this is believed at once, in the channel's base unit: were it wrong, it would cost next to
  /// nothing. 100 Wh, ten grams, ten pieces.
  func believedRise(on kind: ChannelKind) -> Int64 {
    switch kind {
    case .energy: 100_000
    case .materialUsed: 10_000
    case .pieces, .weight, .power, .runningTime, .runState, .action, .task: 10
    }
  }
}
