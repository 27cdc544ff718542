public import Metering

/// What the daemon heard of one channel over a day, what befell it, and when runs went on.
public struct FloorDay: Sendable {
  public enum Event: Sendable {
    case said(ReadingValue)
    case opened(Int)
    case closed(Int)
    /// The daemon, with all that it had not yet stored.
    case killed
    /// The whole gateway, and its heartbeat with it.
    case cut
    case started
    /// The gateway: BOOTTIME goes on, and nobody reads.
    case slept
    case woke
  }

  public struct Step: Sendable {
    /// True milliseconds since the day began.
    public let at: Int64
    /// A sample that comes late was taken before.
    public let takenAt: Int64
    public let event: Event
    /// What the machine has truly used by `takenAt`, in millionths of the channel's base unit.
    let used: Int64
    /// What its counter says of that, were it never wrong.
    let shown: Int64
  }

  public let channel: ChannelID
  /// `nil`: the device tells only changes, and is kept fresh by its presence.
  let maxAge: Int64?
  /// From poll to poll at most.
  let period: Int64
  public internal(set) var steps: [Step] = []
  public internal(set) var clock: FloorClock
  /// True times of each run's beginning and end.
  public internal(set) var runs: [(from: Int64, to: Int64)] = []
  /// How often the power was truly lost.
  public internal(set) var cuts = 0
  public internal(set) var faults: [Fault: Int] = [:]

  public enum Fault: String, CaseIterable, Sendable {
    /// No readings for 0.3 s to 30 minutes.
    case dropout
    /// Samples that are not believed, as long.
    case rejected
    /// The device says that it is gone, and comes back.
    case offline
    case killed
    /// The gateway loses its power: another boot, its wall clock in 1970 at times.
    case cut
    case slept
    /// The wall clock jumps by hours, or by the one of daylight saving.
    case wall
    /// What only this kind of machine does: states that flap, counters that lie.
    case own
  }
}
