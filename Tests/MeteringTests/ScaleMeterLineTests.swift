import Measures
import Testing

@testable import Metering

/// A division here is 0.1 g, and a rate over 30 g/min needs its own limit.
@Suite("Scale meter: levels on a slope")
struct ScaleMeterLineTests {
  @Test("a hopper that empties fast has levels on the way, though its own bit says that it moves")
  func hopperInMotion() throws {
    var bench = try ScaleBench(load: 50_000_000, rate: 120_000)
    bench.weigh(10)
    bench.start(bench.first)
    for _ in 0..<60 {
      bench.now += 1
      bench.load -= 1000
      bench.read(stable: false)
      bench.meter.tick(bench.moment, into: &bench.facts)
    }
    let anchor = try #require(bench.meter.anchor)
    #expect(anchor.mass < Mass(milligrams: 49_960_000), "a level from the last twenty seconds")
  }

  @Test("a handful taken from a hopper at work is a hand's, though the work center could use that much")
  func handful() throws {
    var bench = try ScaleBench(load: 50_000_000, rate: 120_000)
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(120, using: 400)
    bench.load -= 6_000
    bench.weigh(120, using: 400)
    bench.weigh(5)
    bench.end(bench.first)
    bench.weigh(200)
    #expect(bench.facts.marks(of: bench.first) == [.removedByHand, .loadChanged])
    #expect(abs(bench.facts.amount(of: bench.first) - 96_000) <= 1000)
  }

  @Test("shaking that agrees with itself by chance leaves no mark and takes nothing", arguments: 0..<20)
  func shaken(seed: Int) throws {
    var bench = try ScaleBench()
    bench.dice = Dice(seed: seed)
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(60, using: 20)
    bench.noise = 600
    bench.weigh(40, using: 20)
    bench.noise = 0
    bench.weigh(60, using: 20)
    bench.weigh(5)
    bench.end(bench.first)
    bench.weigh(200)
    #expect(bench.facts.marks(of: bench.first) == [])
    #expect(abs(bench.facts.amount(of: bench.first) - 3200) <= 200)
  }

  @Test("knocks of different heights, one after the other, are not somebody's load")
  func knocks() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(60, using: 20)
    for knock in [2300, -1400, 4000, 1700] as [Int64] {
      bench.load += knock
      bench.weigh(4, using: 20)
      bench.load -= knock
      bench.weigh(2, using: 20)
    }
    bench.weigh(60, using: 20)
    bench.weigh(5)
    bench.end(bench.first)
    bench.weigh(200)
    #expect(bench.facts.marks(of: bench.first).subtracting([.liftedAndReturned]) == [])
    #expect(abs(bench.facts.amount(of: bench.first) - 144 * 20) <= 200)
  }

  @Test("a run that begins just after the machine stopped is not charged for what flowed on the way")
  func beganAfterStop() throws {
    var bench = try ScaleBench(load: 50_000_000, rate: 120_000)
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(10)
    bench.weigh(60, using: 500)
    bench.meter.note(isWorking: false, at: bench.moment)
    bench.weigh(1)
    bench.start(bench.first)
    bench.weigh(30)
    bench.end(bench.first)
    bench.weigh(20)
    #expect(abs(bench.facts.amount(of: bench.first)) <= 200)
    #expect(abs(bench.facts.amount(of: nil) - 30_000) <= 200)
  }
}

@Suite("Scale meter: short runs")
struct ScaleMeterShortRunTests {
  @Test("a run of seconds at a coarse scale is charged for what the mean before it does not show yet")
  func coarse() throws {
    var meter = ScaleMeter(
      channel: try Sample.channel("scale/weight"),
      parameters: ScaleParameters(
        division: Mass(milligrams: 1000), maxUseRate: MassRate(milligramsPerMinute: 500_000),
        maxAge: .seconds(2)))
    var facts: [Fact] = []
    var load: Int64 = 10_000_000
    let run = try Sample.run(1)
    for tick in 0..<200 as Range<Int64> {
      let moment = Sample.moment(milliseconds: tick * 200)
      switch tick {
      case 30: meter.note(isWorking: false, at: moment)
      case 50: meter.charge(Account(run: run), at: moment, into: &facts)
      case 51: meter.note(isWorking: true, at: moment)
      case 61: meter.note(isWorking: false, at: moment)
      case 65: meter.settle(run, at: moment, into: &facts)
      default: break
      }
      if (51..<61).contains(tick) { load -= 400 }
      meter.apply(Mass(milligrams: load), stable: nil, at: moment, into: &facts)
      if tick % 5 == 0 { meter.tick(moment, into: &facts) }
    }
    #expect(abs(facts.amount(of: run) - 4000) <= 500)
    #expect(facts.settled == [run])
  }

  @Test("a run of seconds is charged all of it, though nobody knew the machine before")
  func seconds() throws {
    var bench = try ScaleBench(load: 50_000_000, rate: 500_000)
    bench.weigh(5)
    bench.meter.note(isWorking: false, at: bench.moment)
    bench.weigh(2)
    bench.start(bench.first)
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(2, using: 2000)
    bench.meter.note(isWorking: false, at: bench.moment)
    bench.end(bench.first)
    bench.weigh(20)
    #expect(abs(bench.facts.amount(of: bench.first) - 4000) <= 100)
    #expect(abs(bench.facts.amount(of: nil)) <= 100)
  }
}

@Suite("Scale meter: zero that comes back")
struct ScaleMeterReturnTests {
  private func blind(for seconds: Int64, showing later: Int64) throws -> ScaleBench {
    var bench = try ScaleBench()
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(300, using: 20)
    let load = bench.load
    bench.load = 0
    bench.weigh(seconds)
    bench.load = load - seconds * 20 + later
    bench.weigh(100, using: 20)
    bench.weigh(5)
    bench.end(bench.first)
    bench.weigh(200)
    return bench
  }

  @Test("a scale that was blind for minutes and shows its load again: before minus after, marked")
  func returned() throws {
    let bench = try blind(for: 600, showing: 0)
    #expect(bench.facts.marks(of: bench.first) == [.baselineReturned])
    #expect(abs(bench.facts.amount(of: bench.first) - 1000 * 20) <= 100)
  }

  @Test("another load after minutes of blindness leaves the amount in doubt, with an estimate")
  func exchanged() throws {
    let bench = try blind(for: 600, showing: 300_000)
    #expect(bench.facts.marks(of: bench.first).contains(.baselineLost))
    #expect(abs(bench.facts.amount(of: bench.first) - 1000 * 20) <= 500)
  }

  @Test("a scale that comes down to zero by use, while its machine works on, is blind and not empty")
  func cameDown() throws {
    var bench = try ScaleBench(load: 6000)
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(300, using: 20)
    bench.weigh(200)
    bench.end(bench.first)
    bench.weigh(70)
    #expect(bench.facts.marks(of: bench.first) == [.baselineLost])
  }
}
