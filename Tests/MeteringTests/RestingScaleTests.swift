import Measures
import Testing

@testable import Metering

@Suite("A scale that is asked for one weight")
struct RestingScaleTests {
  private var scale = RestingScale(division: Mass(milligrams: 100), maxAge: .seconds(10))

  private mutating func read(_ masses: [Int64], from start: Int64 = 0, stable: Bool? = nil) throws {
    let channel = try Sample.channel("bench/weight")
    for (index, mass) in masses.enumerated() {
      scale.take(
        Reading(
          channel: channel, at: Sample.moment(milliseconds: (start + Int64(index)) * 500),
          value: .weight(Mass(milligrams: mass), stable: stable)))
    }
  }

  private func word(_ halves: Int64) -> ScaleWord {
    scale.word(at: Sample.moment(milliseconds: halves * 500))
  }

  @Test("at rest it says the mean, moving it says so, and after a while nothing")
  func rest() throws {
    var test = RestingScaleTests()
    #expect(test.word(0) == .unheard)
    try test.read([0, 120_000, 300_000, 480_000])
    #expect(test.word(3) == .moving)
    try test.read([500_000, 500_100, 500_000, 500_100], from: 4)
    #expect(test.word(7) == .level(Mass(milligrams: 500_050)))
    #expect(test.word(27) == .level(Mass(milligrams: 500_050)))
    #expect(test.word(28) == .doubted(.stale))
  }

  @Test("its own word counts, and a sample that is not believed")
  func doubts() throws {
    var test = RestingScaleTests()
    try test.read([500_000, 500_000, 500_000, 500_000], stable: false)
    #expect(test.word(3) == .moving)
    test.scale.take(
      Reading(
        channel: try Sample.channel("bench/weight"), at: Sample.moment(2), value: .rejected(.overload)))
    #expect(test.word(4) == .doubted(.overload))
  }
}
