import Foundation
import Measures
import Testing

@testable import Metering

@Suite("Scale meter: gaps, restarts and time")
struct ScaleMeterTimeTests {
  private func restarted<T: Codable>(_ value: T) throws -> T {
    try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value))
  }

  @Test(
    "a dropout bills the difference across it and is listed with its span",
    arguments: [2, 12, 400] as [Int64])
  func dropout(seconds: Int64) throws {
    var bench = try ScaleBench(maxAge: .seconds(1))
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.silence(seconds, using: 10)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 2000 + seconds * 10)
    let gap = try #require(bench.facts.gaps(of: bench.first).first)
    #expect(gap.span == .seconds(seconds + 1))
    #expect(gap.settlement == .bracketed)
    #expect(gap.isNotable == (seconds >= 10))
    #expect(bench.facts.marks(of: bench.first) == [])
  }

  @Test("samples that are not believed make a gap within the age limit too; one of them makes no mark")
  func rejected() throws {
    var bench = try ScaleBench(maxAge: .seconds(60))
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(10)
    bench.now += 1
    bench.meter.reject()
    bench.weigh(10)
    for _ in 0..<20 {
      bench.silence(1, using: 10)
      bench.meter.reject()
    }
    #expect(bench.meter.stableReading == nil)
    bench.weigh(10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.gaps(of: bench.first).map(\.isNotable) == [false, true])
    #expect(bench.facts.amount(of: bench.first) == 200)
  }

  @Test("use during a short silence is use, though the scale was believed all along")
  func silenceWithinAgeLimit() throws {
    var bench = try ScaleBench(maxAge: .seconds(60))
    bench.weigh(10)
    bench.start(bench.first)
    bench.silence(40, using: 300)
    bench.weigh(10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 12_000)
    #expect(bench.facts.loads == [])
  }

  @Test("a polled scale that went silent does not settle a run by a reading from before its end")
  func silentEnd() throws {
    var bench = try ScaleBench(maxAge: .seconds(30))
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.silence(5, using: 200)
    bench.end(bench.first)
    bench.silence(59)
    #expect(bench.facts.settled == [])
    bench.silence(1)
    #expect(bench.facts.settled == [bench.first])
    #expect(bench.facts.marks(of: bench.first) == [.endUnstable])
    #expect(bench.facts.gaps(of: bench.first).first?.settlement == .skipped)
    bench.weigh(100)
    bench.silence(1)
    #expect(bench.facts.amount(of: bench.first) + bench.facts.amount(of: nil) == 2000)
  }

  @Test("a scale that reports only changes stands where it said last")
  func reportOnChange() throws {
    var bench = try ScaleBench(maxAge: nil)
    bench.read()
    bench.silence(3600)
    #expect(bench.meter.stableReading == Mass(milligrams: 1_000_000))
    bench.start(bench.first)
    for _ in 0..<10 {
      bench.load -= 2000
      bench.silence(100)
      bench.read()
    }
    bench.end(bench.first)
    bench.silence(3)
    #expect(bench.facts.amount(of: bench.first) == 20_000)
    #expect(bench.facts.marks(of: bench.first) == [])
    #expect(bench.facts.gaps(of: bench.first) == [])
    // A hand is still told from use, for silence vouches for the level.
    bench.silence(3600)
    bench.load -= 300_000
    bench.read()
    bench.silence(200)
    #expect(bench.facts.loads == [Mass(milligrams: -300_000)])
    #expect(bench.facts.amount(of: nil) == 0)
  }

  @Test("a scale that reports only changes has a gap where nobody watched", arguments: [true, false])
  func unwatched(isTickFirst: Bool) throws {
    var bench = try ScaleBench(maxAge: nil)
    bench.read()
    bench.silence(10)
    bench.start(bench.first)
    bench.silence(90)
    bench.now += 7200
    bench.load -= 5000
    if isTickFirst {
      bench.meter.tick(bench.moment, into: &bench.facts)
      #expect(bench.meter.stableReading == nil)
    }
    bench.read()
    bench.silence(5)
    bench.end(bench.first)
    bench.silence(5)
    #expect(bench.facts.amount(of: bench.first) == 5000)
    #expect(bench.facts.gaps(of: bench.first).map(\.from) == [Sample.moment(100)])
    #expect(bench.facts.gaps(of: bench.first).map(\.to) == [Sample.moment(7300)])
  }

  @Test("where nobody knows when the daemon was last alive, a scale's gap starts at its last reading")
  func noHeartbeat() throws {
    for maxAge in [nil, Span.seconds(5)] {
      var bench = try ScaleBench(maxAge: maxAge)
      bench.weigh(10)
      bench.start(bench.first)
      bench.weigh(100, using: 10)
      bench.meter = try restarted(bench.meter)
      bench.meter.resume(lastAlive: nil)
      bench.now += 600
      bench.load -= 6000
      bench.weigh(10)
      bench.end(bench.first)
      bench.weigh(5)
      #expect(bench.facts.amount(of: bench.first) == 7000)
      #expect(bench.facts.marks(of: bench.first) == [.restarted])
      #expect(bench.facts.gaps(of: bench.first).map(\.from) == [Sample.moment(110)])
    }
  }

  @Test("a device that is gone by its own word leaves a gap, however long it may be silent")
  func disconnected() throws {
    var bench = try ScaleBench(maxAge: nil)
    bench.read()
    bench.silence(10)
    bench.start(bench.first)
    bench.meter.disconnect()
    #expect(bench.meter.stableReading == nil)
    bench.silence(30, using: 10)
    bench.read()
    bench.silence(2)
    bench.end(bench.first)
    bench.silence(3)
    #expect(bench.facts.amount(of: nil) + bench.facts.amount(of: bench.first) == 300)
    #expect(bench.facts.gaps(of: bench.first).contains { $0.isNotable })
  }

  @Test("a restart resumes from the checkpoint and loses nothing", arguments: [1, 300] as [Int64])
  func restart(seconds: Int64) throws {
    var bench = try ScaleBench(maxAge: .seconds(60))
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    let lastAlive = bench.moment
    bench.meter = try restarted(bench.meter)
    bench.now += seconds
    bench.load -= seconds * 10
    bench.meter.resume(lastAlive: lastAlive)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 2000 + seconds * 10)
    #expect(bench.facts.marks(of: bench.first) == [.restarted])
    #expect(bench.facts.gaps(of: bench.first).first?.from == lastAlive)
  }

  @Test("a run's settling survives a restart with its deadline")
  func restartWhileSettling() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.meter = try restarted(bench.meter)
    bench.meter.resume(lastAlive: bench.moment)
    bench.silence(60)
    #expect(bench.facts.settled == [bench.first])
    #expect(bench.facts.marks(of: bench.first) == [.restarted, .endUnstable])
  }

  @Test(
    "after a reboot with an untrusted clock the difference is use, and its gap of unknown length marks it")
  func reboot() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    let lastAlive = bench.moment
    bench.meter = try restarted(bench.meter)
    bench.meter.resume(lastAlive: lastAlive)
    bench.load -= 500
    for second: Int64 in 5..<10 {
      bench.meter.apply(
        Mass(milligrams: bench.load), stable: nil, at: Sample.moment(second, boot: 2, isTrusted: false),
        into: &bench.facts)
    }
    bench.meter.settle(bench.first, at: Sample.moment(10, boot: 2, isTrusted: false), into: &bench.facts)
    for second: Int64 in 11..<16 {
      bench.meter.apply(
        Mass(milligrams: bench.load), stable: nil, at: Sample.moment(second, boot: 2, isTrusted: false),
        into: &bench.facts)
    }
    #expect(bench.facts.amount(of: bench.first) == 1500)
    #expect(bench.facts.gaps(of: bench.first).map(\.span) == [nil])
    #expect(bench.facts.gaps(of: bench.first).allSatisfy { $0.isNotable })
  }

  @Test("a spool taken while the gateway was down after an idle night is not a night's use")
  func removalAcrossRestart() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    let checkpoint = bench.meter
    bench.weigh(7200)
    bench.meter = try restarted(checkpoint)
    bench.meter.resume(lastAlive: bench.moment)
    bench.now += 20
    bench.load -= 700_000
    bench.weigh(200)
    #expect(bench.facts.amount(of: nil) == 0)
    #expect(bench.facts.loads.last == Mass(milligrams: -700_000))
  }

  @Test("use before a late start of the job is unattributed")
  func lateStart() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.weigh(100, using: 10)
    bench.start(bench.first)
    bench.weigh(100, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(abs(bench.facts.amount(of: nil) - 1000) <= 100)
    #expect(bench.facts.amount(of: nil) + bench.facts.amount(of: bench.first) == 2000)
  }

  @Test("a load changed between two runs is nobody's")
  func loadBetweenRuns() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(10)
    bench.end(bench.first)
    bench.weigh(5)
    bench.load = 600_000
    bench.weigh(10)
    bench.start(bench.second)
    bench.weigh(100, using: 10)
    bench.end(bench.second)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 0)
    #expect(bench.facts.amount(of: bench.second) == 1000)
    #expect(bench.facts.amount(of: nil) == 0)
    #expect(bench.facts.marks(of: bench.second) == [])
  }

  @Test("a growing segment is closed every ten minutes, and the pieces add up")
  func tenMinutes() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(3600, using: 10)
    #expect(bench.facts.segments.count == 5 || bench.facts.segments.count == 6)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 36_000)
    for (left, right) in zip(bench.facts.segments, bench.facts.segments.dropFirst()) {
      #expect(left.last == right.first)
      #expect(left.to == right.from)
    }
  }

  @Test("use without a job is closed a minute after it stopped")
  func quiet() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.weigh(100, using: 10)
    bench.weigh(30)
    #expect(bench.facts.segments == [])
    bench.weigh(40)
    #expect(bench.facts.segments.map(\.amount) == [1000])
    #expect(bench.facts.segments.first?.account.run == nil)
  }

  @Test("a change of material in mid-run splits the use at one shared anchor")
  func materialChange() throws {
    var bench = try ScaleBench()
    let red = Account(run: bench.first, material: try Sample.material("PLA-RED"), lot: "A")
    let blue = Account(run: bench.first, material: try Sample.material("PLA-BLUE"), lot: "B")
    bench.weigh(10)
    bench.meter.charge(red, at: bench.moment, into: &bench.facts)
    bench.weigh(100, using: 10)
    bench.load = 0
    bench.weigh(10)
    bench.meter.charge(blue, at: bench.moment, into: &bench.facts)
    bench.load = 500_000
    bench.weigh(200, using: 10)
    bench.end(bench.first)
    bench.weigh(5)
    let amounts = Dictionary(grouping: bench.facts.segments) { $0.account.lot }
      .mapValues { $0.reduce(0) { $0 + $1.amount } }
    #expect(abs((amounts["A"] ?? 0) - 1000) <= 100)
    #expect(abs((amounts["B"] ?? 0) - 2000) <= 100)
    #expect(!bench.facts.marks(of: bench.first).contains(.baselineLost))
  }

  @Test("an idle scale whose noise stays in its band writes next to nothing")
  func quietDisk() throws {
    var bench = try ScaleBench()
    bench.noise = 150
    bench.weigh(60)
    let before = bench.meter.generation
    bench.weigh(3600)
    #expect(bench.meter.generation - before <= 6)
    #expect(bench.facts == [])
    bench.noise = 0
    bench.weigh(10)
    let still = bench.meter.generation
    bench.weigh(600)
    #expect(bench.meter.generation == still)
  }

  @Test("old and repeated readings change nothing")
  func outOfOrder() throws {
    var bench = try ScaleBench()
    bench.weigh(20)
    let before = bench.meter
    bench.meter.apply(Mass(milligrams: 5), stable: true, at: Sample.moment(10), into: &bench.facts)
    #expect(bench.meter == before)
    for _ in 0..<100 { bench.read() }
    bench.meter.tick(Sample.moment(5), into: &bench.facts)
    #expect(bench.meter.stableReading == Mass(milligrams: 1_000_000))
    #expect(bench.meter.generation == before.generation)
    #expect(bench.facts == [])
  }

  @Test("the ends of the number range do not trap")
  func extremes() throws {
    var bench = try ScaleBench(maxAge: nil)
    bench.start(bench.first)
    for value: Int64 in [.max, .max, .min, .min, 0, .max, -.max, 1] {
      bench.load = value
      for _ in 0..<4 {
        bench.now += 1
        bench.read()
        bench.meter.tick(bench.moment, into: &bench.facts)
      }
    }
    bench.end(bench.first)
    bench.meter.tick(Sample.moment(milliseconds: .max), into: &bench.facts)
    bench.meter.tick(Sample.moment(milliseconds: .min), into: &bench.facts)
    _ = bench.meter.openUse
  }
}
