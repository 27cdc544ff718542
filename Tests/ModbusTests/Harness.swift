import Foundation
import Modbus
import ShopSimulator

/// Runs `bus` while `body` looks at its sweeps, and ends it whatever happens.
func running<T: Sendable>(
  _ bus: Bus, _ body: (inout AsyncStream<Sweep>.Iterator) async throws -> T
) async throws -> T {
  let (sweeps, feed) = AsyncStream.makeStream(of: Sweep.self)
  let task = Task {
    await bus.run { feed.yield($0) }
    feed.finish()
  }
  var iterator = sweeps.makeAsyncIterator()
  let result: Result<T, any Error>
  do { result = .success(try await body(&iterator)) } catch { result = .failure(error) }
  bus.stop()
  await task.value
  return try result.get()
}

extension AsyncStream<Sweep>.Iterator {
  /// The first sweep from here on that `fits`.
  mutating func first(where fits: (Sweep) -> Bool) async throws -> Sweep {
    while let sweep = await next() {
      if fits(sweep) { return sweep }
    }
    throw HarnessError(description: "the bus ended before a sweep was as expected")
  }
}

struct HarnessError: Error, CustomStringConvertible {
  var description: String
}

extension Sweep {
  var image: RegisterImage? { try? result.get() }

  var error: BusError? {
    if case .failure(let error) = result { error } else { nil }
  }
}

func milliseconds(_ clock: ContinuousClock.Duration) -> Int64 {
  clock.components.seconds * 1_000 + clock.components.attoseconds / 1_000_000_000_000_000
}

/// A directory of one test.
func withDirectory<T>(_ body: (URL) async throws -> T) async throws -> T {
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent("bus-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try await body(directory)
}

/// A shop's bus, over either transport, with the same devices behind it.
enum Transport: String, CaseIterable, Sendable {
  case tcp
  case serial
  case rtuOverTCP
}

/// Devices of one bus and the way to them.
struct Shop {
  let server: ModbusServer
  let line: PseudoTerminal?
  let endpoint: Endpoint

  init(
    _ transport: Transport, map: ModbusServerMap, timeoutMilliseconds: Int = 1_000,
    settleMilliseconds: Int? = nil, baud: Int = 115_200, script: ModbusScript? = nil
  ) throws {
    switch transport {
    case .tcp:
      line = nil
      server = try .tcp(map: map, script: script)
      endpoint = .tcp(
        host: "127.0.0.1", port: server.port, responseTimeoutMilliseconds: timeoutMilliseconds)
    case .rtuOverTCP:
      line = nil
      server = try .tcp(map: map, script: script, carriesSerialFrames: true)
      endpoint = .rtuOverTCP(
        host: "127.0.0.1", port: server.port, baud: baud,
        responseTimeoutMilliseconds: timeoutMilliseconds, settleMilliseconds: settleMilliseconds)
    case .serial:
      let line = try PseudoTerminal()
      self.line = line
      server = try .serial(line, map: map, script: script)
      endpoint = .serial(
        path: line.path, baud: baud, parity: .none, responseTimeoutMilliseconds: timeoutMilliseconds,
        settleMilliseconds: settleMilliseconds)
    }
  }

  func close() {
    server.stop()
    line?.unplug()
  }
}

/// Two scales and more: every register of every unit holds a value of its own.
enum Truth {
  static func holding(_ unit: UInt8, _ address: UInt16) -> UInt16 { UInt16(unit) * 1_000 + address }
  static func input(_ unit: UInt8, _ address: UInt16) -> UInt16 { UInt16(unit) * 1_000 + 500 + address }
  static func coil(_ unit: UInt8, _ address: UInt16) -> Bool { (Int(unit) + Int(address)) % 3 == 0 }
  static func discrete(_ unit: UInt8, _ address: UInt16) -> Bool { (Int(unit) + Int(address)) % 5 == 0 }

  static func map(units: ClosedRange<UInt8>, addresses: Range<UInt16> = 0..<200) -> ModbusServerMap {
    let map = ModbusServerMap()
    for unit in units {
      for address in addresses {
        map.setHolding(unit: unit, address: address, value: holding(unit, address))
        map.setInput(unit: unit, address: address, value: input(unit, address))
        map.setCoil(unit: unit, address: address, value: coil(unit, address))
        map.setDiscreteInput(unit: unit, address: address, value: discrete(unit, address))
      }
    }
    return map
  }

  /// How many of these holding registers are not what the unit holds.
  static func wrong(_ image: RegisterImage, unit: UInt8, _ points: [Point]) -> Int {
    points.reduce(0) { sum, point in
      let values = image.registers(point.table, point.address, count: point.count).map(Array.init) ?? []
      let right = (0..<point.count).map { holding(unit, point.address + $0) }
      return sum + (values == right ? 0 : 1)
    }
  }
}
