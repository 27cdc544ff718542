import Foundation
import Measures
import Testing

@testable import Metering

struct CounterBench {
  var meter: CounterMeter
  var facts: [Fact] = []
  let run: RunID
  let next: RunID

  init(maxAge: Span? = .seconds(5)) throws {
    meter = CounterMeter(
      channel: try Sample.channel("plug-1/energy"), parameters: CounterParameters(maxAge: maxAge))
    run = try Sample.run(1)
    next = try Sample.run(2)
  }

  mutating func see(_ value: Int64, _ second: Int64) {
    meter.apply(value, at: Sample.moment(second), into: &facts)
    meter.tick(Sample.moment(second), into: &facts)
  }
  mutating func tick(_ second: Int64) { meter.tick(Sample.moment(second), into: &facts) }
  mutating func charge(_ run: RunID?, _ second: Int64) {
    meter.charge(Account(run: run), at: Sample.moment(second), into: &facts)
  }
  mutating func settle(_ run: RunID, _ second: Int64) {
    meter.settle(run, at: Sample.moment(second), into: &facts)
  }
}

@Suite("Counter meter")
struct CounterMeterTests {
  @Test("a run has what was counted between the last reading before it and the first after it")
  func difference() throws {
    var bench = try CounterBench()
    bench.see(1000, 0)
    bench.charge(bench.run, 1)
    for second: Int64 in 2...10 { bench.see(1000 + second * 10, second) }
    bench.settle(bench.run, 10)
    #expect(bench.facts.settled == [])
    bench.see(1105, 11)
    #expect(bench.facts.amount(of: bench.run) == 105)
    #expect(bench.facts.settled == [bench.run])
    #expect(bench.facts.marks(of: bench.run) == [])
    #expect(bench.facts.gaps(of: bench.run) == [])
  }

  @Test("a confirmed reset counts on from zero, marked; unconfirmed it is a glitch and is dropped")
  func resets() throws {
    var bench = try CounterBench()
    bench.see(5000, 0)
    bench.charge(bench.run, 0)
    bench.see(5100, 1)
    bench.see(5100, 2)
    bench.see(3, 3)
    bench.see(0, 4)
    bench.see(5200, 5)
    #expect(bench.meter.openCount == 200)
    bench.see(5200, 6)
    for (second, value): (Int64, Int64) in [(7, 0), (8, 10), (9, 20), (10, 30)] { bench.see(value, second) }
    bench.settle(bench.run, 10)
    bench.see(40, 11)
    #expect(bench.facts.amount(of: bench.run) == 240)
    #expect(bench.facts.marks(of: bench.run) == [.counterReset])
  }

  @Test("a lone reading that stands out upward is dropped when the counter goes on where it was")
  func outlier() throws {
    var bench = try CounterBench()
    bench.see(5000, 0)
    bench.charge(bench.run, 0)
    bench.see(5010, 1)
    bench.see(53_700_000_000, 2)
    for second: Int64 in 3...10 { bench.see(5010 + second, second) }
    bench.settle(bench.run, 10)
    bench.see(5021, 11)
    #expect(bench.facts.amount(of: bench.run) == 21)
    #expect(bench.facts.marks(of: bench.run) == [])
  }

  @Test("a counter that starts from zero each cycle keeps every cycle")
  func cycles() throws {
    var bench = try CounterBench()
    bench.see(0, 0)
    bench.charge(bench.run, 0)
    var second: Int64 = 0
    for _ in 0..<3 {
      for value: Int64 in [0, 0, 0, 40, 90, 90] {
        second += 1
        bench.see(value, second)
      }
    }
    bench.settle(bench.run, second)
    bench.see(90, second + 1)
    #expect(bench.facts.amount(of: bench.run) == 270)
  }

  @Test("a counter first seen in mid-run counts from there on, marked")
  func firstSeen() throws {
    var bench = try CounterBench()
    bench.charge(bench.run, 0)
    bench.see(700, 50)
    bench.see(720, 51)
    bench.settle(bench.run, 52)
    bench.see(725, 53)
    #expect(bench.facts.amount(of: bench.run) == 25)
    #expect(bench.facts.marks(of: bench.run) == [.firstSeenInRun])
  }

