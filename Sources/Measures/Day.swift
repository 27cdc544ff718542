/// A day of the Gregorian calendar, in the years 1 to 9999: `2026-11-28`. Where it begins is for a time zone to say.
public struct Day: Hashable, Sendable, Comparable {
  private let daysSince1970: Int64

  /// - Returns: `nil` for a date that there is not, such as the 29th of February 2026.
  public init?(year: Int, month: Int, day: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
    let days = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day)).daysSince1970
    guard CivilDate(daysSince1970: days).day == day else { return nil }
    daysSince1970 = days
  }

  /// Within the years 1 to 9999: what asks for one has a day to begin with, and goes back to a Monday, or to a first.
  private init(daysSince1970: Int64) { self.daysSince1970 = daysSince1970 }

  public static func < (left: Day, right: Day) -> Bool { left.daysSince1970 < right.daysSince1970 }

  /// 1 to 12.
  public var month: Int { Int(date.month) }
  /// By ISO 8601: 1 on Monday to 7 on Sunday. The first of January 1970 was a Thursday.
  public var weekday: Int { Int((daysSince1970 + 3).flooredDivision(by: 7).remainder) + 1 }
  /// The Monday of its week. Two days are of one week where these are equal; the first day there is is a Monday.
  public var isoWeekStart: Day { Day(daysSince1970: daysSince1970 - Int64(weekday - 1)) }
  /// The first of its month. Two days are of one month where these are equal.
  public var monthStart: Day { Day(daysSince1970: daysSince1970 - (date.day - 1)) }

  private var date: CivilDate { CivilDate(daysSince1970: daysSince1970) }
}

extension Day: Codable, LosslessStringConvertible {
  /// `2026-11-28`.
  public var description: String {
    func padded(_ value: Int64, _ width: Int) -> String {
      let digits = "\(value)"
      return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }

  /// Exactly what `description` writes.
  public init?(_ description: String) {
    let parts = description.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let day = Day(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a day")
    }
    self = day
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
