public import Measures

/// What is wrong with a clock that a draft would be dated by.
public enum ClockFault: Hashable, Sendable, CustomStringConvertible {
  /// The program cannot run before it was made.
  case beforeRelease(WallTime)
  /// Either it is wrong now, or it was once, when it ran ahead.
  case beforeJournal(WallTime, newest: WallTime)
  /// The configuration requires a synchronized clock.
  case unsynchronized

  /// Whether an operator may say that it is right: a clock that once ran far ahead would hold every draft until then.
  public var canBeAccepted: Bool {
    if case .beforeJournal = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .beforeRelease(let now): "the clock says \(now), which is before this program was made"
    case .beforeJournal(let now, let newest):
      "the clock says \(now), but the journal already holds an entry of \(newest)"
    case .unsynchronized: "the clock is not synchronized, and the configuration requires it"
    }
  }
}
