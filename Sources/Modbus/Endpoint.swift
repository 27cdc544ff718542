/// Where a bus is: a TCP server (a device, or a gateway to a serial line), or a serial line of this machine.
public struct Endpoint: Hashable, Sendable {
  public enum Line: Hashable, Sendable {
    case tcp(host: String, port: UInt16)
    /// The frames of a serial line on a TCP connection, as plain serial servers carry them; `baud` is that of the line
    /// behind the server.
    case rtuOverTCP(host: String, port: UInt16, baud: Int)
    case serial(path: String, baud: Int, parity: Parity, dataBits: Int, stopBits: Int)
  }

  public enum Parity: String, Hashable, Sendable, CaseIterable {
    case none
    case even
    case odd

    var letter: CChar {
      switch self {
      case .none: CChar(UInt8(ascii: "N"))
      case .even: CChar(UInt8(ascii: "E"))
      case .odd: CChar(UInt8(ascii: "O"))
      }
    }
  }

  public let line: Line
  /// How long a whole reply, and a whole connect, may take. 10 … 60,000; others are brought into range.
  public let responseTimeoutMilliseconds: Int
  /// How long a serial line must have been silent after an error before anything is asked again: the worst
  /// latency of the devices on it, over the response timeout. By default the response timeout once more.
  public let settleMilliseconds: Int

  public static func tcp(
    host: String, port: UInt16 = 502, responseTimeoutMilliseconds: Int = 1_000
  ) -> Endpoint {
    Endpoint(.tcp(host: host, port: port), responseTimeoutMilliseconds, settle: nil)
  }

  /// - Parameter settleMilliseconds: see ``settleMilliseconds``: behind the server is a line like any other.
  public static func rtuOverTCP(
    host: String, port: UInt16 = 502, baud: Int = 9_600, responseTimeoutMilliseconds: Int = 1_000,
    settleMilliseconds: Int? = nil
  ) -> Endpoint {
    Endpoint(
      .rtuOverTCP(host: host, port: port, baud: baud), responseTimeoutMilliseconds, settle: settleMilliseconds
    )
  }

  public static func serial(
    path: String, baud: Int, parity: Parity, dataBits: Int = 8, stopBits: Int = 1,
    responseTimeoutMilliseconds: Int = 1_000, settleMilliseconds: Int? = nil
  ) -> Endpoint {
    Endpoint(
      .serial(path: path, baud: baud, parity: parity, dataBits: dataBits, stopBits: stopBits),
      responseTimeoutMilliseconds, settle: settleMilliseconds)
  }

  private init(_ line: Line, _ timeout: Int, settle: Int?) {
    self.line = line
    responseTimeoutMilliseconds = min(max(timeout, 10), 60_000)
    settleMilliseconds = min(max(settle ?? responseTimeoutMilliseconds, 10), 60_000)
  }

  /// Whether each reply bears the number of its request, so that none can pass for another.
  var isNumbered: Bool {
    if case .tcp = line { true } else { false }
  }

  /// Whether it is a connection that the other side can close.
  var isSocket: Bool {
    if case .serial = line { false } else { true }
  }

  /// How long so many half characters take on the line, in nanoseconds; 0 on TCP.
  private func nanoseconds(halfCharacters: Int) -> Int64 {
    let (bits, rate): (Int, Int)
    switch line {
    case .tcp: return 0
    // What parity the line behind the server has is not known: eleven bits is the most.
    case .rtuOverTCP(_, _, let baud): (bits, rate) = (11, baud)
    case .serial(_, let baud, let parity, let dataBits, let stopBits):
      (bits, rate) = (1 + dataBits + (parity == .none ? 0 : 1) + stopBits, baud)
    }
    return Int64(bits * halfCharacters) * 500_000_000 / Int64(max(rate, 1))
  }

  /// The 3.5 characters of silence between two frames, in nanoseconds; 1.75 ms above 19,200 baud (Modbus
  /// over Serial Line V1.02, section 2.5.1.1). libmodbus does not keep it. 0 on TCP.
  var frameSilenceNanoseconds: Int64 {
    switch line {
    case .tcp: return 0
    case .serial(_, let baud, _, _, _), .rtuOverTCP(_, _, let baud):
      return baud > 19_200 ? 1_750_000 : nanoseconds(halfCharacters: 7)
    }
  }

  /// How long question and answer are on the line, rounded up: a device's patience does not pay for it.
  func wireMilliseconds(of block: Block) -> Int {
    // Unit, function, address, count and checksum there; unit, function, length and checksum back.
    let characters = 8 + 5 + block.shape.byteCount
    return Int((nanoseconds(halfCharacters: 2 * characters) + 999_999) / 1_000_000)
  }

  /// What is wrong with the endpoint as it is written, as a sentence; nil if it can be tried. libmodbus
  /// silently takes 9,600 baud for a rate it does not know, so unknown rates are refused here.
  public var problem: String? {
    switch line {
    case .tcp(let host, let port), .rtuOverTCP(let host, let port, _):
      if host.isEmpty || host.utf8.count > 253 || host.utf8.contains(0) {
        return "the host name is empty, too long or not text; name a host or an address"
      }
      if case .rtuOverTCP(_, _, let baud) = line, !Endpoint.bauds.contains(baud) {
        return "\(baud) baud is not a rate of a serial line"
      }
      return port == 0 ? "port 0 cannot be connected to; Modbus usually listens on 502" : nil
    case .serial(let path, let baud, _, let dataBits, let stopBits):
      if path.isEmpty || path.utf8.contains(0) { return "the path of the serial line is empty or not text" }
      if !Endpoint.bauds.contains(baud) { return "\(baud) baud is not a rate that libmodbus knows" }
      if !(7...8).contains(dataBits) { return "\(dataBits) data bits; Modbus RTU wants 8" }
      return (1...2).contains(stopBits) ? nil : "\(stopBits) stop bits; use 1 or 2"
    }
  }

  /// The rates of libmodbus 3.1.6, `_modbus_rtu_connect`.
  private static let bauds: Set<Int> = [
    110, 300, 600, 1_200, 2_400, 4_800, 9_600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 500_000,
    576_000, 921_600, 1_000_000, 1_152_000, 1_500_000, 2_500_000, 3_000_000, 3_500_000, 4_000_000,
  ]
}

extension Endpoint: CustomStringConvertible {
  /// `tcp 10.0.0.7:502`, or `serial /dev/ttyUSB0 9600 8E1`.
  public var description: String {
    switch line {
    case .tcp(let host, let port):
      return host.contains(":") ? "tcp [\(host)]:\(port)" : "tcp \(host):\(port)"
    case .rtuOverTCP(let host, let port, _):
      return host.contains(":") ? "rtu over tcp [\(host)]:\(port)" : "rtu over tcp \(host):\(port)"
    case .serial(let path, let baud, let parity, let dataBits, let stopBits):
      let letter = parity.rawValue.prefix(1).uppercased()
      return "serial \(path) \(baud) \(dataBits)\(letter)\(stopBits)"
    }
  }
}
