public import Devices
public import Measures

/// One Modbus connection.
public struct BusSettings: Hashable, Sendable {
  public var id: BusID
  public var endpoint: BusEndpoint
  /// 10 ms to 5 s: a bus that waits longer would look dead to whoever watches it.
  public var responseTimeout: Span
  /// Of its devices that do not say otherwise.
  public var manners = ModbusManners()

  public static let defaultResponseTimeout = Span.seconds(1)
}

public enum BusEndpoint: Hashable, Sendable, CustomStringConvertible {
  case tcp(host: String, port: UInt16)
  /// The frames of a serial line on a TCP connection; `baud` is that of the line behind the server.
  case rtuOverTCP(host: String, port: UInt16, baud: Int)
  /// Eight data bits, as Modbus RTU demands.
  case serial(path: String, baud: Int, parity: Parity, stopBits: Int)

  public enum Parity: String, Hashable, Sendable, CaseIterable { case none, even, odd }

  public var isSerial: Bool {
    if case .serial = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .tcp(let host, let port), .rtuOverTCP(let host, let port, _):
      HostPort.text(host, port)
    case .serial(let path, let baud, let parity, let stopBits):
      "\(path) \(baud) 8\(parity.rawValue.prefix(1).uppercased())\(stopBits)"
    }
  }
}

extension ConfigurationReader {
  /// `select` in the C library ends at 1,024 descriptors, and every bus has a thread of its own.
  static let maximumBuses = 256
  private static let bauds = [
    1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200, 230_400, 460_800, 921_600,
  ]

  func buses(_ cursor: Cursor?) -> [BusSettings] {
    guard let cursor else { return [] }
    let items = cursor.items()
    if items.count > Self.maximumBuses {
      items[Self.maximumBuses].mistake(
        "at most \(Self.maximumBuses) buses can be served (found \(items.count))")
    }
    var ids = Names(list: "buses")
    var endpoints: [String: String] = [:]
    return items.compactMap { item in
      guard let section = item.section() else { return nil }
      let id: BusID? = name(section, as: &ids)
      let endpoint = endpoint(section)
      let timeout = section.optional("response_timeout").map { $0.span(Self.responseTimeouts) }
      let manners = manners(section, besides: ModbusManners())
      section.finish()
      if let id { declared.buses[id] = .some(endpoint?.isSerial) }
      guard let endpoint else { return nil }
      if let other = endpoints[endpoint.address] {
        (section.optional("tcp") ?? section.optional("rtu_over_tcp") ?? section.optional("serial"))?
          .mistake("the bus \(other) has the same endpoint already (\(endpoint.found))")
      }
      endpoints[endpoint.address] = section.optional("id")?.text ?? item.path
      guard let id else { return nil }
      declared.manners[id] = manners
      return BusSettings(
        id: id, endpoint: endpoint, responseTimeout: (timeout ?? BusSettings.defaultResponseTimeout) ?? .zero,
        manners: manners)
    }
  }

  static let responseTimeouts = Span.milliseconds(10)...Span.seconds(5)

  /// How devices want to be asked; what is not said is as `besides`.
  func manners(_ section: Section, besides: ModbusManners) -> ModbusManners {
    var manners = besides
    if let retries = section.optional("retries")?.integer(0...5) { manners.retries = retries }
    if let pause = section.optional("gap")?.span(.zero...(.seconds(2))) { manners.pause = pause }
    if let limit = section.optional("gap_limit")?.integer(0...100) {
      manners.gapLimit = UInt16(clamping: limit)
    }
    if let most = section.optional("max_block")?.integer(1...125) {
      manners.maximumRegisters = UInt16(clamping: most)
    }
    return manners
  }

  private func endpoint(_ section: Section) -> BusEndpoint? {
    let rtu = section.optional("rtu_over_tcp")
    let tcp = section.optional("tcp") ?? rtu
    let serial = section.optional("serial")
    if section.has("tcp"), rtu != nil {
      section.refuse("rtu_over_tcp", "a bus is either tcp or rtu_over_tcp (found both)")
      return nil
    }
    if tcp != nil, serial != nil {
      section.refuse("serial", "a bus is either tcp or serial (found both)")
      for key in ["baud", "parity", "stop_bits"] { _ = section.optional(key) }
      return nil
    }
    if let tcp {
      let kind = rtu == nil ? "tcp" : "rtu_over_tcp"
      for key in rtu == nil ? ["baud", "parity", "stop_bits"] : ["parity", "stop_bits"] {
        section.refuse(key, "is for serial buses; this one is \(kind)")
      }
      let place =
        tcp.refusesPort()
        ? nil : tcp.read("HOST:PORT, such as 192.168.1.20:502") { HostPort($0, defaultPort: 502) }
      guard rtu != nil else { return place.map { .tcp(host: $0.host, port: $0.port) } }
      let baud = section.optional("baud").map(baud) ?? 9_600
      guard let place, let baud else { return nil }
      return .rtuOverTCP(host: place.host, port: place.port, baud: baud)
    }
    let baud = section.optional("baud").map(baud)
    let parity = section.optional("parity").map { $0.choice(BusEndpoint.Parity.self) }
    let stopBits = section.optional("stop_bits").map { $0.integer(1...2) }
    guard let serial else {
      section.report("is missing: a bus needs tcp: HOST:PORT or serial: /dev/…", key: "tcp")
      return nil
    }
    guard let path = serial.absolutePath(), let baud = baud ?? 19_200, let parity = parity ?? .even,
      let stopBits = stopBits ?? 1
    else { return nil }
    if let number = ["/dev/ttyUSB", "/dev/ttyACM"].first(where: { path.hasPrefix($0) }) {
      serial.warning(
        "\(number)… is numbered anew with every plug and every start; name the adapter by its link in "
          + "/dev/serial/by-id")
    }
    return .serial(path: path, baud: baud, parity: parity, stopBits: stopBits)
  }

  private func baud(_ cursor: Cursor) -> Int? {
    cursor.read("one of the baud rates \(Self.bauds.map(String.init).joined(separator: ", "))") {
      Int($0).flatMap { Self.bauds.contains($0) ? $0 : nil }
    }
  }
}

extension BusEndpoint {
  /// What two buses must not share: the line itself, whatever its settings.
  var address: String {
    switch self {
    case .tcp(let host, let port), .rtuOverTCP(let host, let port, _):
      HostPort.text(HostName.canonical(host), port)
    case .serial(let path, _, _, _): FileNames.resolved(path)
    }
  }

  /// As it was written, and what it stands for where that is another spelling.
  fileprivate var found: String {
    let written = if case .serial(let path, _, _, _) = self { path } else { description }
    return written == address ? "found \(written.shown)" : "found \(written.shown), which is \(address.shown)"
  }
}
