import Glibc

/// A pipe that ends another thread's `poll` (Swift's Glibc module has no eventfd).
final class WakeUp: Sendable {
  /// The end to poll for reading.
  let descriptor: Int32
  private let far: Int32

  /// Nil if the process has no descriptors left.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    far = ends[1]
  }

  deinit {
    close(descriptor)
    close(far)
  }

  /// A full pipe wakes as well as another byte would.
  func signal() {
    var byte: UInt8 = 1
    _ = write(far, &byte, 1)
  }

  func drain() {
    var bytes = [UInt8](repeating: 0, count: 512)
    while read(descriptor, &bytes, bytes.count) > 0 {}
  }

  /// Waits until it is signaled or the time is up.
  func wait(milliseconds: Int64) {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    if poll(&entry, 1, Int32(clamping: max(0, milliseconds))) > 0 { drain() }
  }
}
