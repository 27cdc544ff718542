public import Measures

/// Lets the first of several equal presses through: one press is often published twice.
public struct ButtonGate: Hashable, Sendable {
  public static let deadTime = Span.milliseconds(1500)
  private var last: [ButtonAction: Moment] = [:]

  public init() {}

  public mutating func admits(_ action: ButtonAction, at moment: Moment) -> Bool {
    if let previous = last[action], let since = moment.since(previous), since < Self.deadTime { return false }
    last[action] = moment
    return true
  }
}
