public import Measures

/// A register that a device changes while it is alive: the only proof that its numbers are of now and not of a
/// buffer that nobody fills any more.
public struct DeviceHeartbeat: Hashable, Sendable {
  public var field: RegisterField
  /// Unchanged for longer, the device counts as frozen.
  public var staleAfter: Span

  public init(_ field: RegisterField, staleAfter: Span) {
    self.field = field
    self.staleAfter = staleAfter
  }
}

/// How a heartbeat stood, and since when.
struct Pulse: Sendable {
  private var beat: UInt64?
  private var since: Moment?

  /// Whether the device is alive. A beat that cannot be read is none.
  mutating func isAlive(_ heartbeat: DeviceHeartbeat, in image: some RegisterSource, at moment: Moment)
    -> Bool
  {
    guard let beat = heartbeat.field.value(in: image) else { return false }
    if beat != self.beat || since.flatMap({ moment.since($0) }) == nil {
      self.beat = beat
      since = moment
    }
    return since.flatMap { moment.since($0) }.map { $0 <= heartbeat.staleAfter } ?? true
  }
}
