import Foundation
import TestGateway

/// One connection to the control socket, byte by byte.
final class ControlLine {
  private let descriptor: Int32

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0 else { throw PlayedShopError("cannot connect to \(path): errno \(errno)") }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends a line and waits for the line that answers it.
  func ask(_ verb: String, _ payload: [UInt8]) throws -> [UInt8] {
    var line = Array(verb.utf8) + [UInt8(ascii: " ")] + payload + [UInt8(ascii: "\n")]
    while !line.isEmpty {
      let count = send(descriptor, line, line.count, Int32(MSG_NOSIGNAL))
      guard count > 0 else { break }
      line.removeFirst(count)
    }
    var answer: [UInt8] = []
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) == 1 {
      if byte == UInt8(ascii: "\n") { return answer }
      answer.append(byte)
    }
    throw PlayedShopError("the daemon closed the connection without an answer to \(verb.prefix(40))")
  }
}
