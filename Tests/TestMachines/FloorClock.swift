public import Measures

/// The gateway's clock over a day: which moment it says at each true millisecond, and back.
///
/// Within a boot `uptime` is true, asleep or not; the wall clock may be hours off, step, or begin in 1970.
public struct FloorClock: Sendable {
  /// A time in which the wall clock is off by the same.
  struct Era: Sendable {
    /// True milliseconds since the day began.
    var from: Int64
    var boot: Int
    /// Of the boot at `from`.
    var uptime: Int64
    var wallError: Int64
    var isTrusted: Bool
  }

  private(set) var eras: [Era]

  /// True time at the day's beginning, milliseconds since 1970.
  static let dawn: Int64 = 1_795_000_000_000

  init(uptime: Int64, isTrusted: Bool, isIn1970: Bool) {
    eras = [
      Era(
        from: 0, boot: 1, uptime: uptime, wallError: isIn1970 ? uptime - Self.dawn : 0, isTrusted: isTrusted)
    ]
  }

  /// The wall clock steps, or is trusted from now on, or no more.
  mutating func step(at time: Int64, wallError: Int64, isTrusted: Bool) {
    guard var era = eras.last else { return }
    era.uptime += time - era.from
    era.from = time
    era.wallError = wallError
    era.isTrusted = isTrusted
    eras.append(era)
  }

  /// Another boot, of which the daemon sees nothing before `time`.
  mutating func boot(at time: Int64, uptime: Int64, isTrusted: Bool, isIn1970: Bool) {
    let error = isIn1970 ? uptime - Self.dawn - time : 0
    eras.append(
      Era(
        from: time, boot: (eras.last?.boot ?? 0) + 1, uptime: uptime, wallError: error, isTrusted: isTrusted))
  }

  /// - Parameter isWallRight: says the moment of a clock whose wall time is never off; all else is the same.
  public func moment(_ time: Int64, isWallRight: Bool = false) -> Moment {
    let era = eras.last { $0.from <= time } ?? eras[0]
    return Moment(
      boot: era.boot, uptime: .milliseconds(era.uptime + time - era.from),
      wall: WallTime(milliseconds: Self.dawn + time + (isWallRight ? 0 : era.wallError)),
      isWallTrusted: era.isTrusted)
  }

  /// The true time at which the clock said so.
  public func time(of moment: Moment) -> Int64 {
    let uptime = moment.uptime.milliseconds
    let era = eras.last { $0.boot == moment.boot && $0.uptime <= uptime } ?? eras[0]
    return era.from + uptime - era.uptime
  }

  /// What a span between two true times has to be: true, or `nil` where a reboot lies between them and the wall
  /// clock was not trusted at both ends.
  func span(from: Int64, to: Int64) -> Span? {
    let (first, last) = (moment(from), moment(to))
    let isKnown = first.boot == last.boot || first.isWallTrusted && last.isWallTrusted
    return isKnown ? .milliseconds(to - from) : nil
  }

  /// In this boot it claimed to be right at times, and was not.
  var hasLied: Bool { eras.contains { $0.boot == eras.last?.boot && $0.isTrusted && $0.wallError != 0 } }

  public var hasWallFaults: Bool { eras.contains { $0.wallError != 0 } }
}
