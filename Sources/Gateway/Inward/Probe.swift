public import Configuration
public import Devices
import Modbus

/// Reads registers of one device, once, in the way the daemon does.
public struct Probe: Sendable {
  public enum Line: Sendable {
    case bus(BusSettings)
    /// `HOST` or `HOST:PORT`.
    case tcp(String)
    /// `parity` is `none`, `even` or `odd`.
    case serial(path: String, baud: Int, parity: String)
  }

  private let endpoint: Endpoint

  /// - Throws: `ProbeError` for a line that is none.
  public init(line: Line) throws {
    switch line {
    case .bus(let settings): endpoint = settings.modbusEndpoint
    case .tcp(let text):
      if let port = HostPort.impossiblePort(in: text) {
        throw ProbeError("--tcp: a port is 1 to 65535 (found \(port))")
      }
      guard let address = HostPort(text, defaultPort: 502) else {
        throw ProbeError("\(text) is no HOST or HOST:PORT")
      }
      endpoint = .tcp(host: address.host, port: address.port)
    case .serial(let path, let baud, let parity):
      guard let parity = Endpoint.Parity(rawValue: parity) else {
        throw ProbeError("\(parity) is no parity; use none, even or odd")
      }
      endpoint = .serial(path: path, baud: baud, parity: parity)
    }
    if let problem = endpoint.problem { throw ProbeError(problem) }
  }

  /// - Parameter count: 1 to 125.
  /// - Throws: why there is no answer, in words.
  public func read(unit: UInt8, _ table: RegisterTable, from address: UInt16, count: UInt16) async throws
    -> [UInt16]
  {
    let place = table == .holding ? Table.holding : .input
    let plan = try PollPlan(
      name: "probe", unit: unit, periodMilliseconds: 1_000, groups: [[Point(place, address, count: count)]])
    let bus = try Bus(name: "probe", endpoint: endpoint, plans: [plan])
    let (sweeps, continuation) = AsyncStream<Sweep>.makeStream()
    let running = Task { await bus.run { continuation.yield($0) } }
    defer { bus.stop() }
    var attempts = 0
    for await sweep in sweeps {
      switch sweep.result {
      case .success(let image):
        guard let words = image.registers(place, address, count: count) else { continue }
        bus.stop()
        await running.value
        return Array(words)
      case .failure(let error):
        attempts += 1
        // A serial line is heard out first, and one lost answer is none. A refusal is an answer.
        if attempts >= 3 || error.reason.isFinal { throw ProbeError(error, attempts: attempts) }
      }
    }
    throw ProbeError("the bus was stopped")
  }
}

public struct ProbeError: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }

  /// Without the time of a next try: unlike on a bus, there is none.
  fileprivate init(_ error: BusError, attempts: Int) {
    let place = error.block.map { ", \($0)" } ?? ""
    let times = attempts > 1 ? " (asked \(attempts) times)" : ""
    self.init("unit \(error.unit)\(place): \(error.reason)\(times)")
  }
}

extension BusError.Reason {
  /// The device will say the same again: it has no such function or address, or will not serve such a read.
  fileprivate var isFinal: Bool {
    if case .exception(let code) = self { (1...3).contains(code) } else { false }
  }
}
