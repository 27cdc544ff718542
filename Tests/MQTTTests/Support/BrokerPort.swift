import Glibc

/// Loopback ports.
enum BrokerPort {
  /// A port nobody listens on, below the range from which the system takes ports for outgoing
  /// connections: so it stays free while a broker is down between `stop` and `start`.
  static func free() -> UInt16? {
    for _ in 0..<200 {
      let port = UInt16.random(in: 20_000..<32_000)
      let bound = withSocket(port) { bind($0, $1, $2) == 0 }
      if bound { return port }
    }
    return nil
  }

  static func accepts(_ port: UInt16) -> Bool { withSocket(port) { connect($0, $1, $2) == 0 } }

  static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static func withSocket(
    _ port: UInt16, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
