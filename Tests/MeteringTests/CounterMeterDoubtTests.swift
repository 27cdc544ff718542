import Measures
import Testing

@testable import Metering

/// Values that stand alone, and time that nobody watched.
@Suite("Counter meter: doubtful values and times")
struct CounterMeterDoubtTests {
  private let garbage: Int64 = 53_700_000_000

  /// A run from second 0 to 10 that counts 10 a second.
  private func run() throws -> CounterBench {
    var bench = try CounterBench()
    bench.see(5000, 0)
    bench.charge(bench.run, 0)
    for second: Int64 in 1...10 { bench.see(5000 + second * 10, second) }
    bench.settle(bench.run, 10)
    return bench
  }

  @Test("one far too high reading right after a run's end is not its last value")
  func garbageAtEnd() throws {
    var bench = try run()
    bench.see(garbage, 11)
    #expect(bench.facts.settled == [])
    for second: Int64 in 12...14 { bench.see(5105, second) }
    #expect(bench.facts.settled == [bench.run])
    #expect(bench.facts.amount(of: bench.run) == 105)
    #expect(bench.facts.marks(of: bench.run) == [])
  }

  @Test("a large rise that the next reading bears out is the run's")
  func confirmed() throws {
    var bench = try run()
    bench.see(900_000, 11)
    #expect(bench.facts.settled == [])
    bench.see(900_010, 12)
    #expect(bench.facts.settled == [bench.run])
    #expect(bench.facts.amount(of: bench.run) == 895_010)
    #expect(bench.facts.marks(of: bench.run) == [])
  }

  @Test("a rise that nothing bears out in time is not charged, and the line says so", arguments: [10, 11])
  func undecided(second: Int64) throws {
    var bench = try CounterBench()
    bench.see(5000, 0)
    bench.charge(bench.run, 0)
    bench.see(5080, 8)
    if second > 10 { bench.settle(bench.run, 10) }
    bench.see(garbage, second)
    if second <= 10 { bench.settle(bench.run, 10) }
    for second: Int64 in 12...69 { bench.tick(second) }
    #expect(bench.facts.settled == [])
    bench.tick(70)
    #expect(bench.facts.settled == [bench.run])
    #expect(bench.facts.amount(of: bench.run) == 80)
    #expect(bench.facts.marks(of: bench.run) == [.endUnstable])
    // The next run starts from what the counter goes on with.
    for second: Int64 in 80...90 { bench.see(5000 + second, second) }
    bench.charge(bench.next, 90)
    for second: Int64 in 91...100 { bench.see(5000 + second, second) }
    bench.settle(bench.next, 100)
    bench.see(5101, 101)
    #expect(bench.facts.amount(of: bench.next) == 11)
    #expect(bench.facts.amount(of: nil) == 10)
  }

  @Test("a run that starts at a lone high value is not charged below zero when it is dropped")
  func startAtGarbage() throws {
    var bench = try CounterBench()
    bench.see(5000, 0)
    bench.see(garbage, 1)
    bench.charge(bench.run, 1)
    for second: Int64 in 2...10 { bench.see(5000 + second, second) }
    bench.settle(bench.run, 10)
    bench.see(5011, 11)
    #expect(bench.facts.amount(of: bench.run) == 11)
  }

  @Test("a high value that was read twice and then taken back is no count before a reset", arguments: [1, 6])
  func garbageTwice(start: Int64) throws {
    var bench = try CounterBench()
    for second: Int64 in 0...5 { bench.see(5000 + second, second) }
    if start < 6 { bench.charge(bench.run, 5) }
    bench.see(garbage, 6)
    bench.see(garbage, 7)
    if start >= 6 { bench.charge(bench.run, 7) }
    for second: Int64 in 8...20 { bench.see(5000 + second, second) }
    bench.settle(bench.run, 20)
    bench.see(5021, 21)
    #expect((10...16).contains(bench.facts.amount(of: bench.run)), "\(bench.facts.amount(of: bench.run))")
    #expect(bench.facts.marks(of: bench.run) == [])
  }

  @Test("at zero too a lone high value is dropped, and the end of a small rise is a reset")
  func garbageAboveZero() throws {
    for (rise, expected, marks) in [(garbage, 12, []), (50_000, 50_012, [Mark.counterReset])] {
      var bench = try CounterBench()
      bench.see(0, 0)
      bench.charge(bench.run, 0)
      bench.see(0, 1)
      bench.see(rise, 2)
      for second: Int64 in 3...5 { bench.see(0, second) }
      bench.see(10, 6)
      bench.settle(bench.run, 7)
      bench.see(12, 8)
      #expect(bench.facts.amount(of: bench.run) == Int64(expected))
      #expect(bench.facts.marks(of: bench.run) == Set(marks))
    }
  }

  @Test("a segment is not closed at a value that stands alone")
  func garbageAtClose() throws {
    var bench = try CounterBench()
    bench.see(0, 0)
    bench.charge(bench.run, 0)
    for second: Int64 in 1...599 { bench.see(second, second) }
    bench.see(garbage, 600)
    #expect(bench.facts.segments == [])
    for second: Int64 in 601...605 { bench.see(second, second) }
    bench.settle(bench.run, 605)
    bench.see(606, 606)
    #expect(bench.facts.segments.count == 2)
    #expect(bench.facts.amount(of: bench.run) == 606)
  }

  @Test("a value that stands alone for a minute does not keep a segment open")
  func undecidedAtClose() throws {
    var bench = try CounterBench()
    bench.see(0, 0)
    bench.charge(bench.run, 0)
    for second: Int64 in 1...599 { bench.see(second, second) }
    bench.see(garbage, 600)
    for second: Int64 in 601...1300 { bench.tick(second) }
    #expect(bench.facts.segments.map(\.amount) == [599])
    #expect(bench.facts.marks(of: bench.run) == [.endUnstable])
  }

  @Test("where nobody knows when the daemon was last alive, a counter's gap starts at its last reading")
  func noHeartbeat() throws {
    for maxAge in [nil, Span.seconds(5)] {
      var bench = try CounterBench(maxAge: maxAge)
      bench.see(10, 0)
      bench.charge(bench.run, 0)
      bench.see(20, 5)
      bench.meter.resume(lastAlive: nil)
      bench.tick(600)
      bench.see(50, 601)
      bench.settle(bench.run, 602)
      bench.see(51, 603)
      #expect(bench.facts.amount(of: bench.run) == 41)
      #expect(bench.facts.gaps(of: bench.run).map(\.from) == [Sample.moment(5)])
      #expect(bench.facts.marks(of: bench.run) == [.restarted])
    }
  }

  @Test("a counter kept fresh by its presence has a gap where nobody watched")
  func unwatched() throws {
    for isTickFirst in [true, false] {
      var bench = try CounterBench(maxAge: nil)
      bench.see(10, 0)
      bench.charge(bench.run, 0)
      for second: Int64 in 1...100 { bench.tick(second) }
      if isTickFirst { bench.tick(7300) }
      bench.see(60, 7301)
      bench.settle(bench.run, 7302)
      bench.see(61, 7303)
      #expect(bench.facts.amount(of: bench.run) == 51)
      #expect(bench.facts.gaps(of: bench.run).map(\.from) == [Sample.moment(100)])
      #expect(bench.facts.gaps(of: bench.run).map(\.to) == [Sample.moment(7301)])
    }
  }
}
