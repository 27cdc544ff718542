import ShopSimulator
import Synchronization
import Testing
import Torture

@testable import Modbus

@Suite("A device that is away, exchanged or slow", .serialized, .timeLimit(.minutes(1)))
struct AbsenceTests {
  private static let identity = Point(.holding, 150, count: 2)
  private static let right = [Truth.holding(1, 150), Truth.holding(1, 151)]

  private func scale(
    _ unit: UInt8 = 1, periodMilliseconds: Int = 50, manners: PollPlan.Manners = .init(),
    identity: PollPlan.Identity? = nil
  ) throws -> PollPlan {
    try PollPlan(
      name: "scale \(unit)", unit: unit, periodMilliseconds: periodMilliseconds,
      groups: [[Point(.holding, 0, count: 2)]], manners: manners, identity: identity)
  }

  @Test(
    "another device in its place is believed for no reading, and the right one from its next poll on",
    arguments: Transport.allCases)
  func exchanged(transport: Transport) async throws {
    let isUnplugged = Mutex(false)
    let map = Truth.map(units: 1...1)
    let shop = try Shop(
      transport, map: map, timeoutMilliseconds: 60, settleMilliseconds: 20,
      script: { _ in isUnplugged.withLock { $0 } ? .mute : nil })
    defer { shop.close() }
    let plan = try scale(identity: PollPlan.Identity(Self.identity, expected: [Self.right]))
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    func exchange(for values: [UInt16], weight: UInt16, _ sweeps: inout AsyncStream<Sweep>.Iterator)
      async throws
    {
      isUnplugged.withLock { $0 = true }
      _ = try await sweeps.first { $0.error?.reason.kind == .noReply }
      map.setHolding(unit: 1, address: 150, values: values)
      map.setHolding(unit: 1, address: 0, values: [weight, weight])
      isUnplugged.withLock { $0 = false }
    }
    try await running(bus) { sweeps in
      _ = try await sweeps.first { $0.image != nil }
      try await exchange(for: [7, 7], weight: 9_999, &sweeps)
      var wrong = 0
      while wrong < 5 {
        let sweep = try #require(await sweeps.next())
        #expect(sweep.image == nil, "the weight of another device was believed")
        if sweep.error?.reason.kind == .wrongDevice { wrong += 1 }
      }
      let last = try #require(bus.health().devices[0].lastError)
      #expect(last.nextTryMilliseconds <= 50, "asking a device that answers costs nothing")
      try await exchange(for: Self.right, weight: 42, &sweeps)
      let back = try await sweeps.first { $0.error?.reason.kind != .noReply }
      #expect(back.image?.registers(.holding, 0).map(Array.init) == [42])
    }
  }

  @Test("a device that is off is asked once a visit, however many retries it has")
  func retriesOfADeadDevice() async throws {
    let shop = try Shop(.tcp, map: Truth.map(units: 1...1), timeoutMilliseconds: 30, script: { _ in .mute })
    defer { shop.close() }
    let bus = try Bus(
      name: "floor", endpoint: shop.endpoint, plans: [try scale(manners: .init(retries: 3))])
    try await running(bus) { sweeps in
      for _ in 0..<3 { _ = try await sweeps.first { $0.error != nil } }
    }
    // The first visit asks four times.
    #expect(shop.server.requests(unit: 1) == 4 + 2)
  }

  @Test("the pause before a question is no latency of the answer")
  func pauseIsNoLatency() async throws {
    let shop = try Shop(.tcp, map: Truth.map(units: 1...1), timeoutMilliseconds: 500)
    defer { shop.close() }
    let bus = try Bus(
      name: "floor", endpoint: shop.endpoint, plans: [try scale(manners: .init(pauseMilliseconds: 80))])
    try await running(bus) { sweeps in
      for _ in 0..<4 { _ = try await sweeps.first { $0.image != nil } }
    }
    let latency = try #require(bus.health().devices[0].latency)
    #expect(latency.median < 80)
  }

  @Test(
    "a long answer on a slow line has the time that it takes on the line",
    arguments: [Transport.serial, .rtuOverTCP])
  func slowLine(transport: Transport) async throws {
    let shop = try Shop(
      transport, map: Truth.map(units: 1...1), timeoutMilliseconds: 60, settleMilliseconds: 20, baud: 9_600,
      script: { _ in .dripped(millisecondsPerByte: 1) })
    defer { shop.close() }
    let plan = try PollPlan(
      name: "meter", unit: 1, periodMilliseconds: 400, groups: [[Point(.holding, 0, count: 60)]])
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      for _ in 0..<3 {
        let sweep = try #require(await sweeps.next())
        #expect(sweep.error == nil)
      }
    }
  }

  @Test("one device that takes longer than the others' period, of 32: the others keep 95 % of their schedule")
  func hog() async throws {
    let shop = try Shop(
      .serial, map: Truth.map(units: 1...32, addresses: 0..<2), timeoutMilliseconds: 400,
      script: { $0.unit == 32 ? .late(milliseconds: 300) : nil })
    defer { shop.close() }
    let plans = try (1...32).map { try scale($0, periodMilliseconds: 250) }
    let bus = try Bus(name: "line", endpoint: shop.endpoint, plans: plans)
    let heldBack = Mutex(0)
    let task = Task {
      await bus.run { sweep in
        heldBack.withLock { $0 = max($0, sweep.heldBackMilliseconds) }
        if sweep.unit != 32, slack == 1 { #expect(sweep.heldBackMilliseconds == 0) }
      }
    }
    // The line is proved to be silent first, and the slow one is found to be slow.
    try await Task.sleep(for: .seconds(2))
    let first = bus.health().devices
    try await Task.sleep(for: .seconds(16))
    bus.stop()
    await task.value
    let health = bus.health().devices
    func grown(_ count: KeyPath<DeviceHealth, Int>) -> Int {
      (0..<31).reduce(0) { $0 + health[$1][keyPath: count] - first[$1][keyPath: count] }
    }
    let (served, missed) = (grown(\.successes), grown(\.missedTicks))
    print(
      "31 devices beside a slow one: \(served) sweeps, \(missed) missed; the slow one \(health[31].successes)"
    )
    #expect(Double(served * slack) >= 0.95 * Double(served + missed))
    #expect(health[31].successes >= 2, "it was starved")
    #expect(
      health[31].missedTicks > 0 && heldBack.withLock { $0 } > 0, "nothing says that it is asked less often")
  }
}
