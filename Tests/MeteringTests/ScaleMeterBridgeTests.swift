import Measures
import Testing

@testable import Metering

@Suite("Scale meter: what is used while a load is changed")
struct ScaleMeterBridgeTests {
  /// A run at 50 mg/s for so long, then ten seconds in which somebody pours material in, then some more.
  private func refilled(after seconds: Int64, before last: Int64 = 60) throws -> ScaleBench {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(seconds, using: 50)
    for _ in 0..<10 {
      bench.load += 20_000
      bench.weigh(1, using: 50)
    }
    bench.weigh(last, using: 50)
    bench.end(bench.first)
    bench.weigh(200)
    return bench
  }

  @Test("a refill is bridged by the run's own rate, estimated and marked")
  func refill() throws {
    let bench = try refilled(after: 180)
    #expect(abs(bench.facts.amount(of: bench.first) - 250 * 50) <= 200)
    let estimated = bench.facts.segments(of: bench.first).map(\.estimated).reduce(0, +)
    #expect((500...700).contains(estimated), "\(estimated)")
    #expect(bench.facts.marks(of: bench.first) == [.loadChanged])
  }

  @Test("a display shows what is bridged before it is sure that the load will not come back")
  func live() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(180, using: 50)
    for _ in 0..<10 {
      bench.load += 20_000
      bench.weigh(1, using: 50)
    }
    bench.weigh(20, using: 50)
    #expect(bench.facts.loads.isEmpty, "it may come back yet")
    #expect((bench.meter.openUse - Mass(milligrams: 210 * 50)).magnitude <= Mass(milligrams: 400))
  }

  @Test("a run that is too young to have a rate is bridged by no more than it uses afterwards, and marked")
  func young() throws {
    let bench = try refilled(after: 12, before: 10)
    #expect((18 * 50...32 * 50).contains(bench.facts.amount(of: bench.first)))
    #expect(bench.facts.marks(of: bench.first) == [.loadChanged])
  }

  @Test("a spool swapped is bridged for as long as the machine worked without it", arguments: [true, false])
  func swap(isPaused: Bool) throws {
    var bench = try ScaleBench()
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(180, using: 50)
    if isPaused { bench.meter.note(isWorking: false, at: bench.moment) }
    bench.load = 0
    bench.weigh(60)
    bench.load = 800_000
    bench.weigh(5)
    if isPaused { bench.meter.note(isWorking: true, at: bench.moment) }
    bench.weigh(100, using: 50)
    bench.end(bench.first)
    bench.weigh(200)
    let estimated = bench.facts.segments(of: bench.first).map(\.estimated).reduce(0, +)
    #expect((isPaused ? 0...500 : 2950...3300).contains(estimated), "\(estimated)")
    #expect(abs(bench.facts.amount(of: bench.first) - (isPaused ? 280 : 345) * 50) <= 200)
    #expect(bench.facts.marks(of: bench.first) == [.loadChanged])
  }
}
