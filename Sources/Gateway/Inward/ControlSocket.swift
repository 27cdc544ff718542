import CLinux
import Foundation
import JSON
import Logging
import ServiceLifecycle
import Synchronization

/// The control socket: one line `VERB JSON` in, one line of JSON out. It admits root, the daemon's own user
/// and the group `chargehand`, by the kernel's word on who is at the other end.
///
/// Safe to share because its descriptors are set once, before its thread starts.
final class ControlSocket: Service, @unchecked Sendable {
  /// A line longer than this is refused: a command is at most 16 KiB.
  static let lineLimit = 20_000
  static let clientLimit = 64

  private let path: String
  private let inbox: Inbox
  private let log: Logger
  private let listener: CInt
  private let clients = Mutex(0)

  /// Takes the path over from a daemon that is gone: the lock on the state directory has proved that it is.
  init(path: String, inbox: Inbox, log: Logger) throws {
    self.path = path
    self.inbox = inbox
    self.log = log
    listener = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    unlink(path)
    guard listener >= 0, var address = sockaddr_un(path: path) else {
      throw ControlSocketError(
        path, "the path is longer than a socket's name may be; set gateway.control_socket")
    }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0, listen(listener, 16) == 0 else {
      throw ControlSocketError(path, String(cString: strerror(errno)))
    }
    chmod(path, 0o660)
    if let group = getgrnam("chargehand") { chown(path, uid_t.max, group.pointee.gr_gid) }
  }

  func run() async throws {
    await withGracefulShutdownHandler {
      await onThread("control", stackBytes: 256 << 10) { self.acceptClients() }
    } onGracefulShutdown: {
      shutdown(self.listener, CInt(SHUT_RDWR))
    }
    unlink(path)
  }

  private func acceptClients() {
    while true {
      let client = Glibc.accept(listener, nil, nil)
      if client < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        if errno == EMFILE || errno == ENFILE {
          usleep(100_000)
          continue
        }
        break
      }
      let isAdmitted = clients.withLock { count in
        guard count < Self.clientLimit else { return false }
        count += 1
        return true
      }
      guard isAdmitted else {
        close(client)
        continue
      }
      startThread("control-client", stackBytes: 256 << 10) { [self] in
        ControlClient(descriptor: client, inbox: inbox, log: log).serve()
        close(client)
        clients.withLock { $0 -= 1 }
      }
    }
    close(listener)
  }
}

struct ControlSocketError: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ reason: String) { description = "control socket \(path): \(reason)" }
}

extension sockaddr_un {
  /// `nil` if the path is too long for a socket's name.
  init?(path: String) {
    self.init()
    sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: sun_path) else { return nil }
    withUnsafeMutableBytes(of: &sun_path) { $0.copyBytes(from: bytes) }
  }
}
