internal import Measures

/// What a machine counts itself: how long it has run. It tells what happened while nobody could hear the machine.
struct OwnCount: Hashable, Sendable, Codable {
  struct Count: Hashable, Sendable, Codable {
    var running: Span
    var at: Moment
  }

  struct Waiting: Hashable, Sendable, Codable {
    var gap: Gap
    var before: MachineState
    var now: MachineState
  }

  private(set) var newest: Count?
  /// As of the last good state before a gap.
  private var lost: Count?
  private(set) var waiting: Waiting?

  /// A count and a state that are further apart are not of one moment; and a gap waits no longer for its count.
  static let patience = Span.seconds(10)
  /// It tells only of gaps that are long against its steps.
  private static let fine = Span.seconds(1)
  private static let coarse: Int64 = 10

  mutating func take(_ running: Span, at moment: Moment) {
    if let newest, moment < newest.at { return }
    newest = Count(running: running, at: moment)
  }

  /// From here on nothing is known of the machine.
  ///
  /// - Parameter isRunning: what it ran between the newest count and here is measured already.
  mutating func lose(at moment: Moment, whileRunning isRunning: Bool) {
    lost = nil
    guard let newest, let age = moment.since(newest.at), age <= Self.patience, age >= -Self.patience else {
      return
    }
    lost = Count(running: isRunning ? newest.running + age : newest.running, at: moment)
  }

  func isUseful(over gap: Span?, step: Span?) -> Bool {
    guard lost != nil, let gap, let step else { return false }
    return step <= Self.fine || gap >= step * Self.coarse
  }

  mutating func wait(for gap: Gap, after before: MachineState, now: MachineState) {
    waiting = Waiting(gap: gap, before: before, now: now)
  }

  /// How much of the gap that waits the machine ran.
  ///
  /// - Returns: `nil` where this count cannot tell: it is not of the gap's end; or the machine began to count anew, or may
  ///   have, for it has counted no more in all than the gap lasted.
  func running(until count: Count, step: Span) -> Span? {
    guard let waiting, let lost, let whole = waiting.gap.span, let late = count.at.since(waiting.gap.to),
      late.magnitude <= Self.patience
    else { return nil }
    let sinceThen = waiting.now == .running ? late : .zero
    let running = count.running - lost.running - sinceThen
    // A count is not read at the very instant of a state.
    let slack = max(Self.patience, step)
    guard running >= -slack, running <= whole + slack, count.running > whole + slack else { return nil }
    return max(.zero, min(running, whole))
  }

  mutating func settled() {
    waiting = nil
    lost = nil
  }

  /// Another account: a gap that lies on both is settled by the policy.
  mutating func forget(ifLost isLost: Bool) {
    if isLost { lost = nil }
  }
}
