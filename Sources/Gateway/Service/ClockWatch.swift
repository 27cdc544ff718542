import CLinux
import Glibc
import Measures

/// Asks the kernel whether the wall clock is synchronized and leaves the answer in a file, for a daemon that is
/// not allowed to ask (docs/decisions/0003-the-unit.md).
public struct ClockWatch: Sendable {
  /// Names the file to the daemon. Without it, the daemon asks the kernel itself.
  public static let variable = "CHARGEHAND_CLOCK_FILE"
  /// A reader's patience spans several of these.
  static let interval = Span.seconds(5)

  private let path: String
  private let kernel: @Sendable () -> Int32

  /// - Parameter path: the file, in a directory that exists, is in memory (what it says is true for seconds) and
  ///   is writable to nobody else.
  public init(path: String) { self.init(path: path, kernel: { clock_is_synchronized() }) }

  /// - Parameter kernel: answers like `clock_is_synchronized`: 1, 0, or -1 with errno.
  init(path: String, kernel: @escaping @Sendable () -> Int32) {
    self.path = path
    self.kernel = kernel
  }

  /// Asks and writes every five seconds, until that fails.
  public func run() throws(ClockWatchError) -> Never {
    while true {
      try ask()
      sleep(UInt32(Self.interval.milliseconds / 1000))
    }
  }

  /// Asks once and leaves the answer.
  public func ask() throws(ClockWatchError) {
    // Taken first: a word may look older than it is, never younger.
    let now = GatewayClock.uptime()
    let answer = kernel()
    guard answer >= 0 else { throw .refused(code: errno) }
    try write(ClockWord(isSynchronized: answer == 1, asked: now))
  }

  /// Renamed into place: a reader never sees half a word.
  func write(_ word: ClockWord) throws(ClockWatchError) {
    let draft = path + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw .unwritable(path: draft, code: errno) }
    let bytes = Array(word.line.utf8)
    let count = Glibc.write(descriptor, bytes, bytes.count)
    let code = count < 0 ? errno : ENOSPC
    close(descriptor)
    guard count == bytes.count else { throw .unwritable(path: draft, code: code) }
    guard rename(draft, path) == 0 else { throw .unwritable(path: path, code: errno) }
  }
}

/// Why the watcher gave up; systemd starts it anew. The file it leaves behind grows old, which ends its trust.
public enum ClockWatchError: Error, Equatable, CustomStringConvertible {
  /// The kernel did not answer. `code` is errno.
  case refused(code: Int32)
  /// The answer could not be left at `path`. `code` is errno.
  case unwritable(path: String, code: Int32)

  public var description: String {
    switch self {
    case .refused(let code):
      "adjtimex, whether the clock is synchronized: \(Self.reason(code)); "
        + "allow the call in the unit (no ProtectClock=, and adjtimex and clock_adjtime in SystemCallFilter=)"
    case .unwritable(let path, let code):
      "\(path): \(Self.reason(code)); name a file in a directory that exists and is mine to write"
    }
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
