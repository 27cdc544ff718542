public import Measures

/// What a scale said over a day and when runs went on, beside what truly happened.
public struct ScaleDay: Sendable {
  /// What reaches the meter.
  public enum Event: Sendable {
    case sample(Mass, stable: Bool?)
    /// A sample that is not believed: overload, rubbish after a reboot.
    case rejected
    case opened(Int)
    case closed(Int)
    /// The machine at the scale works, or stands.
    case working(Bool)
    /// The daemon, with all that it had not yet stored.
    case killed
    case started
  }

  public struct Step: Sendable {
    public let milliseconds: Int64
    /// A sample that comes late was taken before.
    public let takenAt: Int64
    public let event: Event

    init(milliseconds: Int64, takenAt: Int64? = nil, event: Event) {
      self.milliseconds = milliseconds
      self.takenAt = takenAt ?? milliseconds
      self.event = event
    }
  }

  /// One run as it truly was.
  public struct Run: Sendable {
    /// Micrograms of material used between opening and closing, seen by the scale or not.
    public var used: Int64 = 0
    public var faults: Set<Fault>
    public var seconds: Int64 = 0
  }

  /// What disturbs a run.
  public enum Fault: String, CaseIterable, Sendable {
    /// A knock of a few seconds.
    case bump
    /// Vibration: noise of several divisions, never at rest.
    case vibration
    /// Off the scale and back within a minute and a half.
    case lift
    /// More of the same onto the scale.
    case refill
    /// Another load in its place.
    case swap
    /// Some taken by hand.
    case removal
    /// The scale zeroes itself under load.
    case rezero
    /// The same, by one that shows nothing below zero.
    case clamp
    /// It restarts: silence, rubbish, then a zero of its own.
    case reboot
    /// Nothing is heard for a while.
    case dropout
    /// The daemon is killed, and started again some seconds later.
    case crash
  }

  public let division: Mass
  public let maxUseRate: MassRate
  public var steps: [Step] = []
  public var runs: [Run] = []
  /// Micrograms of material used over the day, with a run open or not.
  public var used: Int64 = 0
}
