import ShopSimulator
import Synchronization
import Testing
import Torture

@testable import Modbus

@Suite("How a device wants to be asked", .serialized)
struct MannersTests {
  @Test(
    "a slow device with a patience of its own answers, beside a quick one with the bus's",
    .timeLimit(.minutes(1)))
  func patience() async throws {
    let shop = try Shop(.tcp, map: Truth.map(units: 1...2), timeoutMilliseconds: 60)
    defer { shop.close() }
    shop.server.setLatency(milliseconds: 150)
    let slow = try PollPlan(
      name: "slow", unit: 1, periodMilliseconds: 400, groups: [[Point(.holding, 0)]],
      manners: .init(responseTimeoutMilliseconds: 500))
    let quick = try PollPlan(name: "quick", unit: 2, periodMilliseconds: 400, groups: [[Point(.holding, 0)]])
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [slow, quick])
    try await running(bus) { sweeps in
      let good = try await sweeps.first { $0.device == "slow" && $0.image != nil }
      #expect(good.image?.registers(.holding, 0).map(Array.init) == [Truth.holding(1, 0)])
      let bad = try await sweeps.first { $0.device == "quick" }
      #expect(bad.error?.reason == .noReply(withinMilliseconds: 60))
    }
    let health = bus.health().devices
    #expect(health[0].responseTimeoutMilliseconds == 500)
    let latency = try #require(health[0].latency)
    #expect(latency.median >= 140)
    #expect(latency.percentile99 >= latency.median)
    #expect(health[1].latency == nil, "an answer that did not come has no latency")
  }

  @Test("a device that takes nearly as long as it may is near until it has clearly recovered")
  func nearness() {
    func isNear(_ percentile99: Int, wasNear: Bool, count: Int = 64) -> Bool {
      Latency(median: 1, percentile99: percentile99, count: count).nears(100, wasNear: wasNear)
    }
    #expect(isNear(80, wasNear: false) && !isNear(79, wasNear: false))
    #expect(isNear(70, wasNear: true) && !isNear(69, wasNear: true))
    #expect(!isNear(99, wasNear: false, count: 31), "a few answers prove nothing")
  }

  @Test(
    "one lost reply is asked for again and costs no sweep", .timeLimit(.minutes(1)),
    arguments: Transport.allCases)
  func retries(transport: Transport) async throws {
    let lost = LostReplies(every: 4)
    let shop = try Shop(
      transport, map: Truth.map(units: 1...1), timeoutMilliseconds: 60 * slack, script: lost.script)
    defer { shop.close() }
    let plan = try PollPlan(
      name: "scale", unit: 1, periodMilliseconds: 100, groups: [[Point(.holding, 0, count: 2)]],
      manners: .init(retries: 3))
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      for _ in 0..<10 {
        let sweep = try #require(await sweeps.next())
        #expect(sweep.error == nil)
      }
    }
    #expect(lost.count > 0, "nothing was lost, which proves nothing")
  }

  @Test("a device is left alone for its pause before it is asked", .timeLimit(.minutes(1)))
  func pause() async throws {
    let shop = try Shop(.tcp, map: Truth.map(units: 1...1), timeoutMilliseconds: 200)
    defer { shop.close() }
    let plan = try PollPlan(
      name: "gateway", unit: 1, periodMilliseconds: 10, groups: [[Point(.holding, 0)], [Point(.input, 0)]],
      manners: .init(pauseMilliseconds: 40))
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    let elapsed = try await ContinuousClock().measure {
      try await running(bus) { sweeps in
        for _ in 0..<5 { _ = try await sweeps.first { $0.image != nil } }
      }
    }
    // Ten requests, each after forty milliseconds of quiet but perhaps the first.
    #expect(milliseconds(elapsed) >= 9 * 40)
  }

  @Test(
    "another make in the device's place is told apart, and nothing of it is believed",
    .timeLimit(.minutes(1)),
    arguments: Transport.allCases)
  func identity(transport: Transport) async throws {
    let map = Truth.map(units: 1...1)
    let shop = try Shop(transport, map: map, timeoutMilliseconds: 60)
    defer { shop.close() }
    let point = Point(.holding, 150, count: 2)
    let right = [Truth.holding(1, 150), Truth.holding(1, 151)]
    let plan = try PollPlan(
      name: "scale", unit: 1, periodMilliseconds: 30, groups: [[Point(.holding, 0, count: 2)]],
      identity: PollPlan.Identity(point, expected: [[7, 7], right]))
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      let sweep = try #require(await sweeps.next())
      #expect(sweep.error == nil)
    }
    let other = try PollPlan(
      name: "scale", unit: 1, periodMilliseconds: 30, groups: [[Point(.holding, 0, count: 2)]],
      identity: PollPlan.Identity(point, expected: [[7, 7]]))
    let wrong = try Bus(name: "floor", endpoint: shop.endpoint, plans: [other])
    try await running(wrong) { sweeps in
      for _ in 0..<3 {
        let sweep = try #require(await sweeps.next())
        #expect(sweep.error?.reason == .wrongDevice(found: right, expected: [[7, 7]]))
        #expect(sweep.error?.description.contains("check the unit number and the profile") == true)
      }
    }
  }
}

/// Loses one reply in so many.
private final class LostReplies: Sendable {
  private let lost = Mutex(0)
  private let every: Int

  init(every: Int) { self.every = every }

  var count: Int { lost.withLock { $0 } }

  var script: ModbusScript {
    { request in
      guard request.number % self.every == 0 else { return nil }
      self.lost.withLock { $0 += 1 }
      return .mute
    }
  }
}
