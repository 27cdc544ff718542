/// When something happened: a place on one boot's monotonic clock, labeled with wall time.
///
/// Spans are differences of `uptime` (CLOCK_BOOTTIME) within one `boot`; the wall clock is only a label, so
/// a step of NTP changes no duration. Moments order by boot, then uptime.
public struct Moment: Hashable, Sendable, Comparable {
  /// Counts the machine's boots as this gateway has seen them, from 1.
  public let boot: Int
  /// Milliseconds of CLOCK_BOOTTIME.
  public let uptime: Span
  /// Wall time at that instant.
  public let wall: WallTime
  /// Whether the kernel said the wall clock was synchronized.
  public let isWallTrusted: Bool

  public init(boot: Int, uptime: Span, wall: WallTime, isWallTrusted: Bool) {
    self.boot = boot
    self.uptime = uptime
    self.wall = wall
    self.isWallTrusted = isWallTrusted
  }

  public static func < (left: Moment, right: Moment) -> Bool {
    left.boot == right.boot ? left.uptime < right.uptime : left.boot < right.boot
  }

  /// The span since an earlier moment of the same boot; across boots by wall time only if both ends trust it;
  /// else `nil`: nothing is known.
  public func since(_ earlier: Moment) -> Span? {
    if boot == earlier.boot { return uptime - earlier.uptime }
    guard isWallTrusted, earlier.isWallTrusted, wall >= earlier.wall else { return nil }
    return wall.since(earlier.wall)
  }

  /// The same clock, moved by a span (a deadline, a backdated edge).
  public func advanced(by span: Span) -> Moment {
    Moment(
      boot: boot, uptime: uptime + span, wall: WallTime(milliseconds: wall.milliseconds &+ span.milliseconds),
      isWallTrusted: isWallTrusted)
  }
}

extension Moment: Codable, LosslessStringConvertible {
  /// `BOOT:UPTIME:WALL:t` or `…:u`, all in milliseconds: short, because every journal row carries some.
  public var description: String {
    "\(boot):\(uptime.milliseconds):\(wall.milliseconds):\(isWallTrusted ? "t" : "u")"
  }

  public init?(_ description: String) {
    let parts = description.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, let boot = Int(parts[0]), let uptime = Int64(parts[1]),
      let wall = Int64(parts[2]),
      parts[3] == "t" || parts[3] == "u"
    else { return nil }
    self.init(
      boot: boot, uptime: .milliseconds(uptime), wall: WallTime(milliseconds: wall),
      isWallTrusted: parts[3] == "t")
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let moment = Moment(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a moment")
    }
    self = moment
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
