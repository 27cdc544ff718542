internal import Foundation

/// Programs of the system, where a daemon's may be too: `/usr/sbin` is not in everybody's path.
public enum Programs {
  public static func find(_ name: String) -> String? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let folders = path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/local/sbin", "/usr/bin"]
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs a short program to its end.
  /// - Throws: ``BrokerError`` when it is missing or fails.
  /// - Returns: what it wrote; more than a pipe holds (64 KiB) would keep it from ending.
  @discardableResult
  static func run(_ name: String, _ arguments: [String]) throws -> String {
    guard let path = find(name) else { throw BrokerError("\(name) is not installed") }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw BrokerError("\(name) failed with exit status \(process.terminationStatus)")
    }
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// Ports of the loopback.
enum FreePort {
  /// One that nobody listens on, below the range from which the system takes ports for outgoing connections.
  /// So it stays free while its program is down, and whoever dials it meanwhile cannot reach himself.
  static func find() throws -> UInt16 {
    for _ in 0..<200 {
      let port = UInt16.random(in: 20_000..<32_000)
      let descriptor = try open()
      defer { close(descriptor) }
      var address = loopback(port)
      let isBound = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
      if isBound { return port }
    }
    throw SimulatorError("search for a free port", EADDRINUSE)
  }

  /// Whether somebody takes connections there.
  static func accepts(_ port: UInt16) -> Bool {
    guard let descriptor = try? open() else { return false }
    defer { close(descriptor) }
    var address = loopback(port)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func open() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    guard descriptor >= 0 else { throw SimulatorError("socket", errno) }
    return descriptor
  }

  private static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return address
  }
}
