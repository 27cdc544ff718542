import ShopSimulator
import Testing
import Torture

@testable import Modbus

/// Reliability, trap 5: one late reply shifts every later value.
@Suite(.serialized, .timeLimit(.minutes(isTorture ? 8 : 2))) struct LateReplyTests {
  private static let timeoutMilliseconds = 40
  /// Two reads of one shape, so that nothing but order tells their replies apart.
  private static let points = [Point(.holding, 0, count: 2), Point(.holding, 10, count: 2)]

  struct Score: Equatable {
    var right = 0
    var wrong = 0
    var failed = 0
    var polls: Int { right + wrong + failed }
  }

  /// Two scales on one line, one reply in nine late.
  private func score(delays: [Int], polls: Int, defense: Guard) async throws -> Score {
    var score = Score()
    for delay in delays {
      let shop = try Shop(
        .serial, map: Truth.map(units: 1...2), timeoutMilliseconds: Self.timeoutMilliseconds,
        script: { $0.numberOfUnit % 9 == 4 ? .late(milliseconds: delay) : nil })
      defer { shop.close() }
      let plans = try (1...2).map { unit in
        try PollPlan(
          name: "scale \(unit)", unit: unit, periodMilliseconds: 10, groups: Self.points.map { [$0] })
      }
      let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: plans, defense: defense)
      score = try await running(bus) { [score] sweeps in
        var score = score
        for _ in 0..<polls {
          let sweep = try await sweeps.first { _ in true }
          if let image = sweep.image {
            let wrong = Truth.wrong(image, unit: sweep.unit, Self.points)
            score.wrong += wrong > 0 ? 1 : 0
            score.right += wrong > 0 ? 0 : 1
          } else {
            score.failed += 1
          }
        }
        return score
      }
    }
    return score
  }

  @Test func `one late RTU reply among two scales on a bus: 0 wrong values at any delay`() async throws {
    let delays = Array(stride(from: 28, through: 124, by: 4))
    let score = try await score(delays: delays, polls: 16, defense: .on)
    print("late replies at \(delays.count) delays, guarded: \(score)")
    #expect(score.wrong == 0)
    #expect(score.polls >= 400)
    #expect(score.right >= 100)
    #expect(score.failed >= 20)
  }

  @Test func `the trap is real: without the guard a late reply shifts the values after it`() async throws {
    let score = try await score(delays: [42, 46, 50, 60, 70, 90], polls: 16, defense: .off)
    print("late replies at 6 delays, unguarded: \(score)")
    #expect(score.wrong > 0)
  }

  @Test(arguments: Transport.allCases)
  func `no fault of a device or a line ever becomes a wrong value`(transport: Transport) async throws {
    let faults: [ModbusFault] = [
      .late(milliseconds: 45), .late(milliseconds: 90), .mute, .wrongUnit(2), .exception(4),
      .truncated(bytes: 4), .truncated(bytes: 7), .duplicated(afterMilliseconds: 0),
      .duplicated(afterMilliseconds: 3), .duplicated(afterMilliseconds: 15), .corrupted, .hangUp,
    ]
    for fault in faults {
      // A corrupted TCP frame has no checksum to fail: its link layer has.
      if transport == .tcp, fault == .corrupted { continue }
      let shop = try Shop(
        transport, map: Truth.map(units: 1...2), timeoutMilliseconds: Self.timeoutMilliseconds,
        script: { $0.numberOfUnit % 7 == 3 && $0.unit == 1 ? fault : nil })
      defer { shop.close() }
      let plans = try (1...2).map { unit in
        try PollPlan(
          name: "scale \(unit)", unit: unit, periodMilliseconds: 10, groups: Self.points.map { [$0] })
      }
      let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: plans)
      let (right, failed) = try await running(bus) { sweeps in
        var right = [0, 0, 0]
        var failed = 0
        while right[1] < 10 || right[2] < 10 || shop.server.requests(unit: 1) < (isTorture ? 240 : 24) {
          let sweep = try await sweeps.first { _ in true }
          guard let image = sweep.image else {
            failed += 1
            continue
          }
          right[Int(sweep.unit)] += 1
          #expect(Truth.wrong(image, unit: sweep.unit, Self.points) == 0, "\(fault) over \(transport)")
        }
        return (right, failed)
      }
      print("\(transport) \(fault): right \(right[1])+\(right[2]), failed \(failed)")
    }
  }

  @Test(arguments: [0, 2, 4, 6, 10])
  func `a reply that comes twice never passes for the next, however slow the device`(gap: Int) async throws {
    let shop = try Shop(
      .serial, map: Truth.map(units: 1...1), timeoutMilliseconds: 60, settleMilliseconds: 20,
      script: { $0.number % 11 == 6 ? .duplicated(afterMilliseconds: gap) : nil })
    defer { shop.close() }
    shop.server.setLatency(milliseconds: 12)
    let plan = try PollPlan(
      name: "scale", unit: 1, periodMilliseconds: 10, groups: Self.points.map { [$0] })
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      for _ in 0..<24 {
        let sweep = try await sweeps.first { _ in true }
        if let image = sweep.image { #expect(Truth.wrong(image, unit: 1, Self.points) == 0) }
      }
    }
  }

  @Test(arguments: [Transport.serial, .rtuOverTCP])
  func `a reply that comes twice before a refused question is not taken for its answer`(
    transport: Transport
  ) async throws {
    // The refusal would then pass for the seal's.
    let map = Truth.map(units: 1...1, addresses: 0..<4)
    let shop = try Shop(
      transport, map: map, timeoutMilliseconds: 80, settleMilliseconds: 40,
      script: { $0.address == 0 && $0.count == 2 ? .duplicated(afterMilliseconds: 5) : nil })
    defer { shop.close() }
    shop.server.setLatency(milliseconds: 12)
    let plan = try PollPlan(
      name: "scale", unit: 1, periodMilliseconds: 20, groups: Self.points.map { [$0] })
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      for _ in 0..<8 {
        let sweep = try #require(await sweeps.next())
        #expect(sweep.image == nil, "holding 10 is not there")
      }
    }
  }

  @Test(arguments: [Transport.serial, .rtuOverTCP])
  func `a reply that comes twice is found out though the real one comes in the pause after it`(
    transport: Transport
  ) async throws {
    // The copy is taken for the next answer; that answer itself then comes while nobody listens.
    let shop = try Shop(
      transport, map: Truth.map(units: 1...1), timeoutMilliseconds: 80, settleMilliseconds: 30,
      script: {
        $0.address == 0 && $0.count == 2 && $0.numberOfUnit % 2 == 0
          ? .duplicated(afterMilliseconds: 25) : nil
      })
    defer { shop.close() }
    shop.server.setLatency(milliseconds: 6)
    let plan = try PollPlan(
      name: "scale", unit: 1, periodMilliseconds: 10, groups: Self.points.map { [$0] },
      manners: .init(pauseMilliseconds: 15))
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      var (right, failed) = (0, 0)
      while right + failed < 24 {
        let sweep = try await sweeps.first { _ in true }
        guard let image = sweep.image else {
          failed += 1
          continue
        }
        right += 1
        #expect(Truth.wrong(image, unit: 1, Self.points) == 0)
      }
      #expect(failed > 0 && right > 0)
    }
  }

  @Test func `a late reply is never taken for a fresh one`() async throws {
    var fresh = 0
    for delay in stride(from: 42, through: 98, by: 4) {
      let map = Truth.map(units: 1...1)
      map.setHolding(unit: 1, address: 0, value: 1)
      // The register counts the requests, so a value tells which request it answers.
      let shop = try Shop(
        .serial, map: map, timeoutMilliseconds: Self.timeoutMilliseconds,
        script: { request in
          map.setHolding(unit: 1, address: 0, value: UInt16(request.numberOfUnit + 1))
          return request.numberOfUnit % 5 == 4 ? .late(milliseconds: delay) : nil
        })
      defer { shop.close() }
      shop.server.setLatency(milliseconds: 8)
      let plan = try PollPlan(
        name: "scale", unit: 1, periodMilliseconds: 10, groups: [[Point(.holding, 0, count: 2)]])
      let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
      let (values, feed) = AsyncStream.makeStream(of: (UInt16, Int).self)
      let task = Task {
        await bus.run { sweep in
          guard let value = sweep.image?.registers(.holding, 0)?.first else { return }
          feed.yield((value, shop.server.requests(unit: 1)))
        }
      }
      var iterator = values.makeAsyncIterator()
      for _ in 0..<8 {
        guard let (value, requests) = await iterator.next() else { break }
        #expect(Int(value) == requests, "late by \(delay) ms")
        fresh += 1
      }
      bus.stop()
      await task.value
    }
    #expect(fresh == 15 * 8)
  }

  @Test func `two devices under one unit number are never believed`() async throws {
    let shop = try Shop(
      .serial, map: Truth.map(units: 1...1), timeoutMilliseconds: 100, settleMilliseconds: 20,
      script: { _ in .duplicated(afterMilliseconds: 0) })
    defer { shop.close() }
    let plan = try PollPlan(name: "scale", unit: 1, periodMilliseconds: 20, groups: [[Self.points[0]]])
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      for _ in 0..<3 {
        let sweep = try await sweeps.first { _ in true }
        #expect(sweep.error?.reason == .strayBytes)
      }
    }
  }

  @Test func `a sweep ends on a read that cannot be mistaken`() throws {
    func route(_ points: [Point], beside others: [Point] = [], isNumbered: Bool = false) throws -> Route {
      func plan(_ name: String, _ points: [Point]) throws -> PollPlan {
        try PollPlan(name: name, unit: 1, periodMilliseconds: 100, groups: points.map { [$0] })
      }
      return Route(
        try plan("a", points).blocks, beside: others.isEmpty ? [] : try plan("b", others).blocks, unit: 1,
        isNumbered: isNumbered)
    }
    let two = Point(.holding, 0, count: 2)
    let other = Point(.holding, 10, count: 2)
    let three = Point(.coil, 4)
    #expect(try route([two]).seal == nil)
    #expect(try route([two, other]).seal != nil)
    #expect(try route([two, other], isNumbered: true).seal == nil)
    #expect(try route([two], beside: [other]).seal != nil)
    let ordered = try route([three, two, other])
    #expect(ordered.seal == nil)
    #expect(ordered.blocks.last?.table == .coil)
  }

  @Test func `bytes that nobody asked for make the bus ask again before it believes`() async throws {
    let shop = try Shop(
      .serial, map: Truth.map(units: 1...1), timeoutMilliseconds: 100, settleMilliseconds: 20)
    defer { shop.close() }
    let plan = try PollPlan(name: "scale", unit: 1, periodMilliseconds: 40, groups: [[Self.points[0]]])
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      _ = try await sweeps.first { $0.image != nil }
      let before = bus.health()
      shop.line?.inject([1, 3, 4, 0, 0, 0, 0, 0, 0])
      let next = try await sweeps.first { _ in true }
      #expect(next.error == nil)
      #expect(bus.health().strays == before.strays + 1)
      #expect(bus.health().probes == before.probes + 1)
    }
  }

  @Test func `a line that never falls silent is given up with a sentence, and stops promptly`() async throws {
    let shop = try Shop(
      .serial, map: Truth.map(units: 1...1), timeoutMilliseconds: 100, settleMilliseconds: 40)
    defer { shop.close() }
    let babble = Task {
      while !Task.isCancelled {
        shop.line?.inject([0x55])
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    defer { babble.cancel() }
    let plan = try PollPlan(name: "scale", unit: 1, periodMilliseconds: 40, groups: [[Self.points[0]]])
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    let sweep = try await running(bus) { try await $0.first { _ in true } }
    #expect(sweep.error?.reason == .neverSilent)
  }

  @Test func `a unit is asked something of another length before it is believed again`() throws {
    let value = try #require(Block(.holding, 0, count: 2))
    let status = try #require(Block(.holding, 10, count: 3))
    var trust = Trust(believing: [1, 2])
    trust.doubt(1, after: value)
    #expect(!trust.believes(1) && trust.believes(2))
    let first = try #require(trust.probe(for: 1, blocks: [value, status]))
    #expect(first.shape != value.shape && first.shape != status.shape)
    trust.doubt(1, after: first)
    let second = try #require(trust.probe(for: 1, blocks: [value, status]))
    #expect(![value.shape, status.shape, first.shape].contains(second.shape))
    trust.believe(1)
    #expect(trust.believes(1))
  }

  @Test func `bits are probed by bytes: eight bits and one bit look alike on the wire`() throws {
    let eight = try #require(Block(.coil, 0, count: 8))
    let one = try #require(Block(.coil, 0, count: 1))
    #expect(eight.shape == one.shape)
    var trust = Trust()
    trust.doubt(1, after: one)
    let probe = try #require(trust.probe(for: 1, blocks: [one]))
    #expect(probe.shape != one.shape)
  }

  @Test func `at the last address there is still a probe`() throws {
    for table in Table.allCases {
      for block in [Block(table, 65_534, count: 2), Block(table, 65_535, count: 1)] {
        let block = try #require(block)
        var trust = Trust()
        trust.doubt(1, after: block)
        let probe = try #require(trust.probe(for: 1, blocks: [block]))
        #expect(probe.shape != block.shape)
      }
    }
  }
}
