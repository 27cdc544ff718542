import Foundation
import Modbus
import ShopSimulator
import Testing
import Torture

@Suite(.serialized, .timeLimit(.minutes(1))) struct AvailabilityTests {
  private func scale(_ unit: UInt8, periodMilliseconds: Int = 20) throws -> PollPlan {
    try PollPlan(
      name: "scale \(unit)", unit: unit, periodMilliseconds: periodMilliseconds,
      groups: [[Point(.holding, 0, count: 2)]])
  }

  @Test(arguments: Transport.allCases)
  func `a dead device costs only its own probes: the others keep their schedule`(
    transport: Transport
  ) async throws {
    let shop = try Shop(
      transport, map: Truth.map(units: 1...3), timeoutMilliseconds: 100,
      script: { $0.unit == 3 ? .mute : nil })
    defer { shop.close() }
    let bus = try Bus(
      name: "floor", endpoint: shop.endpoint,
      plans: try [3, 1, 2].map { try scale($0, periodMilliseconds: 250) })
    try await running(bus) { sweeps in
      let first = try await sweeps.first { $0.unit == 1 && $0.image != nil }.startedAtMilliseconds
      _ = try await sweeps.first { $0.unit == 1 && $0.startedAtMilliseconds >= first + 6_000 }
    }
    let health = bus.health()
    for device in health.devices where device.unit != 3 {
      print("\(transport), beside a dead device: \(device.successes) read, \(device.missedTicks) missed")
      // How much of its schedule a busy machine lets it keep, `CrowdTests` judges against a bus without a dead one.
      #expect(device.polls - device.successes < 4 * slack, "the dead device cost others their readings")
      #expect(device.successes * slack >= 18)
    }
    let dead = health.devices[0]
    #expect((3...6).contains(dead.polls))
    #expect(dead.successes == 0)
    #expect(dead.lastError?.reason == .noReply(withinMilliseconds: 100))
  }

  @Test func `a server that is off at the start is found when it comes, and again after it died`()
    async throws
  {
    let map = Truth.map(units: 1...1)
    let first = try ModbusServer.tcp(map: map)
    let port = first.port
    first.stop()
    let endpoint = Endpoint.tcp(host: "127.0.0.1", port: port, responseTimeoutMilliseconds: 200)
    let bus = try Bus(name: "floor", endpoint: endpoint, plans: [try scale(1)])
    try await running(bus) { sweeps in
      let off = try await sweeps.first { $0.error != nil }
      #expect(off.error?.reason.kind == .cannotOpen)
      let sentence = "cannot open tcp 127.0.0.1:\(port): Connection refused"
      #expect(off.error?.description.contains(sentence) == true)
      #expect(!bus.health().isOpen)
      for _ in 0..<2 {
        let server = try ModbusServer.tcp(port: port, map: map)
        _ = try await sweeps.first { $0.image != nil }
        #expect(bus.health().isOpen)
        server.stop()
        _ = try await sweeps.first { $0.error != nil }
      }
    }
    #expect(!bus.health().isOpen)
  }

  @Test func `a serial line that is missing at the start, and pulled later, is used whenever it is there`()
    async throws
  {
    try await withDirectory { directory in
      let path = directory.appendingPathComponent("ttyScale").path
      let map = Truth.map(units: 1...1)
      let endpoint = Endpoint.serial(
        path: path, baud: 9_600, parity: .even, responseTimeoutMilliseconds: 50)
      let bus = try Bus(name: "floor", endpoint: endpoint, plans: [try scale(1)])
      try await running(bus) { sweeps in
        let missing = try await sweeps.first { $0.error != nil }
        #expect(missing.error?.description.contains("No such file or directory") == true)
        for _ in 0..<2 {
          let line = try PseudoTerminal()
          let server = try ModbusServer.serial(line, map: map)
          try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: line.path)
          let sweep = try await sweeps.first { $0.image != nil }
          #expect(sweep.image?.registers(.holding, 1) == [Truth.holding(1, 1)])
          server.stop()
          line.unplug()
          try FileManager.default.removeItem(atPath: path)
          _ = try await sweeps.first { $0.error?.reason.kind == .cannotOpen }
        }
      }
    }
  }

  @Test func `a host name is tried at each of its addresses`() async throws {
    let shop = try Shop(.tcp, map: Truth.map(units: 1...1))
    defer { shop.close() }
    let endpoint = Endpoint.tcp(host: "localhost", port: shop.server.port)
    let bus = try Bus(name: "floor", endpoint: endpoint, plans: [try scale(1)])
    let sweep = try await running(bus) { try await $0.first { _ in true } }
    #expect(sweep.image?.registers(.holding, 0) == [Truth.holding(1, 0)])
  }

  @Test func `a connect that nobody answers is given up after one response timeout`() async throws {
    let full = try FullListener()
    defer { full.close() }
    let endpoint = Endpoint.tcp(host: "127.0.0.1", port: full.port, responseTimeoutMilliseconds: 150)
    let bus = try Bus(name: "floor", endpoint: endpoint, plans: [try scale(1)])
    let clock = ContinuousClock()
    let began = clock.now
    let sweep = try await running(bus) { try await $0.first { _ in true } }
    #expect(sweep.error?.description.contains("Connection timed out") == true)
    #expect(clock.now - began < .milliseconds(600) * slack)
  }

  @Test func `two masters on one line are refused`() async throws {
    let shop = try Shop(.serial, map: Truth.map(units: 1...1), settleMilliseconds: 20)
    defer { shop.close() }
    let first = try Bus(name: "first", endpoint: shop.endpoint, plans: [try scale(1)])
    let second = try Bus(name: "second", endpoint: shop.endpoint, plans: [try scale(1)])
    try await running(first) { sweeps in
      _ = try await sweeps.first { $0.image != nil }
      let refused = try await running(second) { try await $0.first { _ in true } }
      #expect(refused.error?.description.contains("another program holds the line") == true)
    }
  }

  @Test func `an endpoint that cannot be right is refused with a sentence, not tried at another rate`()
    async throws
  {
    let endpoint = Endpoint.serial(path: "/dev/null", baud: 12_345, parity: .none)
    let bus = try Bus(name: "floor", endpoint: endpoint, plans: [try scale(1)])
    let sweep = try await running(bus) { try await $0.first { _ in true } }
    #expect(sweep.error?.description.contains("12345 baud is not a rate that libmodbus knows") == true)
  }
}

/// A listener whose queue is full: the kernel drops further attempts without a word.
private struct FullListener {
  let port: UInt16
  private var descriptors: [Int32] = []

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let raw = { (pointer: UnsafeMutablePointer<sockaddr_in>) in UnsafeMutableRawPointer(pointer) }
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      let address = raw(pointer).assumingMemoryBound(to: sockaddr.self)
      return bind(listener, address, size) == 0 && listen(listener, 0) == 0
        && getsockname(listener, address, &size) == 0
    }
    guard bound else { throw HarnessError(description: "cannot listen") }
    port = UInt16(bigEndian: address.sin_port)
    descriptors = [listener]
    for _ in 0..<4 {
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(O_NONBLOCK), 0)
      withUnsafeMutablePointer(to: &address) { pointer in
        _ = connect(client, raw(pointer).assumingMemoryBound(to: sockaddr.self), size)
      }
      descriptors.append(client)
    }
  }

  func close() {
    for descriptor in descriptors { _ = Foundation.close(descriptor) }
  }
}
