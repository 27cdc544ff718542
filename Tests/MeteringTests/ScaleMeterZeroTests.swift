import Foundation
import Measures
import Testing

@testable import Metering

@Suite("Scale meter: zero, and what is lost with it")
struct ScaleMeterZeroTests {
  @Test(
    "a reading clamped at zero to the end of the run is a lost baseline", arguments: [20, 300] as [Int64])
  func clamped(seconds: Int64) throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.load = 0
    bench.weigh(seconds)
    bench.end(bench.first)
    bench.weigh(61)
    #expect(abs(bench.facts.amount(of: bench.first) - 1000) <= 100)
    #expect(bench.facts.marks(of: bench.first) == [.baselineLost])
    #expect(bench.facts.settled == [bench.first])
  }

  @Test("a scale that zeroed itself under load is split there and both sides count")
  func rezeroed() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.load = 0
    bench.weigh(200, using: 10)
    bench.end(bench.first)
    bench.weigh(70)
    #expect(abs(bench.facts.amount(of: bench.first) - 3000) <= 100)
    #expect(bench.facts.marks(of: bench.first) == [.loadChanged])
    bench.start(bench.second)
    bench.weigh(100, using: 10)
    bench.end(bench.second)
    bench.weigh(5)
    #expect(bench.facts.marks(of: bench.second) == [])
  }

  @Test("a scale that is blind since an earlier run is so in the next one, until a load comes onto it")
  func blindSince() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.load = 0
    bench.weigh(200)
    bench.end(bench.first)
    bench.weigh(70)
    #expect(bench.facts.marks(of: bench.first) == [.baselineLost])
    bench.start(bench.second)
    bench.weigh(100)
    bench.end(bench.second)
    bench.weigh(70)
    #expect(bench.facts.marks(of: bench.second) == [.baselineLost])
    bench.load = 700_000
    bench.weigh(10)
    let third = try Sample.run(3)
    bench.start(third)
    bench.weigh(100, using: 10)
    bench.end(third)
    bench.weigh(70)
    #expect(bench.facts.marks(of: third) == [])
    #expect(bench.facts.amount(of: third) == 1000)
  }

  @Test("an empty scale whose load was taken off between runs is empty, not blind")
  func emptied() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.load = 0
    bench.weigh(200)
    bench.start(bench.first)
    bench.weigh(100)
    bench.end(bench.first)
    bench.weigh(70)
    #expect(bench.facts.marks(of: bench.first) == [])
  }

  @Test("a scale that zeroed itself twice fell to zero from below it")
  func zeroedTwice() throws {
    var bench = try ScaleBench()
    bench.load = -40_000
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.load = 0
    bench.weigh(200)
    bench.end(bench.first)
    bench.weigh(70)
    #expect(bench.facts.marks(of: bench.first) == [.baselineLost])
  }

  @Test("one that came down to zero by use, and whose machine worked on, was blind, though a load came later")
  func blindUntilLoaded() throws {
    var bench = try ScaleBench(load: 6_000)
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(10)
    bench.start(bench.first)
    // A row is closed after ten minutes, just when nothing is left.
    bench.weigh(600, using: 10)
    // It shows nothing below zero.
    bench.load = 0
    bench.weigh(300)
    bench.load = 700_000
    bench.weigh(150, using: 10)
    bench.end(bench.first)
    bench.weigh(70)
    #expect(bench.facts.marks(of: bench.first).contains(.baselineLost))
  }
}
