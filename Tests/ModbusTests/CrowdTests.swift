import ShopSimulator
import Testing
import Torture

@testable import Modbus

/// Many devices, and a few that are dead: judged against the same crowd without those, in the same minute on the same
/// machine. A machine that turns busy between the two is no verdict: then both are measured again.
@Suite(.serialized, .timeLimit(.minutes(2))) struct CrowdTests {
  private static let period = 400

  private func plan(_ unit: UInt8) throws -> PollPlan {
    try PollPlan(
      name: "device \(unit)", unit: unit, periodMilliseconds: Self.period,
      groups: [[Point(.holding, 0, count: 2)]])
  }

  /// What was due of the wanted units in a few seconds, and what was read.
  private struct Score: CustomStringConvertible {
    var read = 0
    var due = 0
    var share: Double { Double(read) / Double(max(due, 1)) }
    var description: String { "\(read) of \(due)" }
  }

  private func served(_ buses: [Bus], by units: ClosedRange<UInt8>, for time: Duration) async throws -> Score
  {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for bus in buses { group.addTask { await bus.run { _ in } } }
      try await Task.sleep(for: time)
      for bus in buses { bus.stop() }
      try await group.waitForAll()
    }
    return buses.flatMap { $0.health().devices }.filter { units.contains($0.unit) }.reduce(into: Score()) {
      $0.read += $1.successes
      $0.due += $1.polls + $1.missedTicks
    }
  }

  private func compared(
    _ crowd: String, _ others: String, _ measure: () async throws -> (alone: Score, beside: Score)
  ) async throws -> (alone: Score, beside: Score) {
    for _ in 1..<3 {
      let (alone, beside) = try await measure()
      print("\(crowd): \(alone) sweeps alone, \(beside) beside \(others)")
      if beside.share >= 0.95 * alone.share { return (alone, beside) }
    }
    return try await measure()
  }

  @Test func `one dead and one slow device among 32 on a line: the others keep 95 % of their schedule`()
    async throws
  {
    func served(_ units: ClosedRange<UInt8>) async throws -> Score {
      let shop = try Shop(
        .serial, map: Truth.map(units: 1...32, addresses: 0..<2), timeoutMilliseconds: 100,
        script: { $0.unit == 31 ? .late(milliseconds: 80) : $0.unit == 32 ? .mute : nil })
      defer { shop.close() }
      let bus = try Bus(name: "line", endpoint: shop.endpoint, plans: units.map { try plan($0) })
      return try await self.served([bus], by: 1...30, for: .seconds(8))
    }
    let (alone, beside) = try await compared("30 devices on a line", "a dead and a slow one") {
      (try await served(1...30), try await served(1...32))
    }
    #expect(alone.read * slack >= 30 * 8)
    #expect(beside.due >= 30 * 8)
    #expect(beside.share * Double(slack) >= 0.95 * alone.share)
  }

  @Test func `200 TCP devices: 20 dead ones cost the live ones at most 5 % of their sweeps`() async throws {
    let map = ModbusServerMap()
    for unit in 1...190 as ClosedRange<UInt8> {
      map.setHolding(unit: unit, address: 0, values: [UInt16(unit), UInt16(unit)])
    }
    let live = try ModbusServer.tcp(map: map)
    let mute = try ModbusServer.tcp(map: map, script: { _ in .mute })
    let gone = try ModbusServer.tcp(map: map)
    gone.stop()
    defer {
      live.stop()
      mute.stop()
    }
    func bus(_ unit: UInt8, _ port: UInt16) throws -> Bus {
      try Bus(
        name: "b\(unit)", endpoint: .tcp(host: "127.0.0.1", port: port, responseTimeoutMilliseconds: 200),
        plans: [plan(unit)])
    }
    let (alone, beside) = try await compared("180 TCP devices", "twenty dead ones") {
      let alone = try await served((1...180).map { try bus($0, live.port) }, by: 1...180, for: .seconds(5))
      let crowd =
        try (1...180).map { try bus($0, live.port) } + (181...190).map { try bus($0, mute.port) }
        + (191...200).map { try bus($0, gone.port) }
      let beside = try await served(crowd, by: 1...180, for: .seconds(5))
      #expect(crowd.suffix(20).allSatisfy { $0.health().devices[0].successes == 0 })
      return (alone, beside)
    }
    #expect(alone.read * slack >= 180 * 5)
    #expect(beside.due >= 180 * 5)
    #expect(beside.share * Double(slack) >= 0.95 * alone.share)
  }
}
