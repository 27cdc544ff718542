import Measures
import Testing

@testable import Metering

@Suite("Scale meter")
struct ScaleMeterTests {
  @Test("a run is billed from the last anchor before it to the first after it has settled")
  func anchors() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(300, using: 10)
    bench.end(bench.first)
    #expect(bench.facts.settled.isEmpty)
    bench.weigh(4)
    let segment = try #require(bench.facts.segments(of: bench.first).first)
    #expect(bench.facts.segments.count == 1)
    #expect(segment.first == 1_000_000)
    #expect(segment.last == 997_000)
    #expect(segment.amount == 3000)
    #expect(segment.marks == [])
    #expect(segment.gaps == [])
    #expect(segment.from == Sample.moment(10))
    #expect(bench.facts.settled == [bench.first])
    #expect(bench.meter.isSettled)
  }

  @Test("noise never ratchets: a whole shift of it bills less than two divisions", arguments: 0..<12)
  func noise(seed: Int) throws {
    var bench = try ScaleBench()
    bench.dice = Dice(seed: seed)
    bench.noise = 150
    bench.weigh(10)
    bench.start(bench.first)
    var naive: Int64 = 0
    var previous = bench.load
    for _ in 0..<3600 {
      bench.weigh(1)
      let reading = bench.meter.latest?.mass.base ?? 0
      naive += max(0, previous - reading)
      previous = reading
    }
    bench.end(bench.first)
    bench.weigh(5)
    #expect(naive > 100_000, "the naive meter bills a tenth of a kilogram that nobody used")
    #expect(abs(bench.facts.amount(of: bench.first)) <= 200)
    #expect(bench.facts.marks(of: bench.first) == [])
    #expect(bench.facts.loads == [])
  }

  @Test("shaking beyond the band neither ratchets nor passes for refills", arguments: 0..<12)
  func shaking(seed: Int) throws {
    var bench = try ScaleBench()
    bench.dice = Dice(seed: seed)
    bench.weigh(10)
    bench.start(bench.first)
    bench.noise = 400
    bench.weigh(1800, using: 5)
    bench.noise = 0
    bench.end(bench.first)
    bench.weigh(200)
    #expect(abs(bench.facts.amount(of: bench.first) - 9000) <= 350)
    #expect(bench.facts.marks(of: bench.first).isEmpty)
  }

  @Test("a removal is nobody's use and both sides of it are")
  func removal() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.load -= 400_000
    bench.weigh(200, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(abs(bench.facts.amount(of: bench.first) - 3000) <= 100)
    #expect(bench.facts.marks(of: bench.first) == [.loadChanged, .removedByHand])
    #expect(abs((bench.facts.loads.first?.base ?? 0) + 400_000) <= 100)
    #expect(bench.facts.segments.compactMap(\.removed) == [-(bench.facts.loads.first?.base ?? 0)])
  }

  @Test("what a hand takes after the end, or before the start, is on no run's account")
  func removalOutside() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.load -= 100_000
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.load -= 100_000
    bench.weigh(10)
    bench.start(bench.second)
    bench.weigh(200)
    bench.end(bench.second)
    bench.weigh(5)
    #expect(bench.facts.loads.count == 2)
    #expect(bench.facts.segments.compactMap(\.removed) == [])
    #expect(bench.facts.marks(of: bench.first) == [])
  }

  @Test("a refill is not negative use")
  func refill() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.load += 300_000
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(abs(bench.facts.amount(of: bench.first) - 2000) <= 100)
    #expect(bench.facts.marks(of: bench.first) == [.loadChanged])
    #expect(bench.facts.loads.count == 1)
  }

  @Test("a spool swapped in mid-run bills both spools and is marked as a change of load, not a lost baseline")
  func swap() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.meter.note(isWorking: false, at: bench.moment)
    bench.load = 0
    bench.weigh(30)
    bench.load = 750_000
    bench.weigh(5)
    bench.meter.note(isWorking: true, at: bench.moment)
    bench.weigh(200, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(abs(bench.facts.amount(of: bench.first) - 3000) <= 200)
    #expect(bench.facts.marks(of: bench.first) == [.loadChanged])
  }

  @Test("a spool taken off and put back is before minus after")
  func lift() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    let before = bench.load
    bench.load = 0
    bench.weigh(60)
    bench.load = before - 2000
    bench.weigh(100)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 3000)
    #expect(bench.facts.segments.count == 1)
    #expect(bench.facts.marks(of: bench.first) == [.liftedAndReturned])
    #expect(bench.facts.loads == [])
  }

  @Test("a knock that comes back is ignored")
  func bump() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    for excursion: Int64 in [1500, -800, -1900, 900] {
      bench.load += excursion
      bench.weigh(4)
      bench.load -= excursion
      bench.weigh(20)
    }
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 0)
    #expect(bench.facts.marks(of: bench.first) == [])
    #expect(bench.facts.segments.count == 1)
  }

  @Test("a spool lifted at the end of the run and returned within a minute is before minus after")
  func liftedAtEnd() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    let before = bench.load
    bench.load = 0
    bench.weigh(5)
    bench.end(bench.first)
    bench.weigh(20)
    #expect(bench.facts.settled == [])
    bench.load = before
    bench.weigh(7)
    #expect(bench.facts.amount(of: bench.first) == 1000)
    #expect(bench.facts.settled == [bench.first])
    #expect(bench.facts.marks(of: bench.first) == [.liftedAndReturned])
  }

  @Test("a spool taken off after the run ended is nobody's, and does not hold the run")
  func removedAfterEnd() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.weigh(3)
    bench.end(bench.first)
    bench.load = 0
    bench.weigh(70)
    #expect(abs(bench.facts.amount(of: bench.first) - 1000) <= 30)
    #expect(bench.facts.marks(of: bench.first) == [])
    #expect(bench.facts.settled == [bench.first])
    #expect(bench.facts.loads.map { abs($0.base + 999_000) <= 30 } == [true])
  }

  @Test("a scale first seen in mid-run bills from there on, marked")
  func firstSeen() throws {
    var bench = try ScaleBench()
    bench.start(bench.first)
    bench.silence(60, using: 10)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(abs(bench.facts.amount(of: bench.first) - 1000) <= 100)
    #expect(bench.facts.marks(of: bench.first) == [.firstSeenInRun])
  }

  @Test("what left a silent scale before the run's first reading is nobody's")
  func firstSeenAgain() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.silence(3600, using: 10)
    bench.start(bench.first)
    bench.silence(60)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(abs(bench.facts.amount(of: bench.first) - 1000) <= 100)
    #expect(bench.facts.marks(of: bench.first) == [.firstSeenInRun])
    #expect(abs(bench.facts.amount(of: nil) - 36_000) <= 100)
    #expect(bench.facts.gaps(of: nil).count == 1)
  }

  @Test("a scale never read during the run says so", arguments: [false, true])
  func neverRead(wasKnownBefore: Bool) throws {
    var bench = try ScaleBench()
    if wasKnownBefore {
      bench.weigh(10)
      bench.silence(30)
    }
    bench.start(bench.first)
    bench.silence(100, using: 10)
    bench.end(bench.first)
    bench.silence(60)
    #expect(bench.facts.amount(of: bench.first) == 0)
    #expect(bench.facts.marks(of: bench.first) == [.neverRead])
    #expect(bench.facts.settled == [bench.first])
    bench.weigh(100)
    bench.silence(1)
    #expect(bench.facts.amount(of: nil) == (wasKnownBefore ? 1000 : 0))
  }

  @Test("an end without a stable reading for a minute takes the last anchor, marked")
  func endUnstable() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    for _ in 0..<59 {
      bench.now += 1
      bench.load += bench.now % 2 == 0 ? 50_000 : -50_000
      bench.read()
      bench.meter.tick(bench.moment, into: &bench.facts)
    }
    #expect(bench.facts.settled == [])
    bench.load += 50_000
    bench.weigh(1)
    #expect(bench.facts.settled == [bench.first])
    #expect(abs(bench.facts.amount(of: bench.first) - 1000) <= 300)
    #expect(bench.facts.marks(of: bench.first) == [.endUnstable])
  }

  @Test("a device whose stable bit never comes has no anchor, however still it is")
  func stableBit() throws {
    var bench = try ScaleBench()
    for _ in 0..<30 {
      bench.now += 1
      bench.read(stable: false)
      bench.meter.tick(bench.moment, into: &bench.facts)
    }
    #expect(bench.meter.stableReading == nil)
    bench.silence(5)
    #expect(bench.meter.stableReading == nil)
    for _ in 0..<3 {
      bench.now += 1
      bench.read(stable: true)
    }
    #expect(bench.meter.stableReading == Mass(milligrams: 1_000_000))
  }

  @Test("a new run ends the settling, and both share one anchor")
  func sharedAnchor() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.weigh(1)
    bench.start(bench.second)
    #expect(bench.facts.settled == [bench.first])
    bench.weigh(100, using: 10)
    bench.end(bench.second)
    bench.weigh(5)
    let one = try #require(bench.facts.segments(of: bench.first).last)
    let two = try #require(bench.facts.segments(of: bench.second).first)
    #expect(one.last == two.first)
    #expect(one.to == two.from)
    #expect(bench.facts.amount(of: bench.first) + bench.facts.amount(of: bench.second) == 2000)
    #expect(one.marks == [])
    #expect(two.marks == [])
  }

  @Test("settling the same run twice is once; settling another answers at once")
  func settleTwice() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(10)
    bench.end(bench.first)
    bench.end(bench.first)
    #expect(bench.facts.settled == [])
    bench.end(bench.second)
    #expect(bench.facts.settled == [bench.second])
    bench.weigh(5)
    #expect(bench.facts.settled == [bench.second, bench.first])
  }
}
