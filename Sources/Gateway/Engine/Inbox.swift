import Dispatch
import Measures
import Metering
import Synchronization

/// The engine's one bounded inbox. Producers may wait for the engine through what they put in; the engine
/// waits only here.
///
/// It stamps time under its lock, so that the order of inputs is the order of their moments. It holds at most
/// 1,024 commands, then refuses; and 65,536 readings, then keeps the newest per channel.
final class Inbox: Sendable {
  static let commandLimit = 1_024
  static let readingLimit = 65_536

  private struct State: Sendable {
    var inputs: [Input] = []
    var commands = 0
    var readings = 0
    /// Readings that were replaced by newer ones of their channel because the inbox was full.
    var displaced: Int64 = 0
    var isClosed = false
  }

  private let state = Mutex(State())
  private let clock: GatewayClock
  /// Signaled to wake the engine.
  private let wakeUp = DispatchSemaphore(value: 0)

  init(clock: GatewayClock) { self.clock = clock }

  /// Takes readings in; their time is now. Never refuses: when full, older readings give way, which the
  /// meters see as a gap.
  func put(_ readings: [Reading]) {
    guard !readings.isEmpty else { return }
    state.withLock { state in
      guard !state.isClosed else { return }
      let now = clock.now()
      let stamped = readings.map { Reading(channel: $0.channel, at: now, value: $0.value) }
      state.inputs.append(Input(content: .readings(stamped), at: now))
      state.readings += stamped.count
      if state.readings > Self.readingLimit { Self.keepNewest(&state) }
    }
    wake()
  }

  /// - Returns: `false` when the inbox is full or closed: the caller answers `unavailable`.
  func put(_ content: Input.Content) -> Bool {
    let isTaken = state.withLock { state in
      let input = Input(content: content, at: clock.now())
      // Links and deliveries are few and nobody could say them again.
      guard !state.isClosed, !input.isRefusable || state.commands < Self.commandLimit else { return false }
      state.inputs.append(input)
      if input.isRefusable { state.commands += 1 }
      return true
    }
    if isTaken { wake() }
    return isTaken
  }

  /// Everything that has come, in order; waits until something has, or until `deadline` (BOOTTIME), or until
  /// the inbox is closed, which `isLast` says.
  func take(until deadline: Span) -> (inputs: [Input], displaced: Int64, now: Moment, isLast: Bool) {
    while true {
      let taken = state.withLock { state -> ([Input], Int64, Moment, Bool)? in
        guard !state.inputs.isEmpty || state.isClosed || GatewayClock.uptime() >= deadline else { return nil }
        let taken = (state.inputs, state.displaced, clock.now(), state.isClosed)
        state.inputs.removeAll(keepingCapacity: true)
        state.commands = 0
        state.readings = 0
        state.displaced = 0
        return taken
      }
      if let taken { return taken }
      let rest = (deadline - GatewayClock.uptime()).milliseconds
      _ = wakeUp.wait(timeout: .now() + .milliseconds(Int(clamping: max(1, rest))))
    }
  }

  /// No more comes in; what is in is still taken, and the last `take` says so.
  func close() {
    state.withLock { $0.isClosed = true }
    wake()
  }

  private func wake() { wakeUp.signal() }

  /// Full of readings: of each channel only the newest stays, in the order of what is left.
  private static func keepNewest(_ state: inout State) {
    var seen: Set<ChannelID> = []
    var kept: [Input] = []
    var count = 0
    for input in state.inputs.reversed() {
      guard case .readings(let readings) = input.content else {
        kept.append(input)
        continue
      }
      // A press is an event, not a level: it never gives way.
      let newest = readings.reversed().filter { reading in
        if case .action = reading.value { return true }
        return seen.insert(reading.channel).inserted
      }
      state.displaced += Int64(readings.count - newest.count)
      count += newest.count
      if !newest.isEmpty { kept.append(Input(content: .readings(newest.reversed()), at: input.at)) }
    }
    state.inputs = kept.reversed()
    state.readings = count
  }
}
