import Foundation
import Measures
import Testing

@testable import Metering

/// What is known of a machine while the daemon itself was stopped, suspended or cut off.
@Suite("Run meter: unwatched time")
struct RunMeterWatchTests {
  @Test(
    "a device kept fresh by its presence is not vouched for while nobody watched",
    arguments: [GapPolicy.bill, .hold], [true, false])
  func unwatched(policy: GapPolicy, isTickFirst: Bool) throws {
    var bench = try RunBench(maxAge: nil, onGap: policy)
    bench.charge(bench.run, 0)
    bench.see(.running, 0)
    for second: Int64 in 1...100 { bench.tick(second) }
    if isTickFirst {
      bench.tick(7300)
      #expect(bench.meter.state == .unknown)
    }
    bench.see(.running, 7301)
    bench.charge(nil, 7302)
    let gap = try #require(bench.facts.stretches.compactMap(\.gap).first)
    #expect(gap.from == Sample.moment(100))
    #expect(gap.to == Sample.moment(7301))
    #expect(gap.settlement == (policy == .bill ? .billed : .held))
    #expect(bench.facts.span(of: .running, run: bench.run) == (policy == .bill ? 7_302_000 : 101_000))
  }

  @Test("where nobody knows when the daemon was last alive, a machine is unknown from its checkpoint on")
  func noHeartbeat() throws {
    for maxAge in [nil, Span.seconds(5)] {
      var bench = try RunBench(maxAge: maxAge)
      bench.charge(bench.run, 0)
      bench.poll(.running, 0...100)
      var meter = Meter.run(bench.meter)
      meter.resume(lastAlive: nil, into: &bench.facts)
      let back = Reading(channel: meter.channel, at: Sample.moment(700), value: .state(.running))
      meter.apply(back, into: &bench.facts)
      #expect(bench.settlements(of: bench.run) == [.held])
      #expect(bench.facts.stretches.compactMap(\.gap).map(\.from) == [Sample.moment(100)])
    }
  }

  @Test("a run that begins in a silence does not make the last reading younger")
  func chargeIsNoReading() throws {
    var bench = try RunBench(maxAge: .seconds(60), onGap: .bill)
    bench.charge(bench.run, 0)
    bench.see(.running, 0)
    bench.charge(bench.next, 50)
    // Nothing was heard for 105 seconds; before, none of it was a gap.
    bench.see(.idle, 105)
    bench.charge(nil, 106)
    #expect(bench.facts.span(of: .running, run: bench.run) == 50_000)
    #expect(bench.settlements(of: bench.run) == [])
    #expect(bench.facts.span(of: .running, run: bench.next) == 55_000)
    #expect(bench.settlements(of: bench.next) == [.billed])
  }

  @Test("ten seconds between two ticks are no gap")
  func slowTicks() throws {
    var bench = try RunBench(maxAge: nil)
    bench.charge(bench.run, 0)
    bench.see(.running, 0)
    for second in stride(from: Int64(10), through: 100, by: 10) { bench.tick(second) }
    bench.charge(nil, 100)
    #expect(bench.facts.span(of: .running, run: bench.run) == 100_000)
    #expect(bench.settlements(of: bench.run) == [])
  }

  @Test("a run's checkpoint is never older than a few seconds", arguments: [nil, .seconds(5)] as [Span?])
  func checkpoints(maxAge: Span?) throws {
    var bench = try RunBench(maxAge: maxAge)
    bench.charge(bench.run, 0)
    bench.see(.running, 1)
    var saved = bench.meter
    for second: Int64 in 2...300 {
      if maxAge != nil { bench.see(.running, second) }
      bench.tick(second)
      if bench.meter.generation != saved.generation { saved = bench.meter }
    }
    // Power cut: the checkpoint is all there is, and its time is a gap only from its own last reading on.
    saved.resume(lastAlive: nil, into: &bench.facts)
    saved.apply(.running, at: Sample.moment(400), into: &bench.facts)
    let gap = try #require(bench.facts.stretches.compactMap(\.gap).last)
    #expect(gap.from >= Sample.moment(296))
  }

  @Test("a machine at work moves its checkpoint every five seconds, an idle one without a run never")
  func quietDisk() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.see(.running, 1)
    let before = bench.meter.generation
    bench.poll(.running, 2...3600)
    // Seven hundred and twenty checkpoints, and a row every ten minutes.
    #expect((715...730).contains(bench.meter.generation - before))
    for maxAge in [nil, Span.seconds(5)] {
      var idle = try RunBench(maxAge: maxAge)
      idle.see(.idle, 1)
      let still = idle.meter.generation
      idle.poll(.idle, 2...3600)
      #expect(idle.meter.generation == still)
    }
  }
}
