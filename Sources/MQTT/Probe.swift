internal import Glibc

/// A look whether the broker takes connections at all, bounded in time: libmosquitto's own connect would wait
/// for minutes on a host that swallows packets.
enum Probe {
  static let timeoutMilliseconds: CInt = 5000

  /// - Returns: what is wrong, or `nil`.
  static func problem(host: String, port: UInt16) -> String? {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &found)
    guard code == 0, let first = found else { return "\(host): \(String(cString: gai_strerror(code)))" }
    defer { freeaddrinfo(first) }
    var problem = "\(host) has no address"
    var next: UnsafeMutablePointer<addrinfo>? = first
    while let address = next {
      guard let reason = attempt(address.pointee) else { return nil }
      problem = reason
      next = address.pointee.ai_next
    }
    return problem
  }

  private static func attempt(_ address: addrinfo) -> String? {
    let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.ai_family, type, 0)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    defer { close(descriptor) }
    if connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 { return nil }
    guard errno == EINPROGRESS else { return String(cString: strerror(errno)) }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, timeoutMilliseconds) > 0 else { return "no answer within 5 s" }
    var failure: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failure, &size)
    return failure == 0 ? nil : String(cString: strerror(failure))
  }
}
