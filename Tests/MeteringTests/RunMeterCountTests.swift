import Measures
import Testing

@testable import Metering

/// A machine's own count of its running time settles what its state could not tell.
@Suite("Run meter: the machine's own count")
struct RunMeterCountTests {
  /// A machine that runs from the start, read once a second with its count.
  private struct Machine {
    var meter: RunMeter
    var facts: [Fact] = []
    var now: Int64 = 0
    /// Milliseconds that it has run.
    var count: Int64
    var state = MachineState.running
    let run: RunID

    init(count: Int64 = 3_600_000, step: Span? = .seconds(1), onGap: GapPolicy = .hold) throws {
      meter = RunMeter(
        channel: try Sample.channel("mill/run_state"),
        parameters: RunParameters(maxAge: .seconds(5), onGap: onGap, countStep: step))
      self.count = count
      run = try Sample.run(1)
      meter.apply(state, at: Sample.moment(0), into: &facts)
      meter.charge(Account(run: run), at: Sample.moment(0), into: &facts)
    }

    /// - Parameter isCountFirst: of one message the count is taken before the state.
    mutating func read(_ seconds: Int64, isCountFirst: Bool = true) {
      for _ in 0..<seconds {
        pass(1)
        let at = Sample.moment(now)
        if isCountFirst { meter.count(.milliseconds(count), at: at, into: &facts) }
        meter.apply(state, at: at, into: &facts)
        if !isCountFirst { meter.count(.milliseconds(count), at: at, into: &facts) }
      }
    }

    /// Time in which nothing is read.
    mutating func pass(_ seconds: Int64) {
      for _ in 0..<seconds {
        now += 1
        if state == .running { count += 1000 }
        meter.tick(Sample.moment(now), into: &facts)
      }
    }

    mutating func end() { meter.charge(.nobody, at: Sample.moment(now), into: &facts) }

    var running: Int64 { facts.span(of: .running, run: run) }
    var unknown: Int64 { facts.span(of: .unknown, run: run) }
    var settlements: [Gap.Settlement] { facts.stretches.compactMap(\.gap?.settlement) }
  }

  @Test(
    "a gap in which it ran for a part is billed for that part, and the rest is unknown",
    arguments: [true, false])
  func part(isCountFirst: Bool) throws {
    var machine = try Machine()
    machine.read(60, isCountFirst: isCountFirst)
    machine.pass(100)
    machine.state = .paused
    machine.pass(200)
    machine.state = .running
    machine.read(30, isCountFirst: isCountFirst)
    machine.end()
    #expect(machine.settlements == [.counted, .counted])
    #expect(abs(machine.running - 190_000) <= 1000, "\(machine.running)")
    #expect(machine.running + machine.unknown == 390_000, "every second is somewhere")
  }

  @Test("what it ran between two idle readings is found by its count alone")
  func betweenIdle() throws {
    var machine = try Machine()
    machine.state = .idle
    machine.read(60)
    machine.state = .running
    machine.pass(120)
    machine.state = .idle
    machine.pass(60)
    machine.read(5)
    machine.end()
    #expect(abs(machine.running - 120_000) <= 1000)
  }

  @Test(
    "a count that began anew tells nothing: the policy decides", arguments: [GapPolicy.hold, .skip, .bill])
  func reset(policy: GapPolicy) throws {
    var machine = try Machine(onGap: policy)
    machine.read(60)
    machine.pass(100)
    machine.count = 20_000
    machine.read(30)
    machine.end()
    let expected: Gap.Settlement = [.hold: .held, .skip: .skipped, .bill: .billed][policy] ?? .settled
    #expect(machine.settlements == [expected])
  }

  @Test("a count of the machine's own job that began anew in the gap tells nothing, though it is higher")
  func nextJob() throws {
    var machine = try Machine(count: 100_000)
    machine.read(60)
    // The print that was under way ended at 1,700 s; another has run for 1,800 s.
    machine.state = .idle
    machine.pass(7200)
    machine.state = .running
    machine.count = 1_800_000
    machine.read(30)
    machine.end()
    #expect(machine.settlements == [.held])
  }

  @Test("two gaps in a row are two, though no count came between them")
  func twoGaps() throws {
    var machine = try Machine()
    machine.read(60)
    machine.meter.disconnect(at: Sample.moment(machine.now), into: &machine.facts)
    machine.pass(15)
    machine.meter.apply(.paused, at: Sample.moment(machine.now), into: &machine.facts)
    machine.pass(3)
    machine.meter.disconnect(at: Sample.moment(machine.now), into: &machine.facts)
    machine.pass(20)
    machine.state = .paused
    machine.read(20)
    machine.end()
    #expect(machine.facts.stretches.reduce(0) { $0 + ($1.span?.milliseconds ?? 0) } == 118_000)
  }

  @Test("a count that grew by more than the gap lasted is not believed")
  func leap() throws {
    var machine = try Machine()
    machine.read(60)
    machine.pass(100)
    machine.count += 7_200_000
    machine.read(30)
    machine.end()
    #expect(machine.settlements == [.held])
  }

  @Test("where no count comes with the state, the policy decides after ten seconds")
  func noCount() throws {
    var machine = try Machine()
    machine.read(60)
    machine.pass(100)
    for _ in 0..<30 {
      machine.pass(1)
      machine.meter.apply(.running, at: Sample.moment(machine.now), into: &machine.facts)
    }
    machine.end()
    #expect(machine.settlements == [.held])
    #expect(machine.running + machine.unknown == 190_000)
  }

  @Test("an hour meter in tenths tells of an hour, and not of a minute")
  func coarse() throws {
    for (gap, expected) in [(Int64(5000), [Gap.Settlement.counted]), (300, [.held])] {
      var machine = try Machine(count: 360_000, step: .minutes(6))
      machine.read(60)
      machine.pass(gap)
      machine.read(30)
      machine.end()
      #expect(Array(Set(machine.settlements)) == expected, "a gap of \(gap) s")
    }
  }

  @Test("a run that ends while nothing is known is settled by the policy: its rest is another's")
  func runEndsInGap() throws {
    var machine = try Machine()
    machine.read(60)
    machine.pass(100)
    machine.end()
    machine.pass(100)
    machine.read(5)
    #expect(
      machine.facts.stretches.filter { $0.account.run == machine.run }.compactMap(\.gap?.settlement) == [
        .held
      ])
    #expect(!machine.settlements.contains(.counted))
  }

  @Test("after a restart of the daemon the count tells what the machine did meanwhile")
  func restart() throws {
    var machine = try Machine()
    machine.read(60)
    machine.meter.resume(lastAlive: Sample.moment(machine.now), into: &machine.facts)
    machine.now += 100
    machine.count += 100_000
    machine.read(30)
    machine.end()
    #expect(machine.settlements == [.counted])
    #expect(abs(machine.running - 190_000) <= 1000)
  }
}
