import Dispatch
import Measures
import Metering
import Synchronization

/// The engine's one bounded inbox. Producers may wait for the engine through what they put in; the engine
/// waits only here.
///
/// It stamps time under its lock, so that the order of inputs is the order of their moments. It holds at most
/// 1,024 commands, then refuses; 1,024 presses, then drops (no lamp answers, and the operator presses again);
/// and 65,536 readings, then keeps the newest per channel.
final class Inbox: Sendable {
  static let commandLimit = 1_024
  static let pressLimit = 1_024
  static let readingLimit = 65_536

  private struct State: Sendable {
    var inputs: [Input] = []
    var commands = 0
    var readings = 0
    var presses = 0
    /// Readings that were replaced by newer ones of their channel because the inbox was full.
    var displaced: Int64 = 0
    /// Presses for which there was no room.
    var droppedPresses: Int64 = 0
    var isClosed = false

    /// Whether there is room for another press; counts it either way.
    mutating func admitsPress() -> Bool {
      guard presses < Inbox.pressLimit else {
        droppedPresses += 1
        return false
      }
      presses += 1
      return true
    }
  }

  /// What `take` brings: everything that has come, in order, and what there was no room for.
  struct Taken {
    var inputs: [Input]
    var displaced: Int64
    var droppedPresses: Int64
    var now: Moment
    /// The inbox is closed, and nothing is left in it.
    var isLast: Bool
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
      let stamped = readings.compactMap { reading in
        !reading.isPress || state.admitsPress()
          ? Reading(channel: reading.channel, at: now, value: reading.value) : nil
      }
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

  /// Waits until something has come, or until `deadline` (BOOTTIME), or until the inbox is closed.
  func take(until deadline: Span) -> Taken {
    while true {
      let taken = state.withLock { state -> Taken? in
        guard !state.inputs.isEmpty || state.isClosed || GatewayClock.uptime() >= deadline else { return nil }
        let taken = Taken(
          inputs: state.inputs, displaced: state.displaced, droppedPresses: state.droppedPresses,
          now: clock.now(), isLast: state.isClosed)
        state = State(isClosed: state.isClosed)
        return taken
      }
      if let taken { return taken }
      let rest = (deadline - GatewayClock.uptime()).milliseconds
      _ = wakeUp.wait(timeout: .now() + .milliseconds(Int(clamping: max(1, rest))))
    }
  }

  /// Whether a command, or something else that somebody waits for, is in it.
  var hasCommand: Bool { state.withLock { $0.commands > 0 } }

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
      let newest = readings.reversed().filter { $0.isPress || seen.insert($0.channel).inserted }
      state.displaced += Int64(readings.count - newest.count)
      count += newest.count
      if !newest.isEmpty { kept.append(Input(content: .readings(newest.reversed()), at: input.at)) }
    }
    state.inputs = kept.reversed()
    state.readings = count
  }
}

extension Reading {
  /// An event of somebody's hand, where all else is a level.
  var isPress: Bool {
    if case .action = value { true } else { false }
  }
}
