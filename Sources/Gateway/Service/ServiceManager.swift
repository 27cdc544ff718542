import CLinux
import Foundation
import Glibc
import Measures

/// Tells systemd how the daemon is (sd_notify(3)); does nothing where nobody asked.
struct ServiceManager: Sendable {
  private let socketPath: String?
  /// How often the watchdog wants to be fed, if at all: half of `WATCHDOG_USEC`.
  let watchdogInterval: Span?

  init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    socketPath = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isOurs = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
    let limit = environment["WATCHDOG_USEC"].flatMap(Int64.init)
    watchdogInterval = isOurs ? limit.map { .milliseconds(max(100, $0 / 2000)) } : nil
  }

  func ready(_ status: String) { notify("READY=1\nSTATUS=\(status)") }
  func stopping() { notify("STOPPING=1\nSTATUS=settling and saying goodbye") }
  func alive() { notify("WATCHDOG=1") }

  /// sd_notify's `MONOTONIC_USEC` is asked for with a reload.
  func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    notify("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)")
  }

  private func notify(_ message: String) {
    guard let socketPath else { return }
    let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(socketPath.utf8)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard bytes.count < room else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { path in
      path.copyBytes(from: bytes)
      // A name that starts with @ is in the abstract namespace: a NUL in its place, and no NUL at its end.
      if bytes.first == UInt8(ascii: "@") { path[0] = 0 }
    }
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path).map { $0 + bytes.count } ?? 0
    let text = Array(message.utf8)
    _ = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, text, text.count, CInt(MSG_NOSIGNAL), $0, socklen_t(length))
      }
    }
  }
}