  @Test("what was counted while nobody listened before the run is nobody's")
  func silentBefore() throws {
    var bench = try CounterBench()
    bench.see(100, 0)
    bench.tick(100)
    bench.charge(bench.run, 100)
    bench.see(900, 200)
    bench.see(950, 201)
    bench.settle(bench.run, 202)
    bench.see(960, 203)
    #expect(bench.facts.amount(of: nil) == 800)
    #expect(bench.facts.amount(of: bench.run) == 60)
    #expect(bench.facts.marks(of: bench.run) == [.firstSeenInRun])
  }

  @Test("without a reading for a minute after the end the last one is taken, marked")
  func deadline() throws {
    var bench = try CounterBench()
    bench.see(100, 0)
    bench.charge(bench.run, 0)
    bench.see(150, 5)
    bench.settle(bench.run, 20)
    bench.tick(79)
    #expect(bench.facts.settled == [])
    bench.tick(80)
    #expect(bench.facts.settled == [bench.run])
    #expect(bench.facts.amount(of: bench.run) == 50)
    #expect(bench.facts.marks(of: bench.run) == [.endUnstable])
    #expect(bench.facts.gaps(of: bench.run).map(\.settlement) == [.skipped])
    bench.see(170, 100)
    bench.charge(bench.next, 101)
    #expect(bench.facts.amount(of: nil) == 20)
  }

  @Test("a counter never read in the run says so", arguments: [true, false])
  func neverRead(wasKnownBefore: Bool) throws {
    var bench = try CounterBench()
    if wasKnownBefore { bench.see(10, 0) }
    bench.tick(50)
    bench.charge(bench.run, 50)
    bench.settle(bench.run, 60)
    bench.tick(120)
    #expect(bench.facts.marks(of: bench.run) == [.neverRead])
    #expect(bench.facts.amount(of: bench.run) == 0)
    #expect(bench.facts.settled == [bench.run])
  }

  @Test("a meter that reports only changes and is present settles unmarked")
  func presence() throws {
    var bench = try CounterBench(maxAge: nil)
    bench.see(10, 0)
    bench.charge(bench.run, 10)
    bench.see(60, 20)
    for second: Int64 in 21...1000 { bench.tick(second) }
    bench.settle(bench.run, 1000)
    for second: Int64 in 1001...1060 { bench.tick(second) }
    #expect(bench.facts.marks(of: bench.run) == [])
    #expect(bench.facts.amount(of: bench.run) == 50)
  }

  @Test("a gap is bracketed, a restart marked, and nothing lost")
  func restart() throws {
    var bench = try CounterBench()
    bench.see(10, 0)
    bench.charge(bench.run, 0)
    bench.see(20, 5)
    let bytes = try JSONEncoder().encode(bench.meter)
    bench.see(25, 8)
    bench.meter = try JSONDecoder().decode(CounterMeter.self, from: bytes)
    bench.meter.resume(lastAlive: Sample.moment(9))
    bench.see(40, 30)
    bench.settle(bench.run, 30)
    bench.see(41, 31)
    #expect(bench.facts.amount(of: bench.run) == 31)
    #expect(bench.facts.gaps(of: bench.run).map(\.span) == [.seconds(21)])
    #expect(bench.facts.marks(of: bench.run) == [.restarted])
  }

  @Test("the ends of the number range do not trap")
  func extremes() throws {
    var bench = try CounterBench()
    bench.charge(bench.run, 0)
    for (second, value) in [Int64.max, .min, .min, .min, .max, 0, 0, 0, .max, -1, -1, -1].enumerated() {
      bench.see(value, Int64(second))
    }
    bench.settle(bench.run, 20)
    bench.tick(200)
    #expect(bench.facts.settled == [bench.run])
  }
}

@Suite("Power and buttons")
struct ClassifierTests {
  private func classifier() -> PowerClassifier {
    PowerClassifier(
      thresholds: PowerClassifier.Thresholds(
        runningAbove: Power(milliwatts: 100_000), runningAfter: .seconds(3),
        idleBelow: Power(milliwatts: 20_000),
        idleAfter: .seconds(10)))
  }

  @Test("power tells running from idle only once it has held, and between the thresholds nothing changes")
  func power() {
    var power = classifier()
    var states: [MachineState?] = []
    let watts: [Int64] = [5, 150, 150, 50, 150, 150, 150, 150, 50, 50, 5, 5, 150, 5]
    for (second, value) in watts.enumerated() {
      states.append(power.classify(Power(milliwatts: value * 1000), at: Sample.moment(Int64(second))))
    }
    #expect(states == Array(repeating: nil, count: 7) + Array(repeating: .running, count: 7))
    for second: Int64 in 14...22 {
      #expect(power.classify(.zero, at: Sample.moment(second)) == .running)
    }
    #expect(power.classify(.zero, at: Sample.moment(23)) == .idle)
  }

