import Testing

@testable import Measures

@Suite("Time")
struct TimeTests {
  @Test(
    "RFC 3339 is read with any offset and written in UTC",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
      ("2026-11-21T08:30:05.250Z", 1_795_249_805_250, "2026-11-21T08:30:05.250Z"),
      ("2026-11-21T09:30:05.2509+01:00", 1_795_249_805_250, "2026-11-21T08:30:05.250Z"),
      ("2026-11-21t03:00:05.25-05:30", 1_795_249_805_250, "2026-11-21T08:30:05.250Z"),
      ("2024-02-29 23:59:59z", 1_709_251_199_000, "2024-02-29T23:59:59Z"),
      ("2000-02-29T00:00:00Z", 951_782_400_000, "2000-02-29T00:00:00Z"),
      ("1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"),
      ("2016-12-31T23:59:60Z", 1_483_228_800_000, "2017-01-01T00:00:00Z"),
      ("0000-03-01T00:00:00Z", -62_162_035_200_000, "0000-03-01T00:00:00Z"),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ] as [(String, Int64, String)])
  func reads(text: String, milliseconds: Int64, written: String) throws {
    let time = try #require(WallTime(rfc3339: text))
    #expect(time.milliseconds == milliseconds)
    #expect(time.description == written)
  }

  @Test("a span that is billed is written to the last millisecond")
  func exact() {
    let spans: [(Int64, String)] = [
      (0, "0 s"), (4, "0.004 s"), (2_700_000, "45 min"), (60_250, "1 min 0.25 s"), (3_600_000, "1 h"),
      (4_984_500, "1 h 23 min 4.5 s"), (7_200_001, "2 h 0.001 s"), (-61_000, "-1 min 1 s"),
    ]
    for (milliseconds, text) in spans { #expect(Span.milliseconds(milliseconds).exact == text) }
  }

  @Test(
    "what is no time is refused",
    arguments: [
      "", "2026-11-21", "2026-11-21T08:30:05", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
      "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z", "2026-01-01T00:00:00.Z",
      "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00Zx", "26-01-01T00:00:00Z",
      "2026-01-01T00:00:00+1", "2026-1-01T00:00:00Z", "-026-01-01T00:00:00Z",
    ])
  func refuses(text: String) { #expect(WallTime(rfc3339: text) == nil) }

  @Test("every day of four centuries comes back from its text")
  func days() throws {
    var previous = CivilDate(daysSince1970: -1)
    for day: Int64 in 0..<146_097 {
      let date = CivilDate(daysSince1970: day)
      #expect(date.daysSince1970 == day)
      let follows = (date.day == previous.day + 1 && date.month == previous.month) || date.day == 1
      if !follows { Issue.record("day \(day) does not follow") }
      previous = date
      guard day % 61 == 0 else { continue }
      let time = WallTime(milliseconds: day * 86_400_000 + day)
      #expect(WallTime(rfc3339: time.description) == time)
    }
  }

  @Test("moments order by boot, then uptime; spans across boots need trust at both ends")
  func moments() throws {
    func moment(_ boot: Int, _ uptime: Int64, _ wall: Int64, _ isTrusted: Bool = true) -> Moment {
      Moment(
        boot: boot, uptime: .milliseconds(uptime), wall: WallTime(milliseconds: wall),
        isWallTrusted: isTrusted)
    }
    #expect(moment(1, 900, 0) < moment(2, 100, 0))
    #expect(moment(1, 100, 999) < moment(1, 101, 0))
    #expect(moment(1, 500, -7).since(moment(1, 200, 88)) == .milliseconds(300))
    #expect(moment(2, 5, 1000).since(moment(1, 900, 400)) == .milliseconds(600))
    #expect(moment(2, 5, 1000, false).since(moment(1, 900, 400)) == nil)
    #expect(moment(2, 5, 1000).since(moment(1, 900, 400, false)) == nil)
    #expect(moment(2, 5, 300).since(moment(1, 900, 400)) == nil, "the wall clock went back")
    let now = moment(3, 12, -5, false)
    #expect(Moment(now.description) == now)
    #expect(now.advanced(by: .seconds(1)) == moment(3, 1012, 995, false))
    _ = moment(1, .max, .max).advanced(by: .hours(1))
    for text in ["", "1:2:3", "1:2:3:x", "a:2:3:t", "1:2:3:t:4", "1::3:t"] { #expect(Moment(text) == nil) }
  }

  @Test("durations are read with their unit and shown for people")
  func spans() {
    let texts: [(String, Int64?)] = [
      ("250ms", 250), ("5s", 5000), ("6min", 360_000), ("1h", 3_600_000), ("1.5h", 5_400_000), ("0s", 0),
      ("5", nil), ("5m", nil), ("-5s", nil), ("s", nil), ("5 s", nil), ("99999999999999999999h", nil),
    ]
    for (text, expected) in texts { #expect(Span(text: text)?.milliseconds == expected, "\(text)") }
    let shown: [(Int64, String)] = [
      (0, "0 ms"), (850, "850 ms"), (4200, "4.2 s"), (59_960, "59.9 s"), (185_000, "3 min 05 s"),
      (7_620_000, "2 h 07 min"), (-4200, "-4.2 s"), (.min, "-2562047788015 h 12 min"),
    ]
    for (milliseconds, text) in shown { #expect(Span.milliseconds(milliseconds).description == text) }
  }
}

@Suite("Units, prices and names")
struct UnitTests {
  @Test("masses, energies and powers convert exactly and round once")
  func units() throws {
    func mass(_ text: String, _ unit: MassUnit) -> Int64? {
      Decimal(text).flatMap { Mass($0, unit) }?.milligrams
    }
    #expect(mass("962.5", .g) == 962_500)
    #expect(mass("1", .lb) == 453_592)
    #expect(mass("2.5", .oz) == 70_874)
    #expect(mass("0.0005", .g) == 1)
    #expect(mass("-1.2345", .kg) == -1_234_500)
    #expect(mass("1000000", .t) == Mass.limit.milligrams)
    #expect(mass("1000000.1", .t) == nil)
    #expect(Energy(Decimal(1), .Wmin)?.base == 17)
    #expect(Energy(Decimal(3), .Wmin)?.base == 50)
    #expect(Energy(try #require(Decimal("12.345678")), .kWh)?.base == 12_345_678)
    #expect(Energy(try #require(Decimal("10000000000000")), .kWh) == nil)
    #expect(Power(try #require(Decimal("1.5")), .kW)?.base == 1_500_000)
    #expect(Mass(milligrams: 962_500).description == "962.5 g")
    #expect(MassRate(milligramsPerMinute: 30_000).mass(over: .seconds(2)) == Mass(milligrams: 1000))
    #expect(MassRate(base: .max).mass(over: Span(base: .max)).base == .max)
  }

  @Test("sums of measures saturate, they do not trap")
  func saturation() {
    let (most, least) = (Mass(base: .max), Mass(base: .min))
    #expect(most + Mass(base: 1) == most)
    #expect(least - Mass(base: 1) == least)
    #expect(Mass.zero - least == most)
    #expect(-least == most)
    #expect(least.magnitude == most)
    #expect(most * -2 == least)
    #expect(least * -1 == most)
    #expect(least * 2 == least)
  }

  @Test("prices are an amount per unit, or each")
  func prices() {
    let texts = ["24.9/kg", "6/h", "0.21/kWh", "35", "0.05/g", "1/min"]
    for text in texts { #expect(Price(text: text)?.description == text) }
    #expect(Price(text: "35/each")?.unit == .piece)
    for text in ["", "/kg", "5/", "5/lb", "-1/kg", "5/kg/h", "five/kg"] { #expect(Price(text: text) == nil) }
  }

  @Test("an id is 1 to 64 plain characters")
  func identifiers() {
    typealias Name = Identifier<UnitTests>
    #expect(Name("scale-2.A_b")?.text == "scale-2.A_b")
    #expect(Name(String(repeating: "a", count: 64)) != nil)
    for text in ["", String(repeating: "a", count: 65), "a b", "a/b", "é", "a\n", "a+", "#", "\0"] {
      #expect(Name(text) == nil)
    }
  }
}
