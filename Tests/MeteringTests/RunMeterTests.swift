import Foundation
import Measures
import Testing

@testable import Metering

/// A machine on a bench; times are seconds.
struct RunBench {
  var meter: RunMeter
  var facts: [Fact] = []
  let run: RunID
  let next: RunID

  init(maxAge: Span? = .seconds(5), onGap: GapPolicy = .hold) throws {
    meter = RunMeter(
      channel: try Sample.channel("printer-1/run_state"),
      parameters: RunParameters(maxAge: maxAge, onGap: onGap))
    run = try Sample.run(1)
    next = try Sample.run(2)
  }

  mutating func see(_ state: MachineState, _ second: Int64) {
    meter.apply(state, at: Sample.moment(second), into: &facts)
  }
  mutating func poll(_ state: MachineState, _ seconds: ClosedRange<Int64>) {
    for second in seconds {
      see(state, second)
      tick(second)
    }
  }
  mutating func tick(_ second: Int64) { meter.tick(Sample.moment(second), into: &facts) }
  mutating func charge(_ run: RunID?, _ second: Int64) {
    meter.charge(Account(run: run), at: Sample.moment(second), into: &facts)
  }
  func settlements(of run: RunID?) -> [Gap.Settlement] {
    facts.stretches.filter { $0.account.run == run }.compactMap { $0.gap?.settlement }
  }
}

