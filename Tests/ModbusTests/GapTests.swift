import ShopSimulator
import Testing
import Torture

@testable import Modbus

@Suite("Reads that fill gaps")
struct GapTests {
  /// The fewest requests that cover sorted spans, by trying every last request: independent of how the plan is made.
  private func fewest(_ spans: [Range<Int>], gap: Int, limit: Int) -> Int {
    var best = [0] + Array(repeating: Int.max, count: spans.count)
    for end in 1...spans.count {
      for start in (0..<end).reversed() {
        let covered = spans[start].lowerBound..<spans[start..<end].map(\.upperBound).reduce(0, max)
        let isTight = (start + 1..<end).allSatisfy {
          spans[$0].lowerBound - spans[start..<$0].map(\.upperBound).reduce(0, max) <= gap
        }
        guard covered.count <= limit, isTight else { break }
        if best[start] < Int.max { best[end] = min(best[end], best[start] + 1) }
      }
    }
    return best[spans.count]
  }

  @Test(
    "a thousand registers over ten devices take no more requests than the gap limit asks for",
    arguments: [0, 1, 8])
  func optimum(gap: Int) throws {
    var random = SplitMix(state: UInt64(gap) + 7)
    var requests = 0
    var optimum = 0
    for _ in 0..<10 {
      var address = 0
      var points: [Point] = []
      for _ in 0..<50 {
        address += Int(random.next() % 12)
        points.append(Point(.holding, UInt16(address), count: 2))
        address += 2
      }
      let plan = try BlockPlan(groups: points.map { [$0] }, maximumGap: UInt16(gap))
      requests += plan.blocks.count
      optimum += fewest(points.map { Int($0.address)..<Int($0.address) + 2 }, gap: gap, limit: 125)
    }
    #expect(requests == optimum)
    #expect(optimum >= 10)
  }

  @Test("a device that answers no more than so many registers is never asked for more")
  func maximumRegisters() throws {
    let points = (0..<50).map { [Point(.input, UInt16($0 * 2), count: 2)] }
    let plan = try BlockPlan(groups: points, maximumRegisters: 32)
    #expect(plan.blocks.allSatisfy { $0.count <= 32 })
    #expect(plan.blocks.count == 4)
    #expect(throws: PlanError.self) {
      try BlockPlan(groups: [[Point(.input, 0, count: 4)]], maximumRegisters: 2)
    }
  }

  @Test("a stretch that must be read whole is one request, with nothing beside it")
  func whole() throws {
    let whole = Point(.holding, 100, count: 20)
    let plan = try BlockPlan(
      groups: [[Point(.holding, 120)], [Point(.holding, 99)]], wholeBlocks: [whole], maximumGap: 30)
    #expect(plan.blocks.contains { $0.address == 100 && $0.count == 20 })
  }

  @Test(
    "a device that refuses what lies between is asked for the rest alone, at once and from then on",
    .timeLimit(.minutes(1)), arguments: Transport.allCases)
  func split(transport: Transport) async throws {
    let map = ModbusServerMap()
    map.setHolding(unit: 1, address: 0, values: [1, 2])
    // 2 to 4 are not there.
    map.setHolding(unit: 1, address: 5, values: [5, 6])
    let shop = try Shop(transport, map: map, timeoutMilliseconds: 100 * slack)
    defer { shop.close() }
    let plan = try PollPlan(
      name: "scale", unit: 1, periodMilliseconds: 30,
      groups: [[Point(.holding, 0, count: 2)], [Point(.holding, 5, count: 2)]], maximumGap: 8)
    #expect(plan.blocks.count == 1)
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      for _ in 0..<5 {
        let sweep = try #require(await sweeps.next())
        let image = try sweep.result.get()
        #expect(image.registers(.holding, 0, count: 2).map(Array.init) == [1, 2])
        #expect(image.registers(.holding, 5, count: 2).map(Array.init) == [5, 6])
      }
    }
    #expect(bus.health().devices[0].fillsNoGaps)
  }
}
