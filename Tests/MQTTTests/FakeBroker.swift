import Glibc
import Synchronization

/// A socket that misbehaves on purpose: answers each connection's first bytes with what it is told.
final class FakeBroker: Sendable {
  static let accepted: [UInt8] = [0x20, 0x03, 0x00, 0x00, 0x00]
  /// CONNACK, server busy.
  static let busy: [UInt8] = [0x20, 0x03, 0x00, 0x89, 0x00]

  let port: UInt16
  private let listener: Int32
  private let connections = Mutex(0)
  private let firstBytes = Mutex<[[UInt8]]>([])

  /// - Parameters:
  ///   - answers: one for each connection; the last repeats. Nil: say nothing and hold the line.
  ///   - greets: accepts each client, answers its SUBSCRIBE, and hangs up.
  ///   - hangsUp: where the answer is empty.
  init?(_ answers: [[UInt8]?], greets: Bool = false, hangsUp: Bool = false) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0
      }
    }
    guard bound else { return nil }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    let start = Unmanaged.passRetained(
      Start(broker: self, answers: answers, greets: greets, hangsUp: hangsUp))
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { raw in
        if let raw {
          let start = Unmanaged<Start>.fromOpaque(raw).takeRetainedValue()
          start.broker.serve(start.answers, greets: start.greets, hangsUp: start.hangsUp)
        }
        return nil
      }, start.toOpaque())
    pthread_detach(thread)
  }

  var connectionCount: Int { connections.withLock { $0 } }

  /// What each connection said first.
  var received: [[UInt8]] { firstBytes.withLock { $0 } }

  /// Ends the listening thread.
  func close() { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ answers: [[UInt8]?], greets: Bool, hangsUp: Bool) {
    var held: [Int32] = []
    while true {
      let socket = accept(listener, nil, nil)
      if socket < 0 { break }
      let number = connections.withLock { count -> Int in
        count += 1
        return count - 1
      }
      var buffer = [UInt8](repeating: 0, count: 4_096)
      let count = max(0, recv(socket, &buffer, buffer.count, 0))
      let said = Array(buffer[..<count])
      firstBytes.withLock { $0.append(said) }
      held.append(socket)
      if greets {
        _ = send(socket, Self.accepted, Self.accepted.count, Int32(MSG_NOSIGNAL))
        _ = recv(socket, &buffer, buffer.count, 0)
      }
      let answer = answers[min(number, answers.count - 1)]
      if let answer {
        _ = send(socket, answer, answer.count, Int32(MSG_NOSIGNAL))
      }
      if greets || (hangsUp && answer?.isEmpty == true), let socket = held.popLast() { Glibc.close(socket) }
    }
    for socket in held { Glibc.close(socket) }
    Glibc.close(listener)
  }

  private final class Start: Sendable {
    let broker: FakeBroker
    let answers: [[UInt8]?]
    let greets: Bool
    let hangsUp: Bool

    init(broker: FakeBroker, answers: [[UInt8]?], greets: Bool, hangsUp: Bool) {
      self.broker = broker
      self.answers = answers
      self.greets = greets
      self.hangsUp = hangsUp
    }
  }
}
