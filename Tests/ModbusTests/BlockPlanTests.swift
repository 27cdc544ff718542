import Modbus
import Testing

@Suite struct BlockPlanTests {
  private func block(_ table: Table, _ address: UInt16, _ count: UInt16) throws -> Block {
    try #require(Block(table, address, count: count))
  }

  @Test func `adjacent and overlapping points become one block`() throws {
    let plan = try BlockPlan(groups: [
      [Point(.holding, 2, count: 2)], [Point(.holding, 0, count: 2)], [Point(.holding, 3, count: 3)],
    ])
    #expect(plan.blocks == [try block(.holding, 0, 6)])
  }

  @Test func `a gap is read along only when allowed`() throws {
    let groups = [[Point(.input, 0)], [Point(.input, 3)]]
    #expect(try BlockPlan(groups: groups).blocks == [try block(.input, 0, 1), try block(.input, 3, 1)])
    #expect(try BlockPlan(groups: groups, maximumGap: 2).blocks == [try block(.input, 0, 4)])
    #expect(try BlockPlan(groups: groups, maximumGap: 1).blocks.count == 2)
  }

  @Test func `tables are never mixed`() throws {
    let plan = try BlockPlan(groups: [Table.allCases.map { Point($0, 7) }])
    #expect(Set(plan.blocks.map(\.table)) == Set(Table.allCases))
  }

  @Test func `a value and its status end in one block whatever lies between`() throws {
    let plan = try BlockPlan(groups: [[Point(.holding, 10, count: 2), Point(.holding, 100)]])
    #expect(plan.blocks == [try block(.holding, 10, 91)])
  }

  @Test func `a group too wide for one request is read in pieces, no point cut`() throws {
    let plan = try BlockPlan(groups: [[Point(.holding, 0, count: 2), Point(.holding, 125, count: 2)]])
    #expect(plan.blocks == [try block(.holding, 0, 2), try block(.holding, 125, 2)])
  }

  @Test(arguments: [(Table.holding, 125), (.input, 125), (.coil, 2_000), (.discreteInput, 2_000)])
  func `a block never asks for more than one request may`(table: Table, limit: Int) throws {
    let plan = try BlockPlan(groups: (0..<UInt16(limit + 1)).map { [Point(table, $0)] })
    #expect(plan.blocks.map(\.count) == [UInt16(limit), 1])
  }

  @Test(arguments: [
    Point(.holding, 0, count: 0), Point(.holding, 0, count: 126), Point(.coil, 0, count: 2_001),
    Point(.input, 65_535, count: 2),
  ])
  func `a point that no request can read is named`(point: Point) {
    #expect(throws: PlanError.unreadable(point)) { try BlockPlan(groups: [[point]]) }
  }

  @Test func `random plans hold every point whole, every fitting group together, and no idle block`() throws {
    var generator = SplitMix(state: 7)
    for _ in 0..<2_000 {
      let groups: [[Point]] = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
        let table = Table.allCases.randomElement(using: &generator) ?? .coil
        return (0..<Int.random(in: 1...3, using: &generator)).map { _ in
          Point(
            table, UInt16.random(in: 0...400, using: &generator),
            count: UInt16.random(in: 1...40, using: &generator))
        }
      }
      let gap = UInt16.random(in: 0...10, using: &generator)
      let plan = try BlockPlan(groups: groups, maximumGap: gap)
      func holder(_ point: Point) -> Block? { plan.blocks.first { holds($0, point) } }
      for group in groups {
        for point in group { #expect(holder(point) != nil, "\(point) of \(groups)") }
        let start = group.map { Int($0.address) }.min() ?? 0
        let end = group.map { Int($0.address) + Int($0.count) }.max() ?? 0
        if end - start <= Int(group[0].table.readLimit) {
          #expect(plan.blocks.contains { block in group.allSatisfy { holds(block, $0) } })
        }
      }
      for block in plan.blocks {
        #expect(block.count <= block.table.readLimit)
        #expect(groups.joined().contains { holds(block, $0) }, "\(block) reads nothing wanted")
      }
    }
  }

  private func holds(_ block: Block, _ point: Point) -> Bool {
    block.table == point.table && block.address <= point.address
      && Int(point.address) + Int(point.count) <= Int(block.address) + Int(block.count)
  }

  @Test func `a plan refuses what cannot be polled, by the device's name`() {
    let groups = [[Point(.holding, 0)]]
    #expect(throws: PlanError.unitOutOfRange(device: "scale", unit: 250)) {
      try PollPlan(name: "scale", unit: 250, periodMilliseconds: 100, groups: groups)
    }
    #expect(throws: PlanError.periodOutOfRange(device: "scale", milliseconds: 0)) {
      try PollPlan(name: "scale", unit: 1, periodMilliseconds: 0, groups: groups)
    }
    #expect(throws: PlanError.nothingToRead(device: "scale")) {
      try PollPlan(name: "scale", unit: 1, periodMilliseconds: 100, groups: [])
    }
  }
}

/// Seeded, so that a failure comes again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return z ^ z >> 31
  }
}
