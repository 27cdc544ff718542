import Foundation
import JSON

/// The control socket's client: one line out, one line back.
struct ControlConnection {
  private let descriptor: CInt

  /// - Throws: ``Complaint`` that says what to do.
  init(path: String) throws {
    descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Self.failure("the control socket's path is too long: \(path)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else {
      switch errno {
      case ENOENT, ECONNREFUSED:
        throw Self.failure("no daemon answers at \(path); start it with: chargehand run")
      case EACCES, EPERM:
        throw Self.failure("you may not use \(path); ask to be put into the group chargehand")
      default: throw Self.failure("\(path): \(String(cString: strerror(errno)))")
      }
    }
  }

  func close() { _ = Glibc.close(descriptor) }

  /// Sends one request and waits for its answer.
  func ask(_ verb: String, _ payload: [UInt8] = Array("{}".utf8)) throws -> JSONValue {
    var line = Array(verb.utf8) + [UInt8(ascii: " ")] + payload + [UInt8(ascii: "\n")]
    while !line.isEmpty {
      let count = send(descriptor, line, line.count, CInt(MSG_NOSIGNAL))
      guard count > 0 else { throw Self.failure("the daemon closed the connection") }
      line.removeFirst(count)
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while answer.last != UInt8(ascii: "\n") {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else {
        throw Self.failure("the daemon closed the connection before it answered; send it again")
      }
      answer += buffer[..<count]
    }
    do {
      return try JSONScanner.parse(answer.dropLast(), limits: .trusted)
    } catch {
      throw Self.failure("the daemon's answer cannot be read: \(error); check that it is of this version")
    }
  }

  private static func failure(_ message: String) -> Complaint { Complaint(.unreachable, message) }
}
