import Measures
import Testing

@testable import Metering

@Suite("Scale meter: where a run begins")
struct ScaleMeterStartTests {
  @Test("a run that begins while material flows fast is not charged with what flowed before")
  func startedInFlow() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.weigh(20, using: 400)
    bench.start(bench.first)
    bench.weigh(30, using: 400)
    bench.weigh(10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(abs(bench.facts.amount(of: bench.first) - 12_000) <= 800)
    #expect(abs(bench.facts.amount(of: nil) - 8_000) <= 800)
    #expect(bench.facts.marks(of: bench.first) == [])
  }

  @Test("saying what is on the scale, again and again, loses nothing of what left it")
  func renamed() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    for number in 1...10 {
      bench.weigh(10, using: 20)
      let account = Account(run: nil, material: try Sample.material("m\(number)"), lot: nil)
      bench.meter.charge(account, at: bench.moment, into: &bench.facts)
    }
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(10)
    #expect(abs(bench.facts.amount(of: nil) - 2000) <= 300)
  }

  @Test("a run that begins with its use, at a scale read seldom, is charged all of it")
  func startedAtRest() throws {
    var bench = try ScaleBench()
    bench.weigh(10)
    bench.start(bench.first)
    bench.weigh(30, using: 400)
    bench.weigh(10)
    bench.end(bench.first)
    bench.weigh(5)
    #expect(bench.facts.amount(of: bench.first) == 12_000)
  }
}
