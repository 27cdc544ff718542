import Measures
import Testing

@testable import Metering

/// `max_use_rate` too low for what the machine uses. It is 30 g/min here, and nothing may get lost by it.
@Suite("Scale meter: used faster than max_use_rate")
struct ScaleMeterLimitTests {
  /// A run that uses so many milligrams a second.
  private func run(using rate: Int64, for seconds: Int64, isTold: Bool) throws -> ScaleBench {
    var bench = try ScaleBench(load: 3_000_000)
    if isTold { bench.meter.note(isWorking: false, at: bench.moment) }
    bench.weigh(20)
    bench.start(bench.first)
    if isTold { bench.meter.note(isWorking: true, at: bench.moment) }
    bench.weigh(seconds, using: rate)
    if isTold { bench.meter.note(isWorking: false, at: bench.moment) }
    bench.end(bench.first)
    bench.weigh(200)
    return bench
  }

  @Test(
    "what fell in the run is on its line, as used or as removed by hand, though it ends while it flows",
    arguments: [true, false])
  func endsInFlow(isTold: Bool) throws {
    let bench = try run(using: 2000, for: 40, isTold: isTold)
    let removed = bench.facts.segments(of: bench.first).compactMap(\.removed).reduce(0, +)
    #expect(abs(bench.facts.amount(of: bench.first) + removed - 80_000) <= 300, "removed \(removed)")
    #expect(bench.facts.marks(of: bench.first).contains(.removedByHand))
  }

  @Test("what was bridged while a hand took some is not in what it took", arguments: [583, 667, 900])
  func onceOnly(rate: Int64) throws {
    let bench = try run(using: rate, for: 540, isTold: true)
    let removed = bench.facts.segments(of: bench.first).compactMap(\.removed).reduce(0, +)
    let sum = bench.facts.amount(of: bench.first) + removed
    #expect(
      abs(sum - rate * 540) <= 500,
      "\(bench.facts.amount(of: bench.first)) used and \(removed) removed of \(rate * 540)")
  }

  @Test("a spool lifted right before the end, or some taken after it, is nobody's as before")
  func lifted() throws {
    for (before, after): (Int64, Int64) in [(0, 0), (-1, 0), (0, 400_000)] {
      var bench = try ScaleBench(load: 1_000_000)
      bench.weigh(20)
      bench.start(bench.first)
      bench.weigh(120, using: 20)
      if before < 0 {
        bench.load = 0
        bench.weigh(1)
      }
      bench.end(bench.first)
      bench.weigh(1)
      bench.load = before < 0 ? 0 : bench.load - after
      bench.weigh(200)
      #expect(abs(bench.facts.amount(of: bench.first) - 2400) <= 200)
      #expect(bench.facts.marks(of: bench.first) == [])
    }
  }

  @Test("a hopper that ran out faster than that by the run's end is lost, and held, not free")
  func ranOut() throws {
    var bench = try ScaleBench(load: 82_000)
    bench.weigh(20)
    bench.start(bench.first)
    bench.weigh(41, using: 2000)
    bench.end(bench.first)
    bench.weigh(200)
    #expect(
      bench.facts.marks(of: bench.first).contains(.baselineLost), "\(bench.facts.marks(of: bench.first))")
  }

  @Test(
    "a swap after the end of a run without a level near its end is not in the run",
    arguments: [200_000, 1_400_000])
  func swappedAfterTheEnd(spool: Int64) throws {
    var bench = try ScaleBench(load: 900_000)
    bench.weigh(20)
    bench.start(bench.first)
    // It shakes too much for a level.
    bench.noise = 60_000
    bench.weigh(299, using: 20)
    bench.noise = 0
    bench.weigh(1, using: 20)
    bench.end(bench.first)
    bench.noise = 60_000
    bench.weigh(3)
    bench.load = spool
    bench.weigh(10)
    bench.noise = 0
    bench.weigh(200)
    #expect(bench.facts.segments(of: bench.first).allSatisfy { $0.removed == nil })
    #expect(bench.facts.marks(of: bench.first) == [.endUnstable])
  }

  @Test(
    "a run without a level near its end says so, also where another begins at once", arguments: [true, false])
  func cutShort(isLoad: Bool) throws {
    var bench = try ScaleBench(load: 900_000)
    bench.weigh(20)
    bench.start(bench.first)
    bench.noise = 60_000
    bench.weigh(300, using: 25)
    bench.end(bench.first)
    bench.weigh(1)
    if isLoad {
      bench.meter.charge(
        Account(run: bench.first, material: try Sample.material("pla-white")), at: bench.moment,
        into: &bench.facts)
    } else {
      bench.start(bench.second)
    }
    bench.noise = 0
    bench.weigh(200)
    #expect(
      bench.facts.marks(of: bench.first).contains(.endUnstable), "\(bench.facts.marks(of: bench.first))")
  }
}