@Suite("Run meter")
struct RunMeterTests {
  @Test("each state has its own total, exact to the poll, and together they are the run")
  func union() throws {
    var bench = try RunBench()
    bench.poll(.idle, 0...10)
    bench.charge(bench.run, 10)
    bench.poll(.preparing, 11...40)
    bench.poll(.running, 41...3640)
    bench.poll(.paused, 3641...3700)
    bench.poll(.running, 3701...3800)
    bench.poll(.done, 3801...3810)
    bench.charge(nil, 3811)
    let spans = [MachineState.idle, .preparing, .running, .paused, .done].map {
      bench.facts.span(of: $0, run: bench.run)
    }
    #expect(spans == [1000, 30_000, 3_700_000, 60_000, 10_000])
    #expect(spans.reduce(0, +) == 3_801_000)
    #expect(
      bench.facts.changes == [
        "unknown>idle", "idle>preparing", "preparing>running", "running>paused", "paused>running",
        "running>done",
      ])
    #expect(bench.facts.stretches.filter { $0.state == .running }.count >= 6, "closed every ten minutes")
  }

  @Test("without readings the state is unknown from the last good one, and a long gap goes by the policy")
  func policies() throws {
    let expected: [(GapPolicy, Int64, [Gap.Settlement])] = [
      (.bill, 160_000, [.billed]), (.skip, 100_000, [.skipped]), (.hold, 100_000, [.held]),
    ]
    for (policy, running, settlements) in expected {
      var bench = try RunBench(onGap: policy)
      bench.poll(.running, 0...10)
      bench.charge(bench.run, 10)
      bench.poll(.running, 11...60)
      for second: Int64 in 61...119 { bench.tick(second) }
      #expect(bench.meter.state == .unknown)
      #expect(bench.facts.span(of: .running, run: bench.run) == 50_000)
      bench.poll(.running, 120...170)
      bench.charge(nil, 170)
      #expect(bench.facts.span(of: .running, run: bench.run) == running)
      #expect(bench.facts.span(of: .unknown, run: bench.run) == 160_000 - running)
      #expect(bench.settlements(of: bench.run) == settlements)
      #expect(bench.facts.changes.contains("running>unknown"))
    }
  }

  @Test("a display sees the stretch under way, and how long nothing has been known")
  func openStretch() throws {
    var bench = try RunBench(maxAge: .seconds(5))
    #expect(bench.meter.openStretch(at: Sample.moment(0)) == nil)
    bench.poll(.running, 0...10)
    bench.charge(bench.run, 10)
    bench.poll(.running, 11...30)
    var open = try #require(bench.meter.openStretch(at: Sample.moment(33)))
    #expect(open.state == .running && open.span == .seconds(20), "not known to go on yet")
    bench.tick(40)
    open = try #require(bench.meter.openStretch(at: Sample.moment(40)))
    #expect(open.state == .unknown && open.span == .seconds(10))
    bench.poll(.running, 41...41)
    open = try #require(bench.meter.openStretch(at: Sample.moment(41)))
    #expect(open.state == .running && open.span == .zero)
    bench = try RunBench()
    bench.charge(bench.run, 10)
    open = try #require(bench.meter.openStretch(at: Sample.moment(15)))
    #expect(open.state == .unknown && open.span == .seconds(5), "never heard in a run")
  }

  @Test("a gap of up to ten seconds with the same state on both sides is bridged")
  func bridge() throws {
    var bench = try RunBench(maxAge: .seconds(2))
    bench.charge(bench.run, 0)
    bench.poll(.running, 0...10)
    for second: Int64 in 11...19 { bench.tick(second) }
    bench.poll(.running, 20...30)
    bench.charge(nil, 30)
    #expect(bench.facts.span(of: .running, run: bench.run) == 30_000)
    #expect(bench.settlements(of: bench.run) == [.bridged])
  }

  @Test("a gap as short as a bridge never holds a draft, even when the state changed in it")
  func shortChange() throws {
    var bench = try RunBench(maxAge: .seconds(2))
    bench.charge(bench.run, 0)
    bench.poll(.running, 0...10)
    bench.poll(.paused, 18...30)
    bench.charge(nil, 30)
    #expect(bench.settlements(of: bench.run) == [.skipped])
    #expect(bench.facts.span(of: .unknown, run: bench.run) == 8000)
  }

  @Test("an ended state found at first sight is adopted, and is no event")
  func latched() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.poll(.done, 1...5)
    #expect(bench.facts.changes == ["unknown>done"])
    bench.poll(.running, 6...9)
    bench.poll(.done, 10...12)
    #expect(bench.facts.changes == ["unknown>done", "done>running", "running>done"])
  }

  @Test("a cycle seen running before a gap and ended after it did end, unless the run began in between")
  func endedInGap() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.poll(.running, 0...10)
    bench.tick(30)
    bench.see(.done, 40)
    #expect(bench.facts.changes.last == "running>done")

    var other = try RunBench()
    other.charge(other.run, 0)
    other.poll(.running, 0...10)
    other.tick(30)
    other.charge(nil, 31)
    other.charge(other.next, 32)
    other.see(.done, 40)
    #expect(other.facts.changes.last == "unknown>done")
  }

  @Test("a run that ends or begins while nothing is known has its own part of the gap")
  func unknownAtEnds() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.poll(.running, 0...10)
    bench.tick(20)
    bench.charge(bench.next, 40)
    bench.poll(.running, 100...110)
    bench.charge(nil, 110)
    #expect(bench.facts.span(of: .running, run: bench.run) == 10_000)
    #expect(bench.facts.span(of: .unknown, run: bench.run) == 30_000)
    #expect(bench.settlements(of: bench.run) == [.held])
    #expect(bench.facts.span(of: .unknown, run: bench.next) == 60_000)
    #expect(bench.facts.span(of: .running, run: bench.next) == 10_000)
    #expect(bench.settlements(of: bench.next) == [.held])
  }

  @Test("a machine never heard in a run holds its draft where the policy says so")
  func neverHeard() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    for second: Int64 in 1...100 { bench.tick(second) }
    bench.charge(nil, 100)
    #expect(bench.settlements(of: bench.run) == [.held])
    #expect(bench.facts.span(of: .unknown, run: bench.run) == 100_000)
  }

  @Test("a charge long after the last reading does not bill the silence")
  func lateCharge() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.poll(.running, 0...10)
    bench.charge(nil, 100)
    #expect(bench.facts.span(of: .running, run: bench.run) == 10_000)
    #expect(bench.facts.span(of: .unknown, run: bench.run) == 90_000)
  }

  @Test("running without a job is kept, idling without one is not")
  func unattributed() throws {
    var bench = try RunBench()
    bench.poll(.idle, 0...10)
    bench.poll(.running, 11...30)
    bench.poll(.idle, 31...40)
    #expect(bench.facts.stretches.map(\.state) == [.running])
    #expect(bench.facts.span(of: .running, run: nil) == 20_000)
  }

  @Test("a device kept fresh by its presence is still at it until it says otherwise or is gone")
  func presence() throws {
    var bench = try RunBench(maxAge: nil)
    bench.charge(bench.run, 0)
    bench.see(.running, 0)
    for second: Int64 in 1...1000 { bench.tick(second) }
    #expect(bench.meter.state == .running)
    bench.meter.disconnect(at: Sample.moment(1001), into: &bench.facts)
    #expect(bench.meter.state == .unknown)
    bench.tick(1100)
    bench.see(.running, 1100)
    bench.charge(nil, 1101)
    #expect(bench.facts.span(of: .running, run: bench.run) == 1_001_000)
    #expect(bench.settlements(of: bench.run) == [.held])
    bench.meter.reject(.unmappedState, at: Sample.moment(1102), into: &bench.facts)
    #expect(bench.meter.state == .unknown)
  }

  @Test("a restart's gap starts where the gateway was last alive, and a short one is bridged")
  func restart() throws {
    for (seconds, settlement): (Int64, Gap.Settlement) in [(4, .bridged), (60, .held)] {
      var bench = try RunBench()
      bench.charge(bench.run, 0)
      bench.poll(.running, 0...100)
      let bytes = try JSONEncoder().encode(bench.meter)
      bench.meter = try JSONDecoder().decode(RunMeter.self, from: bytes)
      bench.meter.resume(lastAlive: Sample.moment(103), into: &bench.facts)
      bench.poll(.running, (103 + seconds)...200)
      bench.charge(nil, 200)
      #expect(bench.settlements(of: bench.run) == [settlement])
      let gap = try #require(bench.facts.stretches.compactMap(\.gap).first)
      #expect(gap.from == Sample.moment(103))
      #expect(gap.span == .seconds(seconds))
      #expect(bench.facts.stretches.reduce(0) { $0 + ($1.span?.milliseconds ?? 0) } == 200_000)
    }
  }

  @Test("a step of the wall clock changes no duration", arguments: [-86_400_000, 86_400_000] as [Int64])
  func clockStep(step: Int64) throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.poll(.running, 0...50)
    for second: Int64 in 51...100 {
      let moment = Moment(
        boot: 1, uptime: .seconds(second), wall: WallTime(milliseconds: 1_790_000_000_000 + step),
        isWallTrusted: true)
      bench.meter.apply(.running, at: moment, into: &bench.facts)
      bench.meter.tick(moment, into: &bench.facts)
    }
    bench.charge(nil, 100)
    #expect(bench.facts.span(of: .running, run: bench.run) == 100_000)
    #expect(bench.settlements(of: bench.run) == [])
  }

  @Test("a reboot's gap is measured by a trusted wall clock, and of unknown length without one")
  func reboot() throws {
    for isTrusted in [true, false] {
      var bench = try RunBench(onGap: .bill)
      bench.charge(bench.run, 0)
      bench.poll(.running, 0...100)
      bench.meter.resume(lastAlive: Sample.moment(100), into: &bench.facts)
      let back = Moment(
        boot: 2, uptime: .seconds(9), wall: WallTime(milliseconds: 1_790_000_000_000 + 160_000),
        isWallTrusted: isTrusted)
      bench.meter.apply(.running, at: back, into: &bench.facts)
      bench.meter.charge(.nobody, at: back.advanced(by: .seconds(1)), into: &bench.facts)
      #expect(bench.facts.span(of: .running, run: bench.run) == (isTrusted ? 161_000 : 101_000))
      #expect(bench.facts.stretches.contains { $0.gap != nil && $0.span == nil } != isTrusted)
    }
  }

  @Test("old readings, old ticks and an old charge count nothing twice")
  func outOfOrder() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.poll(.running, 0...100)
    bench.see(.idle, 50)
    bench.tick(40)
    bench.see(.paused, 110)
    bench.charge(bench.next, 105)
    bench.poll(.paused, 111...120)
    bench.charge(nil, 120)
    #expect(bench.facts.stretches.reduce(0) { $0 + ($1.span?.milliseconds ?? 0) } == 120_000)
    #expect(bench.facts.span(of: .paused, run: bench.next) == 10_000)
  }

  @Test("a presence-kept machine is not vouched for over hours in which nobody listened")
  func downtimeIsNoRunningTime() throws {
    var bench = try RunBench(maxAge: nil)
    bench.charge(bench.run, 0)
    bench.see(.running, 1)
    for second in 2...60 { bench.tick(Int64(second)) }
    // Stopped, or asleep, for four hours; then the first tick, and only later a word of the machine.
    bench.tick(14_460)
    bench.see(.idle, 14_465)
    bench.charge(nil, 14_470)
    #expect(bench.facts.span(of: .running, run: bench.run) == 59_000)
    #expect(bench.facts.stretches.contains { $0.gap?.settlement == .held })
  }

  @Test("a power cut costs a running machine no more than the last checkpoint")
  func checkpointsWhileRunning() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.see(.running, 1)
    var stored = bench.meter
    for second in 2...540 {
      let before = bench.meter.generation
      bench.see(.running, Int64(second))
      if bench.meter.generation != before { stored = bench.meter }
    }
    bench.meter = stored
    bench.tick(545)
    bench.see(.running, 560)
    bench.charge(nil, 561)
    #expect(bench.facts.stretches.compactMap(\.gap).last.map { $0.from >= Sample.moment(534) } ?? false)
  }

  @Test("while a machine goes on unchanged a checkpoint follows every five seconds, and at rest nothing")
  func quietDisk() throws {
    var bench = try RunBench()
    bench.charge(bench.run, 0)
    bench.see(.running, 1)
    let before = bench.meter.generation
    bench.poll(.running, 2...3600)
    #expect((715...730).contains(bench.meter.generation - before))
    #expect(bench.facts.stretches.count <= 6)
    var idle = try RunBench()
    idle.see(.idle, 1)
    let still = idle.meter.generation
    idle.poll(.idle, 2...3600)
    #expect(idle.meter.generation == still)
  }
}
