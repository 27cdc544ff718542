import Foundation
import Measures
import Testing

@testable import Metering

@Suite("Run meter: simulation")
struct RunSimulationTests {
  private static let states: [MachineState] = [.idle, .preparing, .running, .paused, .fault, .done]

  /// Plays one machine for half an hour; every second of a run must be in exactly one stretch of that run, and
  /// only seconds within a gap may be in another state than the machine was.
  private func play(seed: Int, crashes: Bool) throws {
    var dice = Dice(seed: seed)
    let policy = GapPolicy.allCases[seed % 3]
    var bench = try RunBench(maxAge: dice.chance(3) ? nil : .seconds(dice.roll(2...30)), onGap: policy)
    var committed = (meter: bench.meter, facts: bench.facts)
    var truth: [Int64: MachineState] = [:]
    var owner: [Int64: Int] = [:]
    var state = MachineState.idle
    var run = 0
    var silentUntil: Int64 = 0
    for second: Int64 in 1...1800 {
      if dice.chance(60) { state = Self.states[Int(dice.roll(0...5))] }
      truth[second] = state
      owner[second] = run
      if dice.chance(150) {
        silentUntil = second + dice.roll(1...60)
        if bench.meter.parameters.maxAge == nil {
          bench.meter.disconnect(at: Sample.moment(second), into: &bench.facts)
        }
      }
      let mayCrash = crashes && dice.chance(120)
      if second > silentUntil { bench.see(state, second) }
      bench.tick(second)
      if dice.chance(200) {
        run += 1
        bench.charge(try Sample.run(run), second)
        committed = (bench.meter, bench.facts)
      }
      if second % 5 == 0 || mayCrash { committed = (bench.meter, bench.facts) }
      if mayCrash {
        bench.meter = try JSONDecoder().decode(RunMeter.self, from: JSONEncoder().encode(committed.meter))
        bench.facts = committed.facts
        bench.meter.resume(lastAlive: Sample.moment(second), into: &bench.facts)
        committed = (bench.meter, bench.facts)
      }
    }
    bench.charge(nil, 1800)
    var covered: [Int64: Int] = [:]
    for stretch in bench.facts.stretches {
      let from = stretch.from.uptime.milliseconds / 1000
      let to = stretch.to.uptime.milliseconds / 1000
      #expect(stretch.span == .seconds(to - from))
      if stretch.gap?.settlement == .held { #expect(to - from > 10) }
      for second in from + 1...to {
        covered[second, default: 0] += 1
        guard let id = stretch.account.run, let now = owner[second] else { continue }
        #expect(try id == Sample.run(now), "seed \(seed): second \(second) went to \(id)")
        // A change is seen at the next poll: the second before it still counts for the old state.
        let isMeasured = stretch.gap == nil && bench.meter.parameters.maxAge == .seconds(2)
        if isMeasured, truth[second] != stretch.state, truth[second - 1] != stretch.state {
          let isWithinAge = (second - 3..<second).contains { truth[$0] == stretch.state }
          #expect(isWithinAge, "seed \(seed): second \(second) was no \(stretch.state)")
        }
      }
    }
    for second: Int64 in 1...1800 where (owner[second] ?? 0) > 0 {
      #expect(covered[second] == 1, "seed \(seed): second \(second) is in \(covered[second] ?? 0) stretches")
    }
    #expect(covered.values.allSatisfy { $0 == 1 })
  }

  @Test("every second of a run is in one stretch of it, through gaps and states", arguments: 0..<4)
  func union(block: Int) throws {
    for seed in block * 25..<(block + 1) * 25 { try play(seed: seed, crashes: false) }
  }

  @Test("and through crashes", arguments: 0..<4)
  func crashes(block: Int) throws {
    for seed in block * 25..<(block + 1) * 25 { try play(seed: seed, crashes: true) }
  }
}
