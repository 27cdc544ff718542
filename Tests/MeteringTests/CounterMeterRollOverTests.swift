import Measures
import Testing

@testable import Metering

@Suite("Counter meter: rolling over, and what only looks like it")
struct CounterMeterRollOverTests {
  /// Of `uint32` registers in watt-hours.
  private let end: Int64 = 4_294_967_296_000
  private let total: Int64 = 1_200_000_000

  private func bench(_ end: Int64, step: Int64 = 1000) throws -> CounterBench {
    var bench = try CounterBench()
    bench.meter.parameters.rollOver = RollOver(at: end, step: step)
    return bench
  }

  @Test("a counter that rolls over at its width goes on, and says so; one that falls elsewhere does not")
  func rollOver() throws {
    for (start, isRollOver) in [(Int64(65_000), true), (30_000, false)] {
      var bench = try bench(65_536, step: 1)
      bench.see(start, 0)
      bench.charge(bench.run, 1)
      for step: Int64 in 1...5 { bench.see(start + step * 100, step + 1) }
      // A hundred more is 64 behind the end.
      for step: Int64 in 0...6 { bench.see(64 + step * 100, step + 7) }
      bench.settle(bench.run, 13)
      bench.see(764, 14)
      #expect(bench.facts.marks(of: bench.run) == [isRollOver ? .counterRolledOver : .counterReset])
      #expect(bench.facts.amount(of: bench.run) == (isRollOver ? 1300 : 1264))
    }
  }

  @Test("a counter in whole kilowatt-hours rolls over within its own step, however long that takes")
  func coarse() throws {
    let step: Int64 = 1_000_000
    var bench = try bench(65_536 * step, step: step)
    bench.see(65_533 * step, 0)
    bench.charge(bench.run, 1)
    for (count, value) in [65_533, 65_534, 65_535, 0, 1].enumerated() {
      for second: Int64 in 0..<60 { bench.see(Int64(value) * step, Int64(count) * 60 + 2 + second) }
    }
    bench.settle(bench.run, 301)
    bench.see(step, 302)
    #expect(bench.facts.amount(of: bench.run) == 4 * step)
    #expect(bench.facts.marks(of: bench.run) == [.counterRolledOver])
  }

  @Test("one low reading of a counter near its end is a glitch as anywhere")
  func glitchNearTheEnd() throws {
    var bench = try bench(65_536, step: 1)
    bench.see(65_400, 0)
    bench.charge(bench.run, 1)
    bench.see(65_410, 2)
    bench.see(3, 3)
    for second: Int64 in 4...8 { bench.see(65_410 + (second - 3) * 10, second) }
    bench.settle(bench.run, 8)
    bench.see(65_470, 9)
    #expect(bench.facts.amount(of: bench.run) == 70)
    #expect(bench.facts.marks(of: bench.run) == [])
  }

  @Test("all ones in the registers are no count from which it rolls over", arguments: [true, false])
  func allOnes(isFirstHeard: Bool) throws {
    var bench = try bench(end)
    if !isFirstHeard { bench.see(total, 0) }
    for second: Int64 in 1...90 { bench.see(end - 1000, second) }
    bench.charge(bench.run, 90)
    for second: Int64 in 91...100 { bench.see(total + second * 1000, second) }
    bench.settle(bench.run, 100)
    bench.see(total + 101_000, 101)
    #expect(
      (8000...10_000).contains(bench.facts.amount(of: bench.run)), "\(bench.facts.amount(of: bench.run))")
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }

  @Test("garbage that came twice right before a reset was not counted")
  func garbageTwiceThenReset() throws {
    var bench = try bench(end)
    bench.see(total, 0)
    bench.charge(bench.run, 0)
    for second: Int64 in 1...10 { bench.see(total + second * 10, second) }
    bench.see(end - 1000, 11)
    bench.see(end - 1000, 12)
    for second: Int64 in 13...20 { bench.see((second - 13) * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(80, 21)
    #expect(bench.facts.amount(of: bench.run) == 180)
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }

  @Test("what begins anew with each job does not roll over between two")
  func perJob() throws {
    var bench = try bench(195_464, step: 3)
    bench.meter.parameters.kind = .perJob
    bench.see(180_000, 0)
    bench.charge(bench.run, 0)
    for second: Int64 in 1...10 { bench.see(180_000 + second * 1000, second) }
    bench.settle(bench.run, 10)
    bench.charge(bench.next, 12)
    for second: Int64 in 13...16 { bench.see((second - 12) * 30, second) }
    bench.settle(bench.next, 16)
    #expect(bench.facts.amount(of: bench.next) == 120)
  }

  @Test("a total that is back after zeros was not counted anew", arguments: [0, 12])
  func zerosThenTotal(begin: Int64) throws {
    var bench = try CounterBench()
    bench.see(5_000_000_000, 0)
    if begin == 0 { bench.charge(bench.run, 0) }
    for second: Int64 in 1...10 { bench.see(5_000_000_000 + second * 10, second) }
    for second: Int64 in 11...14 { bench.see(0, second) }
    if begin > 0 { bench.charge(bench.run, 14) }
    for second: Int64 in 15...20 { bench.see(5_000_000_000 + second * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(5_000_000_210, 21)
    #expect(bench.facts.amount(of: bench.run) == (begin == 0 ? 210 : 110))
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }

  @Test("nor after minutes of them, where it is the one from before")
  func minutesOfZeros() throws {
    var bench = try CounterBench()
    bench.see(5_000_000_000, 0)
    bench.charge(bench.run, 0)
    for second: Int64 in 1...10 { bench.see(5_000_000_000 + second * 10, second) }
    for second: Int64 in 11...200 { bench.see(0, second) }
    for second: Int64 in 201...210 { bench.see(5_000_000_000 + second * 10, second) }
    bench.settle(bench.run, 210)
    bench.see(5_000_002_110, 211)
    #expect(bench.facts.amount(of: bench.run) == 2110)
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }

  @Test("garbage after a reset that is taken back is not the old total")
  func zerosThenGarbage() throws {
    var bench = try CounterBench()
    bench.see(5_000_000_000, 0)
    bench.charge(bench.run, 0)
    for second: Int64 in 1...10 { bench.see(5_000_000_000 + second * 10, second) }
    for second: Int64 in 11...14 { bench.see((second - 10) * 10, second) }
    for second: Int64 in 15...16 { bench.see(53_700_000_000, second) }
    for second: Int64 in 17...20 { bench.see((second - 10) * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(110, 21)
    #expect(bench.facts.amount(of: bench.run) == 210)
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }
}
