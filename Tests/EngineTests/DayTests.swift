import Configuration
import Costing
import Foundation
import GRDB
import Jobs
import Measures
import Testing

@testable import Gateway

@Suite struct DayTests {
  private func moment(_ text: String, trusted: Bool = true) throws -> Moment {
    Moment(
      boot: 1, uptime: GatewayClock.uptime(), wall: try #require(WallTime(rfc3339: text)),
      isWallTrusted: trusted)
  }

  private func days(_ bench: EngineBench) throws -> [String] {
    try bench.database().read { db in
      try String.fetchAll(
        db, sql: "SELECT json_extract(CAST(body AS TEXT), '$.day') FROM journal WHERE kind = 'day'")
    }
  }

  @Test("the day is there from the start, and is written once")
  func once() async throws {
    let bench = try EngineBench()
    let written = try days(bench)
    #expect(written.count == 1)
    // Several ticks, and as many commits.
    for _ in 0..<6 {
      try await Task.sleep(for: .milliseconds(250))
      _ = await bench.command("job.create", #"{"id":"1","job":"J-1","customer":"acme","parts":[]}"#)
    }
    #expect(try days(bench) == written)
  }

  @Test("a clock that may be wrong begins no day, and none is taken back")
  func doubts() throws {
    let bench = try EngineBench(isRunning: false, isClockTrusted: false)
    let engine = bench.engine
    func today() -> String? { engine.state.books.shop.counters.today?.description }
    #expect(today() == nil)
    for (text, isTrusted, expected) in [
      ("2030-03-01T23:59:59.999Z", false, nil), ("2001-01-01T00:00:00Z", true, nil),
      ("2030-03-01T23:59:59.999Z", true, "2030-03-01"), ("2030-03-02T00:00:00Z", false, "2030-03-01"),
      ("2030-03-02T00:00:00Z", true, "2030-03-02"), ("2030-03-01T23:59:30Z", true, "2030-03-02"),
      ("2030-03-01T12:00:00Z", true, "2030-03-02"), ("2030-04-01T12:00:00Z", true, "2030-04-01"),
    ] as [(String, Bool, String?)] {
      engine.beginDay(try moment(text, trusted: isTrusted))
      #expect(today() == expected, "\(text)")
    }
    #expect(engine.commit(try moment("2030-04-01T12:00:00Z")))
    #expect(try days(bench) == ["2030-03-01", "2030-03-02", "2030-04-01"])
  }

  @Test("a reload that changes the time zone alone is taken over, and the day goes by the new one")
  func timezone() throws {
    let bench = try EngineBench(isRunning: false, isClockTrusted: false)
    let engine = bench.engine
    let now = try moment("2030-12-31T11:00:00Z")
    for (timezone, expected) in [
      ("America/Chicago", "2030-12-31"), ("Pacific/Kiritimati", "2031-01-01"),
      ("America/Chicago", "2031-01-01"),
    ] {
      engine.take(try EngineBench.reload(bench.folder, timezone: timezone), at: now)
      engine.beginDay(now)
      #expect(engine.configuration.gateway.timezone == timezone)
      #expect(engine.state.books.shop.counters.today?.description == expected)
    }
  }

  @Test("a day is as long as the shop's clocks make it, and is looked up once")
  func calendar() throws {
    var calendar = ShopCalendar()
    // Clocks go forward at 2 o'clock on the 8th of March 2026, and back on the 1st of November.
    for (text, timezone, day) in [
      ("2026-03-08T05:59:59.999Z", "America/Chicago", "2026-03-07"),
      ("2026-03-08T06:00:00Z", "America/Chicago", "2026-03-08"),
      ("2026-03-09T04:59:59.999Z", "America/Chicago", "2026-03-08"),
      ("2026-03-09T05:00:00Z", "America/Chicago", "2026-03-09"),
      ("2026-11-01T05:00:00Z", "America/Chicago", "2026-11-01"),
      ("2026-11-02T05:59:59.999Z", "America/Chicago", "2026-11-01"),
      ("2026-11-02T06:00:00Z", "America/Chicago", "2026-11-02"),
      ("2026-11-02T06:00:00Z", "Asia/Kathmandu", "2026-11-02"),
      ("2026-11-02T18:15:00Z", "Asia/Kathmandu", "2026-11-03"),
      // A day that Samoa left out.
      ("2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31"),
      ("2026-11-02T18:15:00Z", "Mars/Olympus", "2026-11-02"),
      ("9999-12-31T23:00:00Z", "UTC", "9999-12-31"),
    ] {
      let wall = try #require(WallTime(rfc3339: text))
      #expect(calendar.day(at: wall, in: timezone)?.description == day, "\(text) in \(timezone)")
      #expect(calendar.day(at: wall, in: timezone)?.description == day, "\(text) in \(timezone), again")
    }
    for wall in [Int64.min, .max] {
      #expect(calendar.day(at: WallTime(milliseconds: wall), in: "UTC") == nil)
    }
    let time = ContinuousClock().measure {
      for second in 0..<10_000 {
        _ = calendar.day(at: WallTime(milliseconds: 1_795_000_000_000 + Int64(second)), in: "America/Chicago")
      }
    }
    #expect(time < .milliseconds(500), "the calendar is asked at every tick: \(time) for 10,000")
  }
}
