public import Measures

/// Tells running from idle by a machine's power: two thresholds, each held for a time.
public struct PowerClassifier: Hashable, Sendable, Codable {
  public struct Thresholds: Hashable, Sendable, Codable {
    public var runningAbove: Power
    public var runningAfter: Span
    public var idleBelow: Power
    public var idleAfter: Span

    public init(runningAbove: Power, runningAfter: Span, idleBelow: Power, idleAfter: Span) {
      self.runningAbove = runningAbove
      self.runningAfter = runningAfter
      self.idleBelow = idleBelow
      self.idleAfter = idleAfter
    }
  }

  public var thresholds: Thresholds
  private var state: MachineState?
  private var candidate: MachineState?
  private var candidateSince: Moment?

  /// - Parameter known: what the machine was last seen doing: between the thresholds that goes on.
  public init(thresholds: Thresholds, known: MachineState? = nil) {
    self.thresholds = thresholds
    state = known == .running || known == .idle ? known : nil
  }

  /// The state after this reading; `nil` until the first clear one. Between the thresholds nothing changes.
  public mutating func classify(_ power: Power, at moment: Moment) -> MachineState? {
    let seen: MachineState? =
      power > thresholds.runningAbove ? .running : power < thresholds.idleBelow ? .idle : nil
    guard let seen, seen != state else {
      candidate = nil
      return state
    }
    if candidate != seen || candidateSince.map({ moment.since($0) == nil }) ?? true {
      // Across a boot nobody knows how long it has been so: count anew.
      candidate = seen
      candidateSince = moment
    }
    _ = pass(to: moment)
    return state
  }

  /// Lets time pass for a device that is present: what it said last stands while it is silent, for a source that
  /// reports only changes says nothing more.
  /// - Returns: a state that has become clear by now.
  public mutating func pass(to now: Moment) -> MachineState? {
    guard let candidate, let candidateSince else { return nil }
    let needed = candidate == .running ? thresholds.runningAfter : thresholds.idleAfter
    guard now.since(candidateSince).map({ $0 >= needed }) ?? false else { return nil }
    state = candidate
    self.candidate = nil
    return state
  }

  /// A sample came and is not believed, or the device is gone: what it said last stands no longer.
  public mutating func interrupt() { candidate = nil }
}
