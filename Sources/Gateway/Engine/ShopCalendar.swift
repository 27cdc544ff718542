import Foundation
import Measures

/// What day it is where the shop is. The calendar is asked when a day begins; in between, asking compares numbers.
struct ShopCalendar {
  private var known: Known?

  private struct Known {
    let timezone: String
    let day: Day
    /// An hour longer, or shorter, where the clocks change in it.
    let times: Range<WallTime>
  }

  /// - Parameter timezone: by its name in the IANA database; UTC where this machine does not know it.
  /// - Returns: `nil` where the calendar has no such day, which a clock far in the past or the future may ask for.
  mutating func day(at now: WallTime, in timezone: String) -> Day? {
    if let known, known.times.contains(now), known.timezone == timezone { return known.day }
    known = Self.look(now, timezone)
    return known?.day
  }

  private static func look(_ now: WallTime, _ timezone: String) -> Known? {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = TimeZone(identifier: timezone) ?? .gmt
    let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
    let parts = calendar.dateComponents([.year, .month, .day], from: date)
    guard let interval = calendar.dateInterval(of: .day, for: date),
      let day = Day(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
    else { return nil }
    func wall(_ date: Date) -> WallTime { WallTime(milliseconds: Int64(date.timeIntervalSince1970 * 1000)) }
    let times = wall(interval.start)..<wall(interval.end)
    // It answers with the nearest that it knows.
    return times.contains(now) ? Known(timezone: timezone, day: day, times: times) : nil
  }
}
