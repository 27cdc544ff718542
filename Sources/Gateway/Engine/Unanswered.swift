import Measures

/// Commands that no reply could be sent to: all are counted, and the log is told of them once in a while.
struct Unanswered: Sendable {
  static let pause = Span.seconds(10)

  /// Since the daemon started.
  private(set) var count: Int64 = 0
  private var untold: Int64 = 0
  private var lastReason = ""
  private var nextWarning = Span.zero

  mutating func note(_ reason: String) {
    count += 1
    untold += 1
    lastReason = reason
  }

  /// A sentence about those since the last one, if it is time for it: the first of a burst is told at once, the others
  /// together when the pause is over.
  mutating func takeWarning(at now: Span) -> String? {
    guard untold > 0, now >= nextWarning else { return nil }
    defer { untold = 0 }
    nextWarning = now + Self.pause
    return untold == 1
      ? "a command could not be answered: \(lastReason)"
      : "\(untold) commands could not be answered; the last: \(lastReason)"
  }
}
