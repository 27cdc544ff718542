import Testing

@testable import Measures

@Suite("Days")
struct DayTests {
  @Test("a day reads back from its text, and nothing that is none is read")
  func text() throws {
    for text in ["0001-01-01", "1970-01-01", "2024-02-29", "2026-11-28", "9999-12-31"] {
      #expect(Day(text)?.description == text)
    }
    for text in [
      "", "2026-11", "2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00",
      "0000-12-31", "26-11-28", "2026-1-28", "2026-11-8", "+026-11-28", "2026-11-28 ", "2026-11-28-01",
      "10000-01-01", "２026-11-28",
    ] {
      #expect(Day(text) == nil, "\(text)")
    }
    #expect(Day(year: 2026, month: 11, day: 28)?.description == "2026-11-28")
    #expect(Day(year: .max, month: .max, day: .max) == nil && Day(year: 2026, month: 2, day: -1) == nil)
  }

  @Test("weeks begin on Monday and months on the first, over every end of a year and a month")
  func periods() throws {
    // What ISO 8601 itself gives as examples, and the ends of the years around.
    for (text, weekday, week, month) in [
      ("2026-11-28", 6, "2026-11-23", "2026-11-01"), ("2026-11-30", 1, "2026-11-30", "2026-11-01"),
      ("2026-12-01", 2, "2026-11-30", "2026-12-01"), ("2027-01-01", 5, "2026-12-28", "2027-01-01"),
      ("2027-01-03", 7, "2026-12-28", "2027-01-01"), ("1969-12-28", 7, "1969-12-22", "1969-12-01"),
      ("1970-01-01", 4, "1969-12-29", "1970-01-01"), ("0001-01-01", 1, "0001-01-01", "0001-01-01"),
      ("9999-12-31", 5, "9999-12-27", "9999-12-01"),
    ] {
      let day = try #require(Day(text))
      #expect(day.weekday == weekday, "\(text)")
      #expect(day.isoWeekStart.description == week, "\(text)")
      #expect(day.monthStart.description == month, "\(text)")
      #expect(day.month == Int(month.dropFirst(5).prefix(2)))
    }
  }

  @Test("days are in the order of the calendar, one after the other")
  func order() throws {
    var before = try #require(Day("2023-12-31"))
    var weekday = before.weekday
    for month in 1...12 {
      for day in 1...31 {
        guard let next = Day(year: 2024, month: month, day: day) else { continue }
        #expect(before < next)
        weekday = weekday % 7 + 1
        #expect(next.weekday == weekday)
        #expect((next.isoWeekStart == before.isoWeekStart) == (weekday != 1), "\(next)")
        #expect((next.monthStart == before.monthStart) == (day != 1), "\(next)")
        before = next
      }
    }
    #expect(before.description == "2024-12-31")
  }
}
