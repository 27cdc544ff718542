internal import Glibc

/// Why no connection was made, in words.
struct DialError: Error, Hashable {
  var words: String
}

/// Connects to a TCP server within `timeoutMilliseconds`, however many addresses the name has, and sets
/// TCP_NODELAY. Not left to `modbus_connect`, which grants the timeout to each address in turn, reports
/// every failure as "connection refused" or "in progress", and sets TCP_NODELAY on IPv4 only.
func dial(host: String, port: UInt16, timeoutMilliseconds: Int) throws(DialError) -> Int32 {
  let deadline = BusClock.now() + Int64(timeoutMilliseconds) * 1_000_000
  var hints = addrinfo()
  hints.ai_family = AF_UNSPEC
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  var list: UnsafeMutablePointer<addrinfo>?
  let code = getaddrinfo(host, String(port), &hints, &list)
  guard code == 0 else { throw DialError(words: String(cString: gai_strerror(code))) }
  defer { freeaddrinfo(list) }
  var lastError = EADDRNOTAVAIL
  var next = list
  while let address = next {
    switch attempt(address.pointee, deadline: deadline) {
    case .success(let socket): return socket
    case .failure(let error): lastError = error.code
    }
    next = address.pointee.ai_next
  }
  throw DialError(words: BusError.text(lastError))
}

private struct AttemptError: Error {
  var code: Int32
}

private func attempt(_ address: addrinfo, deadline: Int64) -> Result<Int32, AttemptError> {
  let kind = address.ai_socktype | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
  let socket = Glibc.socket(address.ai_family, kind, address.ai_protocol)
  guard socket >= 0 else { return .failure(AttemptError(code: errno)) }
  var one: Int32 = 1
  setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  if connect(socket, address.ai_addr, address.ai_addrlen) == 0 { return .success(socket) }
  var code = errno
  if code == EINPROGRESS { code = outcome(socket, deadline: deadline) }
  if code == 0 { return .success(socket) }
  close(socket)
  return .failure(AttemptError(code: code))
}

/// Waits for a connect under way: 0 when it stands, else its `errno`.
private func outcome(_ socket: Int32, deadline: Int64) -> Int32 {
  while true {
    let left = (deadline - BusClock.now() + 999_999) / 1_000_000
    guard left > 0 else { return ETIMEDOUT }
    var poll = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    let ready = Glibc.poll(&poll, 1, Int32(clamping: left))
    if ready < 0, errno != EINTR { return errno }
    guard ready > 0 else { continue }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
  }
}
