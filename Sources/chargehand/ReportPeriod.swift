import Foundation
import Measures

/// Days, weeks and months as the shop's calendar has them: a day in which the clocks change has 23 hours, or 25.
struct ReportPeriod {
  let calendar: Calendar

  struct Named {
    let title: String
    let times: Range<WallTime>
  }

  init(timezone: String) {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = TimeZone(identifier: timezone) ?? .gmt
    self.calendar = calendar
  }

  func day(_ text: String) throws -> Named {
    let parts = try numbers(text, [4, 2, 2], "-", "a day is written 2026-11-28")
    let components = DateComponents(year: parts[0], month: parts[1], day: parts[2])
    return try period(of: .day, components, text, "there is no day")
  }

  func week(_ text: String) throws -> Named {
    let parts = try numbers(text, [4, 2], "-W", "a week is written 2026-W48")
    let components = DateComponents(weekday: 2, weekOfYear: parts[1], yearForWeekOfYear: parts[0])
    return try period(of: .weekOfYear, components, text, "there is no week")
  }

  /// - Parameter text: this month, unless given.
  func month(_ text: String?) throws -> Named {
    guard let text else {
      let now = calendar.dateComponents([.year, .month], from: Date())
      return try month(String(format: "%04d-%02d", now.year ?? 0, now.month ?? 0))
    }
    let parts = try numbers(text, [4, 2], "-", "a month is written 2026-11")
    return try period(
      of: .month, DateComponents(year: parts[0], month: parts[1], day: 1), text, "there is no month")
  }

  private func period(
    of unit: Calendar.Component, _ components: DateComponents, _ text: String, _ complaint: String
  ) throws -> Named {
    guard let date = calendar.date(from: components),
      let interval = calendar.dateInterval(of: unit, for: date),
      matches(components, date)
    else { throw Complaint(.usage, "\(complaint) \(text)") }
    func wall(_ date: Date) -> WallTime { WallTime(milliseconds: Int64(date.timeIntervalSince1970 * 1000)) }
    return Named(title: text, times: wall(interval.start)..<wall(interval.end))
  }

  /// The 31st of February is no 3rd of March.
  private func matches(_ wanted: DateComponents, _ date: Date) -> Bool {
    let found = calendar.dateComponents([.year, .month, .day, .weekOfYear, .yearForWeekOfYear], from: date)
    if let week = wanted.weekOfYear {
      return found.weekOfYear == week && found.yearForWeekOfYear == wanted.yearForWeekOfYear
    }
    return found.year == wanted.year && found.month == wanted.month && found.day == wanted.day
  }

  private func numbers(_ text: String, _ widths: [Int], _ separator: String, _ complaint: String) throws
    -> [Int]
  {
    // Only the week has a separator of its own, between its two numbers.
    let parts = text.components(separatedBy: separator)
    let numbers = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
    guard numbers.count == widths.count, parts.map(\.count) == widths else {
      throw Complaint(.usage, "\(complaint) (found \(text))")
    }
    return numbers
  }
}
