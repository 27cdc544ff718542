import Measures
import Testing

@testable import Metering

/// A division here is 0.1 g.
@Suite("Scale meter: drift while idle")
struct ScaleMeterDriftTests {
  /// Minutes of readings, falling by so many milligrams a minute.
  private func pass(_ minutes: Int64, drifting rate: Int64, using use: Int64 = 0, _ bench: inout ScaleBench) {
    for second in 0..<minutes * 60 {
      bench.load -= rate * (second + 1) / 60 - rate * second / 60
      bench.weigh(1, using: use)
    }
  }

  private func uncertainty(of run: RunID, _ bench: ScaleBench) -> Int64 {
    bench.facts.segments(of: run).reduce(0) { $0 + ($1.drift ?? 0) }
  }

  @Test(
    "how a scale drifts while its machine stands is what its next run may be off by", arguments: [10, -10])
  func watched(rate: Int64) throws {
    var bench = try ScaleBench()
    bench.noise = 60
    bench.meter.note(isWorking: false, at: bench.moment)
    pass(60, drifting: rate, &bench)
    bench.start(bench.first)
    bench.meter.note(isWorking: true, at: bench.moment)
    pass(30, drifting: rate, using: 5, &bench)
    bench.meter.note(isWorking: false, at: bench.moment)
    bench.end(bench.first)
    bench.weigh(10)
    // Ten milligrams a minute over half an hour of run.
    #expect(abs(uncertainty(of: bench.first, bench) - 300) <= 45)
    let off = abs(bench.facts.amount(of: bench.first) - 9000)
    #expect(
      off <= uncertainty(of: bench.first, bench) + 60, "what drift did to the amount is within what is said")
    #expect(off >= 240, "it is carried, never taken off")
  }

  @Test("noise is no drift, however long the rest", arguments: 0..<10)
  func noise(seed: Int) throws {
    var bench = try ScaleBench()
    bench.dice = Dice(seed: seed)
    bench.noise = 150
    bench.meter.note(isWorking: false, at: bench.moment)
    pass(90, drifting: 0, &bench)
    bench.start(bench.first)
    bench.meter.note(isWorking: true, at: bench.moment)
    pass(10, drifting: 0, using: 5, &bench)
    bench.end(bench.first)
    bench.weigh(10)
    #expect(!bench.facts.segments(of: bench.first).isEmpty)
    #expect(bench.facts.segments(of: bench.first).allSatisfy { $0.drift == nil })
  }

  @Test("use is no drift: neither the last of a run, nor what nobody started a run for, nor a hand's")
  func use() throws {
    var bench = try ScaleBench()
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(60, using: 20)
    bench.meter.note(isWorking: false, at: bench.moment)
    pass(15, drifting: 0, &bench)
    bench.load -= 200_000
    pass(15, drifting: 0, &bench)
    bench.start(bench.first)
    bench.meter.note(isWorking: true, at: bench.moment)
    pass(5, drifting: 0, using: 5, &bench)
    bench.end(bench.first)
    bench.weigh(10)
    #expect(bench.facts.segments(of: bench.first).allSatisfy { $0.drift == nil })

    var alone = try ScaleBench()
    alone.weigh(10)
    pass(30, drifting: 0, using: 2, &alone)
    alone.start(alone.first)
    pass(5, drifting: 0, using: 5, &alone)
    alone.end(alone.first)
    alone.weigh(10)
    #expect(
      alone.facts.segments(of: alone.first).allSatisfy { $0.drift == nil }, "nobody watches this machine")
  }

  @Test(
    "a machine that prepares or is paused may use something, and a load that was changed unseen is no drift")
  func notIdle() throws {
    var bench = try ScaleBench()
    bench.meter.note(isWorking: false, isIdle: true, at: bench.moment)
    pass(30, drifting: 0, &bench)
    bench.meter.note(isWorking: false, isIdle: false, at: bench.moment)
    pass(15, drifting: 200, &bench)
    bench.start(bench.first)
    bench.meter.note(isWorking: true, isIdle: false, at: bench.moment)
    pass(5, drifting: 0, using: 5, &bench)
    bench.end(bench.first)
    bench.weigh(10)
    #expect(bench.facts.segments(of: bench.first).allSatisfy { $0.drift == nil })

    var late = try ScaleBench()
    late.meter.note(isWorking: false, at: late.moment)
    pass(15, drifting: 0, &late)
    late.silence(60)
    late.load += 500_000
    late.start(late.first)
    pass(5, drifting: 0, using: 5, &late)
    late.end(late.first)
    late.weigh(10)
    #expect(late.facts.segments(of: late.first).allSatisfy { $0.drift == nil })
  }

  @Test("a rest of less than ten minutes tells nothing, and the one before it still stands")
  func shortRest() throws {
    var bench = try ScaleBench()
    bench.meter.note(isWorking: false, at: bench.moment)
    pass(5, drifting: 40, &bench)
    bench.start(bench.first)
    bench.meter.note(isWorking: true, at: bench.moment)
    pass(5, drifting: 0, using: 5, &bench)
    bench.end(bench.first)
    bench.meter.note(isWorking: false, at: bench.moment)
    pass(40, drifting: 10, &bench)
    bench.start(bench.second)
    bench.meter.note(isWorking: true, at: bench.moment)
    pass(5, drifting: 0, using: 5, &bench)
    bench.meter.note(isWorking: false, at: bench.moment)
    bench.end(bench.second)
    bench.weigh(10)
    #expect(bench.facts.segments(of: bench.first).allSatisfy { $0.drift == nil })
    #expect(abs(uncertainty(of: bench.second, bench) - 50) <= 10)
  }
}
