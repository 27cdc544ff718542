import Foundation
import Modbus
import ShopSimulator
import Testing
import Torture

@Suite(.serialized, .timeLimit(.minutes(1))) struct ReadingTests {
  @Test(arguments: Transport.allCases)
  func `all four tables of several units are read right`(transport: Transport) async throws {
    let shop = try Shop(transport, map: Truth.map(units: 1...3), settleMilliseconds: 20)
    defer { shop.close() }
    let plans = try (1...3).map { unit in
      try PollPlan(
        name: "device \(unit)", unit: unit, periodMilliseconds: 50,
        groups: [
          [Point(.holding, 0, count: 2), Point(.holding, 4)], [Point(.holding, 20, count: 125)],
          [Point(.input, 9, count: 3)], [Point(.coil, 3, count: 19)], [Point(.discreteInput, 0)],
          [Point(.discreteInput, 100, count: 100)],
        ])
    }
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: plans)
    try await running(bus) { sweeps in
      for unit in UInt8(1)...3 {
        let sweep = try await sweeps.first { $0.unit == unit && $0.image != nil }
        let image = try #require(sweep.image)
        #expect(sweep.device == "device \(unit)")
        #expect(sweep.finishedAtMilliseconds >= sweep.startedAtMilliseconds)
        #expect(
          image.registers(.holding, 0, count: 5).map(Array.init) == (0..<5).map { Truth.holding(unit, $0) })
        #expect(
          image.registers(.holding, 20, count: 125).map(Array.init)
            == (20..<145).map { Truth.holding(unit, $0) })
        #expect(
          image.registers(.input, 9, count: 3).map(Array.init) == (9..<12).map { Truth.input(unit, $0) })
        #expect(image.bits(.coil, 3, count: 19).map(Array.init) == (3..<22).map { Truth.coil(unit, $0) })
        #expect(image.bits(.discreteInput, 0).map(Array.init) == [Truth.discrete(unit, 0)])
        #expect(
          image.bits(.discreteInput, 100, count: 100).map(Array.init)
            == (100..<200).map { Truth.discrete(unit, $0) })
        #expect(image.registers(.holding, 5) == nil)
        #expect(image.registers(.holding, 4, count: 2) == nil)
        #expect(image.bits(.holding, 0) == nil)
      }
    }
    #expect(bus.health().devices.allSatisfy { $0.failures.isEmpty && $0.successes > 0 })
  }

  @Test(arguments: Transport.allCases)
  func `an exception is the device's answer: it fails, and the bus stays open and in step`(
    transport: Transport
  ) async throws {
    let shop = try Shop(transport, map: Truth.map(units: 1...2), settleMilliseconds: 20)
    defer { shop.close() }
    let plans = [
      try PollPlan(name: "good", unit: 1, periodMilliseconds: 20, groups: [[Point(.holding, 0, count: 2)]]),
      try PollPlan(name: "odd", unit: 2, periodMilliseconds: 20, groups: [[Point(.holding, 900, count: 2)]]),
    ]
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: plans)
    try await running(bus) { sweeps in
      let failed = try await sweeps.first { $0.device == "odd" && $0.error?.failuresInARow == 3 }
      let error = try #require(failed.error)
      #expect(error.reason == .exception(code: 2))
      #expect(
        error.description.hasPrefix(
          "bus floor, unit 2, holding 900-901: the device refuses: illegal data address (exception 2)"
            + " (3rd time; next try in "))
    }
    let health = bus.health()
    #expect(health.opens == 1)
    #expect(health.probes <= 2)
    #expect(health.devices[0].failures.isEmpty)
    #expect(Array(health.devices[1].failures.keys) == [.exception])
    #expect(health.devices[1].failures[.exception, default: 0] >= 3)
  }

  @Test(arguments: [Transport.tcp, .rtuOverTCP])
  func `TCP connections that a device closes while idle cost no sweep`(transport: Transport) async throws {
    let shop = try Shop(transport, map: Truth.map(units: 1...1), settleMilliseconds: 20)
    defer { shop.close() }
    let plan = try PollPlan(name: "meter", unit: 1, periodMilliseconds: 100, groups: [[Point(.input, 0)]])
    let bus = try Bus(name: "floor", endpoint: shop.endpoint, plans: [plan])
    try await running(bus) { sweeps in
      _ = try await sweeps.first { $0.image != nil }
      shop.server.stop()
      let again = try ModbusServer.tcp(
        port: shop.server.port, map: shop.server.map, carriesSerialFrames: transport == .rtuOverTCP)
      defer { again.stop() }
      let next = try await sweeps.first { _ in true }
      #expect(next.error == nil)
    }
    #expect(bus.health().opens == 2)
  }

  @Test func `a bus that is let go ends its thread, run or not`() async throws {
    func threads() -> Int {
      let ids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
      return ids.count { readAll("/proc/self/task/\($0)/comm").hasPrefix("bus-letgo") }
    }
    do {
      let endpoint = Endpoint.tcp(host: "127.0.0.1", port: 1)
      let buses = try (0..<8).map { try Bus(name: "letgo\($0)", endpoint: endpoint, plans: []) }
      while threads() < 8 { await Task.yield() }
      buses[0].stop()
      await buses[0].run { _ in }
      withExtendedLifetime(buses) {}
    }
    while threads() > 0 { await Task.yield() }
  }

  @Test func `a bus's thread bears its name and stays far below its stack`() async throws {
    let shop = try Shop(.serial, map: Truth.map(units: 1...1), settleMilliseconds: 20)
    defer { shop.close() }
    let plans = [
      try PollPlan(name: "a", unit: 1, periodMilliseconds: 10, groups: [[Point(.holding, 0, count: 125)]]),
      try PollPlan(name: "b", unit: 2, periodMilliseconds: 10, groups: [[Point(.coil, 0, count: 2_000)]]),
    ]
    let endpoint = Endpoint.serial(
      path: shop.endpoint.description.split(separator: " ").map(String.init)[1], baud: 115_200, parity: .none,
      responseTimeoutMilliseconds: 20)
    let bus = try Bus(name: "a-very-long-bus-name", endpoint: endpoint, plans: plans)
    let (seen, feed) = AsyncStream.makeStream(of: (String, Int).self)
    let task = Task {
      await bus.run { sweep in
        guard sweep.error?.failuresInARow == 2 else { return }
        _ = sweep.error?.description
        feed.yield((threadName(), residentStackKilobytes()))
      }
    }
    var iterator = seen.makeAsyncIterator()
    let (name, kilobytes) = try #require(await iterator.next())
    bus.stop()
    await task.value
    #expect(name == "bus-a-very-long")
    print("resident stack of a bus's thread: \(kilobytes) KiB")
    // The address sanitizer puts room between all that is on a stack.
    #expect(slack > 1 || (1...192).contains(kilobytes))
  }
}

private func threadName() -> String {
  let name = try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
  return name?.trimmingCharacters(in: .newlines) ?? ""
}

/// What this thread's stack has touched so far, from the mapping that a local variable lies in.
private func residentStackKilobytes() -> Int {
  var local = 0
  let here = withUnsafePointer(to: &local) { UInt(bitPattern: $0) }
  var inside = false
  for line in readAll("/proc/self/smaps").split(separator: "\n") {
    let words = line.split(separator: " ")
    if let range = words.first, range.contains("-"), !range.hasSuffix(":") {
      let bounds = range.split(separator: "-").compactMap { UInt($0, radix: 16) }
      inside = bounds.count == 2 && bounds[0] <= here && here < bounds[1]
    } else if inside, words.first == "Rss:", words.count > 1 {
      return Int(words[1]) ?? 0
    }
  }
  return 0
}

/// Foundation takes the size of a file under /proc, 0, at its word.
private func readAll(_ path: String) -> String {
  guard let file = fopen(path, "r") else { return "" }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65_536)
  while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk.prefix(count) }
  return String(decoding: bytes, as: UTF8.self)
}
