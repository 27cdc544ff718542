import Glibc
import Measures
import Synchronization

/// The clock watcher's file, looked at once a second at most; in between, asking costs two loads and allocates
/// nothing. Missing, unreadable, old or garbled, it means: untrusted.
final class ClockFile: Sendable {
  static let interval = Span.seconds(1)
  private static let never = Int64.min

  private let path: String
  /// BOOTTIME milliseconds of the last look, or `never`.
  private let looked = Atomic<Int64>(never)
  /// BOOTTIME milliseconds at which the kernel last said *synchronized*, by the newest word; `never` if that is
  /// another word or none. Its age is judged at every question, so a look that hangs can only lose trust.
  private let synchronized = Atomic<Int64>(never)

  /// - Parameter now: BOOTTIME. The first look is taken here, before any thread can ask.
  init(path: String, now: Span) {
    self.path = path
    _ = isTrusted(at: now)
  }

  /// From any thread, often.
  func isTrusted(at now: Span) -> Bool {
    let last = looked.load(ordering: .relaxed)
    let isDue = last == Self.never || now.milliseconds - last >= Self.interval.milliseconds
    // Of the threads that find it due, one looks; the others take what is known.
    if isDue,
      looked.compareExchange(expected: last, desired: now.milliseconds, ordering: .relaxed).exchanged
    {
      let word = read()
      let asked = word?.isTrusted(at: now) == true ? word?.asked.milliseconds : nil
      synchronized.store(asked ?? Self.never, ordering: .relaxed)
    }
    let asked = synchronized.load(ordering: .relaxed)
    guard asked != Self.never else { return false }
    return ClockWord(isSynchronized: true, asked: .milliseconds(asked)).isTrusted(at: now)
  }

  private func read() -> ClockWord? {
    // A pipe put in its place must not block the thread that wants to know the time.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: ClockWord.limit, alignment: 1) { buffer in
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      guard count > 0 else { return nil }
      return ClockWord(buffer[..<count])
    }
  }
}