  @Test("after a reboot with an untrusted clock the holding time counts anew")
  func powerAcrossBoots() {
    var power = classifier()
    let load = Power(milliwatts: 150_000)
    _ = power.classify(load, at: Sample.moment(100, isTrusted: false))
    #expect(power.classify(load, at: Sample.moment(1, boot: 2, isTrusted: false)) == nil)
    #expect(power.classify(load, at: Sample.moment(4, boot: 2, isTrusted: false)) == .running)
  }

  @Test("one press published twice is one press")
  func buttons() {
    var gate = ButtonGate()
    var admitted: [Bool] = []
    for (action, milliseconds) in [(ButtonAction.start, 0), (.start, 1499), (.pause, 1499), (.start, 1500)] {
      admitted.append(gate.admits(action, at: Sample.moment(milliseconds: Int64(milliseconds))))
    }
    admitted.append(gate.admits(.start, at: Sample.moment(0, boot: 2, isTrusted: false)))
    #expect(admitted == [true, false, true, true, true])
  }

  @Test("filament that is drawn back and pushed out again is used once")
  func retraction() throws {
    var meter = CounterMeter(
      channel: try Sample.channel("printer-1/material_used"),
      parameters: CounterParameters(maxAge: .seconds(5), kind: .perJob))
    var facts: [Fact] = []
    let run = try Sample.run(1)
    func see(_ value: Int64, _ second: Int64) { meter.apply(value, at: Sample.moment(second), into: &facts) }
    see(0, 0)
    meter.charge(Account(run: run), at: Sample.moment(0), into: &facts)
    // A pause: thirty milligrams drawn back, said four times.
    for (second, value): (Int64, Int64) in [
      (1, 400), (2, 900), (3, 870), (4, 870), (5, 870), (6, 870), (7, 1_000),
    ] {
      see(value, second)
    }
    meter.settle(run, at: Sample.moment(8), into: &facts)
    see(1_000, 9)
    let used = facts.reduce(Int64(0)) { sum, fact in
      if case .segment(let segment) = fact, segment.account.run == run { sum + segment.amount } else { sum }
    }
    #expect(used == 1_000)
  }

  @Test("the next job's count begins anew, and that is no reset worth a mark")
  func perJob() throws {
    var meter = CounterMeter(
      channel: try Sample.channel("printer-1/material_used"),
      parameters: CounterParameters(maxAge: .seconds(5), kind: .perJob))
    var facts: [Fact] = []
    let run = try Sample.run(1)
    for (second, value): (Int64, Int64) in [(0, 5_000), (1, 5_000)] {
      meter.apply(value, at: Sample.moment(second), into: &facts)
    }
    meter.charge(Account(run: run), at: Sample.moment(1), into: &facts)
    for second: Int64 in 2...9 { meter.apply(second * 10, at: Sample.moment(second), into: &facts) }
    meter.settle(run, at: Sample.moment(milliseconds: 9500), into: &facts)
    meter.apply(100, at: Sample.moment(10), into: &facts)
    let segments = facts.compactMap { fact -> Segment? in
      if case .segment(let segment) = fact, segment.account.run == run { segment } else { nil }
    }
    #expect(segments.map(\.amount).reduce(0, +) == 100)
    #expect(segments.allSatisfy { !$0.marks.contains(.counterReset) })
  }

  @Test("the message that tells a print's end tells its filament too, and no other is waited for")
  func toldWithTheEnd() throws {
    var meter = CounterMeter(
      channel: try Sample.channel("printer-1/material_used"),
      parameters: CounterParameters(maxAge: .minutes(6), kind: .perJob))
    var facts: [Fact] = []
    let run = try Sample.run(1)
    let white = try Sample.material("pla-white")
    meter.apply(0, at: Sample.moment(0), into: &facts)
    meter.charge(Account(run: run, material: white), at: Sample.moment(1), into: &facts)
    for second: Int64 in 2...9 { meter.apply(second * 10, at: Sample.moment(second), into: &facts) }
    meter.settle(run, at: Sample.moment(9), into: &facts)
    #expect(facts.settled == [run])
    #expect(facts.amount(of: run) == 90 && facts.marks(of: run) == [])
    #expect(meter.account == .nobody, "what it uses from here on is of no known material")
  }
}
