import ShopSimulator
import Testing
import Torture

@testable import Modbus

@Suite(.serialized, .timeLimit(.minutes(1))) struct DeadlineTests {
  private func meter(periodMilliseconds: Int) throws -> PollPlan {
    try PollPlan(
      name: "meter", unit: 1, periodMilliseconds: periodMilliseconds, groups: [[Point(.input, 0, count: 2)]])
  }

  @Test func `absolute deadlines do not drift, and what is missed is counted`() async throws {
    // Every tenth answer takes three and a half periods.
    let shop = try Shop(
      .tcp, map: Truth.map(units: 1...1), script: { $0.number % 10 == 0 ? .late(milliseconds: 70) : nil })
    defer { shop.close() }
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [try meter(periodMilliseconds: 20)])
    try await running(bus) { sweeps in
      let first = try await sweeps.first { _ in true }
      var ticks = 0
      var missed = 0
      var worst: Int64 = 0
      for _ in 0..<80 {
        let sweep = try await sweeps.first { _ in true }
        ticks += 1 + sweep.missedTicks
        missed += sweep.missedTicks
        let deadline = first.startedAtMilliseconds + Int64(ticks) * 20
        // Late by less than a period, or it were a missed tick; the first may have been late too.
        worst = max(worst, abs(sweep.startedAtMilliseconds - deadline))
      }
      print("80 sweeps, \(missed) ticks missed, at most \(worst) ms off")
      #expect(worst <= 35)
      #expect(missed >= 8 * 2)
      #expect(bus.health().devices[0].missedTicks >= missed)
    }
  }

  @Test func `a schedule serves the latest deadline and stays on its grid`() {
    var schedule = Schedule(periodMilliseconds: 100, origin: 1_000)
    #expect(schedule.begin(at: 1_000) == 0)
    schedule.advance()
    #expect(schedule.due == 100_001_000)
    #expect(schedule.begin(at: 350_001_000) == 2)
    #expect(schedule.due == 300_001_000)
    schedule.backOff(at: 350_001_000, failuresInARow: 1)
    #expect(schedule.due == 400_001_000)
    schedule.backOff(at: 450_001_000, failuresInARow: 3)
    #expect(schedule.due == 800_001_000)
    schedule.resume(at: 460_001_000)
    #expect(schedule.due == 500_001_000)
  }

  @Test func `a back-off doubles up to thirty seconds, and never falls below a period`() {
    for (period, failures, seconds) in [(1_000, 1, 1), (1_000, 4, 8), (1_000, 60, 30), (60_000, 9, 60)] {
      var schedule = Schedule(periodMilliseconds: period, origin: 0)
      schedule.backOff(at: 0, failuresInARow: failures)
      #expect(schedule.due == Int64(seconds) * 1_000_000_000)
    }
    #expect(reopenDelay(failuresInARow: 1) == 250_000_000)
    #expect(reopenDelay(failuresInARow: 2) == 500_000_000)
    #expect(reopenDelay(failuresInARow: 99) == 30_000_000_000)
  }

  @Test(arguments: Transport.allCases)
  func `a stop is heard within one response timeout, even in the middle of a read`(
    transport: Transport
  ) async throws {
    let shop = try Shop(
      transport, map: Truth.map(units: 1...1), timeoutMilliseconds: 600, script: { _ in .mute })
    defer { shop.close() }
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [try meter(periodMilliseconds: 10)])
    let clock = ContinuousClock()
    let task = Task { await bus.run { _ in } }
    while shop.server.requests(unit: 1) == 0 { await Task.yield() }
    let stopped = clock.now
    bus.stop()
    await task.value
    #expect(clock.now - stopped < .milliseconds(750) * slack)
  }

  @Test(arguments: [false, true])
  func `a bus that idles stops at once, by stop or by cancellation`(canceled: Bool) async throws {
    let shop = try Shop(.tcp, map: Truth.map(units: 1...1))
    defer { shop.close() }
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [try meter(periodMilliseconds: 600_000)])
    let (sweeps, feed) = AsyncStream.makeStream(of: Sweep.self)
    let task = Task { await bus.run { feed.yield($0) } }
    var iterator = sweeps.makeAsyncIterator()
    _ = await iterator.next()
    let clock = ContinuousClock()
    let stopped = clock.now
    if canceled { task.cancel() } else { bus.stop() }
    await task.value
    #expect(clock.now - stopped < .milliseconds(200) * slack)
  }

  @Test func `a bus shows life every second, whatever it waits for`() async throws {
    let plan = try meter(periodMilliseconds: 600_000)
    let bus = try Bus(name: "floor", endpoint: .tcp(host: "127.0.0.1", port: 1), plans: [plan])
    try await running(bus) { sweeps in
      _ = try await sweeps.first { _ in true }
      var seen = [bus.lastTickMilliseconds]
      while seen.count < 6 {
        let tick = bus.lastTickMilliseconds
        if tick != seen[seen.count - 1] { seen.append(tick) }
        #expect(BusClock.bootMilliseconds() - tick <= 1_200)
        await Task.yield()
      }
    }
  }

  @Test func `spans and counts read as people say them`() {
    #expect(BusError.span(250) == "250 ms")
    #expect(BusError.span(1_000) == "1 s")
    #expect(BusError.span(1_500) == "1.5 s")
    #expect(
      [1, 2, 3, 4, 11, 12, 13, 21, 112].map(BusError.ordinal) == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
      ])
  }

  @Test func `an error says what, where, how often and when next`() {
    let error = BusError(
      bus: "floor", device: "hopper", unit: 3, block: Block(.holding, 7, count: 1),
      reason: .noReply(withinMilliseconds: 1_000), failuresInARow: 3, nextTryMilliseconds: 8_000)
    #expect(
      error.description == "bus floor, unit 3, holding 7: no reply within 1 s (3rd time; next try in 8 s)")
  }

  @Test func `the silence between frames is 3.5 characters, and 1.75 ms above 19,200 baud`() {
    func silence(_ baud: Int) -> Int64 {
      Endpoint.serial(path: "/dev/x", baud: baud, parity: .even).frameSilenceNanoseconds
    }
    #expect(silence(9_600) == 4_010_416)
    #expect(silence(19_200) == 2_005_208)
    #expect(silence(115_200) == 1_750_000)
    #expect(Endpoint.rtuOverTCP(host: "h", baud: 9_600).frameSilenceNanoseconds == 4_010_416)
    #expect(Endpoint.tcp(host: "h").frameSilenceNanoseconds == 0)
  }
}
