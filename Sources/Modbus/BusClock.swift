internal import Glibc

/// The clocks of a bus. Deadlines live on CLOCK_MONOTONIC, which condition variables can wait on; what
/// leaves the room is stamped with CLOCK_BOOTTIME, the daemon's clock for spans.
enum BusClock {
  static func now() -> Int64 { read(CLOCK_MONOTONIC) }

  static func bootMilliseconds() -> Int64 { read(CLOCK_BOOTTIME) / 1_000_000 }

  private static func read(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Blocks this thread until `deadline`; an interrupted sleep goes on, so that nothing adds up.
  static func sleep(until deadline: Int64) {
    guard deadline > now() else { return }
    var time = timespec(nanoseconds: deadline)
    while clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
  }
}

extension timespec {
  init(nanoseconds: Int64) {
    self.init(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
  }
}
