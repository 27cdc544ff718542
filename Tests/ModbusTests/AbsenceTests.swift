import ShopSimulator
import Synchronization
import Testing
import Torture

@testable import Modbus

@Suite("A device that is away, exchanged or slow", .serialized, .timeLimit(.minutes(2)))
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
    /// When the last sweep of the device before failed.
    @discardableResult
    func exchange(for values: [UInt16], weight: UInt16, _ sweeps: inout AsyncStream<Sweep>.Iterator)
      async throws -> Int64
    {
      isUnplugged.withLock { $0 = true }
      let failed = try await sweeps.first { $0.error?.reason.kind == .noReply }
      map.setHolding(unit: 1, address: 150, values: values)
      map.setHolding(unit: 1, address: 0, values: [weight, weight])
      isUnplugged.withLock { $0 = false }
      return failed.finishedAtMilliseconds
    }
    try await running(bus) { sweeps in
      _ = try await sweeps.first { $0.image != nil }
      try await exchange(for: [7, 7], weight: 9_999, &sweeps)
      var wrong = 0
      while wrong < 9 {
        let sweep = try #require(await sweeps.next())
        #expect(sweep.image == nil, "the weight of another device was believed")
        if sweep.error?.reason.kind == .wrongDevice { wrong += 1 }
      }
      let last = try #require(bus.health().devices[0].lastError)
      #expect(last.nextTryMilliseconds <= 50, "asking a device that answers costs nothing")
      let away = try await exchange(for: Self.right, weight: 42, &sweeps)
      let since = try await sweeps.first { $0.error?.reason.kind != .noReply }
      #expect(since.image?.registers(.holding, 0).map(Array.init) == [42])
      let absence = since.finishedAtMilliseconds - away
      #expect(slack > 1 || absence <= 250, "the wrong one's polls were counted against the right one")
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

  @Test("a device that is asked seldom is identified each time")
  func seldom() async throws {
    let map = Truth.map(units: 1...1)
    let shop = try Shop(.serial, map: map, timeoutMilliseconds: 60, settleMilliseconds: 20)
    defer { shop.close() }
    let plan = try scale(
      periodMilliseconds: 6_000, identity: PollPlan.Identity(Self.identity, expected: [Self.right]))
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      _ = try await sweeps.first { $0.image != nil }
      map.setHolding(unit: 1, address: 150, values: [7, 7])
      let next = try #require(await sweeps.next())
      #expect(next.error?.reason.kind == .wrongDevice)
    }
  }

  private struct Share {
    var served = 0
    var missed = 0
    var ofLast = 0
    var heldBack = 0
    var isKept: Bool { Double(served) >= 0.95 * Double(served + missed) }
  }

  /// What the devices but the last one are served in a while, once the line is proved to be silent and the slow one found
  /// to be slow.
  private func share(of units: ClosedRange<UInt8>, on shop: Shop, seconds: Int) async throws -> Share {
    let plans = try units.map { try scale($0, periodMilliseconds: 250) }
    let bus = try Bus(name: "line", endpoint: shop.endpoint, plans: plans)
    let heldBack = Mutex(0)
    let task = Task {
      await bus.run { sweep in
        if sweep.unit == units.upperBound {
          heldBack.withLock { $0 = max($0, sweep.heldBackMilliseconds) }
        } else if slack == 1 {
          #expect(sweep.heldBackMilliseconds == 0)
        }
      }
    }
    try await Task.sleep(for: .seconds(3))
    let first = bus.health().devices
    try await Task.sleep(for: .seconds(seconds))
    bus.stop()
    await task.value
    let health = bus.health().devices
    var share = Share(ofLast: health.last.map { $0.polls } ?? 0)
    for (before, after) in zip(first, health).dropLast() {
      share.served += after.successes - before.successes
      share.missed += after.missedTicks - before.missedTicks
    }
    share.heldBack = heldBack.withLock { $0 }
    return share
  }

  @Test(
    "one device that takes longer than the others' period, of 32: the others keep 95 % of their schedule",
    arguments: [false, true])
  func hog(refuses: Bool) async throws {
    let map = Truth.map(units: 1...31, addresses: 0..<2)
    if refuses {
      map.setCoil(unit: 32, address: 0, value: true)
    } else {
      map.setHolding(unit: 32, address: 0, values: [1, 2])
    }
    let shop = try Shop(
      .serial, map: map, timeoutMilliseconds: 400,
      script: { $0.unit == 32 ? .late(milliseconds: 300) : nil })
    defer { shop.close() }
    var share = Share()
    // A machine that turns busy meanwhile is no verdict.
    for _ in 0..<3 {
      share = try await self.share(of: 1...32, on: shop, seconds: 12)
      print("31 devices beside a slow one\(refuses ? " that refuses" : ""): \(share)")
      if share.isKept { break }
    }
    #expect(share.isKept || slack > 1)
    #expect(share.ofLast >= 3, "it was starved")
    #expect(share.heldBack > 0, "nothing says that it is asked less often")
  }

  @Test("devices that are alike share a bus that is too slow for them, and it does not idle")
  func alike() async throws {
    let shop = try Shop(
      .serial, map: Truth.map(units: 1...3, addresses: 0..<2), timeoutMilliseconds: 500,
      script: { _ in .late(milliseconds: 150) })
    defer { shop.close() }
    let share = try await share(of: 1...3, on: shop, seconds: 6)
    print("three alike: \(share)")
    #expect(share.heldBack == 0)
    // Two of three, for six seconds, at 150 ms each.
    #expect(share.served * slack >= 2 * 10)
  }
}
