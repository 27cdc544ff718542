import CLinux
import Foundation
import Glibc
import Measures

/// The only reader of clocks: BOOTTIME for spans, UTC with the kernel's word on its trust for labels. That word
/// comes through the file of a clock watcher where `CHARGEHAND_CLOCK_FILE` names one.
struct GatewayClock: Sendable {
  /// Which boot this is, as the journal counts them.
  let boot: Int
  /// `nil` where the kernel may be asked directly.
  private let file: ClockFile?
  private let kernel: @Sendable () -> Bool

  /// - Parameter kernel: whether the kernel considers the wall clock synchronized.
  init(
    boot: Int, environment: [String: String] = ProcessInfo.processInfo.environment,
    kernel: @escaping @Sendable () -> Bool = { clock_is_synchronized() == 1 }
  ) {
    self.boot = boot
    self.kernel = kernel
    let path = environment[ClockWatch.variable].flatMap { $0.isEmpty ? nil : $0 }
    file = path.map { ClockFile(path: $0, now: Self.uptime()) }
  }

  func now() -> Moment {
    let uptime = Self.uptime()
    let isTrusted = file.map { $0.isTrusted(at: uptime) } ?? kernel()
    return Moment(boot: boot, uptime: uptime, wall: Self.wall(), isWallTrusted: isTrusted)
  }

  /// CLOCK_BOOTTIME: goes on through suspend, and no NTP step moves it.
  static func uptime() -> Span {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return .milliseconds(Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  static func wall() -> WallTime {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  /// The kernel's id of this boot: a new one after every reboot.
  static func bootID() -> String {
    guard let file = fopen("/proc/sys/kernel/random/boot_id", "r") else { return "unknown" }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 64)
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return "unknown" }
    let bytes = buffer.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }
}
