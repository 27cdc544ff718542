import Measures
import Testing

@testable import Metering

/// What `simulate machines` found, each as small as it can be told.
@Suite("Counter meter: faults that meet")
struct CounterMeterFaultTests {
  private let garbage: Int64 = 53_700_000_000

  /// A run from second 0 that counts 10 a second, up to and with second `last`.
  private func run(from first: Int64 = 5_000_000, to last: Int64) throws -> CounterBench {
    var bench = try CounterBench()
    bench.see(first, 0)
    bench.charge(bench.run, 0)
    for second in 1...last { bench.see(first + second * 10, second) }
    return bench
  }

  @Test("a total that comes back lower, as its device had stored it, is no use of all that it ever counted")
  func lowered() throws {
    var bench = try run(to: 10)
    for second: Int64 in 13...20 { bench.see(4_900_000 + second * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(4_900_210, 21)
    // What was used while the device started is lost, and the line says so.
    #expect(bench.facts.amount(of: bench.run) == 180)
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }

  @Test("nor is it where the device says zero first")
  func zeroThenLowered() throws {
    var bench = try run(to: 10)
    bench.see(0, 12)
    for second: Int64 in 13...20 { bench.see(4_900_000 + second * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(4_900_210, 21)
    #expect(bench.facts.amount(of: bench.run) == 180)
  }

  @Test("garbage that a device says right before it starts again was not counted", arguments: [true, false])
  func garbageThenReset(isContradicted: Bool) throws {
    var bench = try run(to: 10)
    bench.see(garbage, 11)
    if isContradicted { bench.see(5_000_110, 12) }
    for second: Int64 in 13...20 { bench.see((second - 12) * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(90, 21)
    #expect(bench.facts.amount(of: bench.run) == 190)
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }

  @Test("one reading that comes again bears nothing out, be it too low or too high")
  func twice() throws {
    var bench = try run(to: 10)
    for _ in 0..<4 { bench.see(3, 11) }
    bench.see(5_000_120, 12)
    for _ in 0..<4 { bench.see(garbage, 13) }
    for second: Int64 in 14...20 { bench.see(5_000_000 + second * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(5_000_210, 21)
    #expect(bench.facts.amount(of: bench.run) == 210)
    #expect(bench.facts.marks(of: bench.run) == [])
  }

  @Test("a late reading does not make the others wait anew to be believed")
  func late() throws {
    var bench = try run(to: 10)
    for second: Int64 in [12, 14, 13, 16] { bench.see((second - 11) * 10, second) }
    #expect(bench.meter.openCount == 150)
  }

  @Test("what comes an hour after a run's end is not its own, though no tick came before it")
  func longAfterTheEnd() throws {
    var bench = try run(to: 10)
    bench.settle(bench.run, 10)
    bench.meter.resume(lastAlive: Sample.moment(10))
    // Ten a second, as before: nothing about it is hard to believe.
    bench.see(5_036_100, 3610)
    #expect(bench.facts.amount(of: bench.run) == 100)
    #expect(bench.facts.marks(of: bench.run) == [.restarted, .endUnstable])
  }

  @Test("a run that begins after a silence that no tick has seen has not used what was used in it")
  func beginAfterSleep() throws {
    var bench = try CounterBench()
    for second: Int64 in 0...10 { bench.see(second * 10, second) }
    bench.charge(bench.run, 3600)
    for second: Int64 in 3601...3610 { bench.see(36_000 + (second - 3600) * 10, second) }
    bench.settle(bench.run, 3610)
    bench.see(36_110, 3611)
    #expect(bench.facts.amount(of: bench.run) == 100)
    #expect(bench.facts.marks(of: bench.run) == [.firstSeenInRun])
  }

  @Test("a first reading after a silence that stands alone is no count to begin a run at")
  func firstIsGarbage() throws {
    var bench = try CounterBench()
    for second: Int64 in 0...10 { bench.see(5_000_000 + second * 10, second) }
    bench.charge(bench.run, 3600)
    bench.see(5_001_000, 3601)
    for second: Int64 in 3602...3610 { bench.see(8_000_000 + second * 10, second) }
    bench.settle(bench.run, 3610)
    bench.see(8_036_110, 3611)
    #expect(bench.facts.amount(of: bench.run) == 90)
    #expect(bench.facts.amount(of: nil) == 3_036_020)
    #expect(bench.facts.marks(of: bench.run) == [.firstSeenInRun])
  }

  @Test(
    "a rise that stands alone when a run begins is nobody's, once it is borne out", arguments: [true, false])
  func contested(isTrue: Bool) throws {
    var bench = try CounterBench()
    for second: Int64 in 0...10 { bench.see(5_000_000 + second * 10, second) }
    bench.see(isTrue ? 5_900_000 : garbage, 11)
    bench.charge(bench.run, 11)
    let base: Int64 = isTrue ? 5_900_000 : 5_000_110
    for second: Int64 in 12...20 { bench.see(base + (second - 11) * 10, second) }
    bench.settle(bench.run, 20)
    bench.see(base + 100, 21)
    #expect(bench.facts.amount(of: nil) == (isTrue ? 900_000 : 100))
    #expect((100...110).contains(bench.facts.amount(of: bench.run)))
  }

  @Test("no row ends at a value that may be garbage, however much time it had to rise")
  func noRowEndsAlone() throws {
    var bench = try run(to: 590)
    // An hour of silence: at ten a second this much is possible.
    bench.see(5_100_000, 4190)
    for second: Int64 in 4191...4200 { bench.see(5_000_000 + second * 10, second) }
    bench.settle(bench.run, 4200)
    bench.see(5_042_010, 4201)
    #expect(bench.facts.amount(of: bench.run) == 42_010)
  }
}
