import Measures
import Metering

/// Lets a level through once it has held for a while: inputs chatter, and a chattering mill has not stopped.
struct Debounce: Sendable {
  private var settled: MachineState?
  private var candidate: (state: MachineState, since: Moment)?

  /// The level that counts. The first one ever seen is believed at once.
  mutating func admit(_ state: MachineState, holding needed: Span, at moment: Moment) -> MachineState {
    guard let settled, settled != state else {
      self.settled = state
      candidate = nil
      return state
    }
    if candidate?.state != state { candidate = (state, moment) }
    guard let candidate, moment.since(candidate.since).map({ $0 >= needed }) ?? true else { return settled }
    self.settled = state
    self.candidate = nil
    return state
  }
}
