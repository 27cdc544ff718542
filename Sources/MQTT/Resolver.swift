import Glibc
import Synchronization

/// Looks a host name up on a thread of its own, because `getaddrinfo` can take half a minute and nothing
/// can interrupt it. At most one lookup is under way per link; a late one is waited for again.
final class Resolver {
  private var pending: Lookup?

  /// The addresses as literals, in the system's order of preference, never empty.
  /// - Parameters:
  ///   - patience: milliseconds.
  ///   - alive: called several times a second; false gives up.
  func addresses(of host: String, patience: Int64, alive: () -> Bool) throws(LinkError.Reason) -> [String] {
    if Self.isLiteral(host) { return [host] }
    let lookup: Lookup
    if let pending { lookup = pending } else { lookup = try Lookup(host) }
    pending = lookup
    let end = boottimeMilliseconds() + patience
    while true {
      if let result = lookup.result {
        pending = nil
        switch result {
        case .success(let addresses): return addresses
        case .failure(let reason): throw reason
        }
      }
      let left = end - boottimeMilliseconds()
      if left <= 0 || !alive() { throw .timedOut("answer from the resolver") }
      lookup.done.wait(milliseconds: min(left, 250))
    }
  }

  static func isLiteral(_ host: String) -> Bool {
    var buffer = in6_addr()
    return inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1
  }
}

private final class Lookup: Sendable {
  let done: WakeUp
  private let answer = Mutex<Result<[String], LinkError.Reason>?>(nil)

  init(_ host: String) throws(LinkError.Reason) {
    guard let done = WakeUp() else { throw .system(MosquittoCode.systemText(errno)) }
    self.done = done
    guard
      let thread = NamedThread(
        "mqtt-resolver",
        { [self] in
          let found = Self.lookUp(host)
          answer.withLock { $0 = found }
          done.signal()
        })
    else { throw .system("no thread for the resolver") }
    thread.detach()
  }

  var result: Result<[String], LinkError.Reason>? { answer.withLock { $0 } }

  private static func lookUp(_ host: String) -> Result<[String], LinkError.Reason> {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else { return .failure(.nameNotResolved(String(cString: gai_strerror(code)))) }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next?.pointee {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let length = socklen_t(text.count)
      if getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST) == 0 {
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        addresses.append(String(decoding: bytes, as: UTF8.self))
      }
      next = entry.ai_next
    }
    return addresses.isEmpty ? .failure(.nameNotResolved("no address")) : .success(addresses)
  }
}
