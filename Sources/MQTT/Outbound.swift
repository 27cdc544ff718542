internal import CLinux
internal import Glibc
internal import Synchronization

/// What other threads want of a link: messages to publish, and to stop. Bounded; waking never blocks.
final class Outbound: Sendable {
  static let messageLimit = 10_000
  static let byteLimit = 16 << 20

  struct State: Sendable {
    var messages: [OutgoingPublish] = []
    var bytes = 0
    var dropped: Int64 = 0
    var isUp = false
    var shallCut = false
    var stop: Stop?
  }

  struct Stop: Sendable {
    let last: OutgoingPublish?
    let graceMilliseconds: Int64
  }

  private let state = Mutex(State())
  let wakeUp: CInt = wake_descriptor()

  deinit { close(wakeUp) }

  var isUp: Bool { state.withLock(\.isUp) }
  var dropped: Int64 { state.withLock(\.dropped) }
  var stopRequest: Stop? { state.withLock(\.stop) }

  /// - Returns: `false` while the link is down, and when the queue is full; the latter is counted.
  func offer(_ message: OutgoingPublish) -> Bool {
    let isTaken = state.withLock { state in
      guard state.isUp else { return false }
      guard state.messages.count < Self.messageLimit, state.bytes + message.payload.count <= Self.byteLimit else {
        state.dropped += 1
        return false
      }
      state.messages.append(message)
      state.bytes += message.payload.count
      return true
    }
    if isTaken { wake() }
    return isTaken
  }

  func take() -> [OutgoingPublish] {
    state.withLock { state in
      defer {
        state.messages.removeAll(keepingCapacity: true)
        state.bytes = 0
      }
      return state.messages
    }
  }

  /// What waits dies with the connection: whoever asked for it says it anew on the next one.
  func setUp(_ isUp: Bool) {
    state.withLock { state in
      state.isUp = isUp
      guard !isUp else { return }
      state.messages.removeAll()
      state.bytes = 0
      state.shallCut = false
    }
  }

  func requestCut() {
    state.withLock { $0.shallCut = true }
    wake()
  }

  func takeCut() -> Bool {
    state.withLock { state in
      defer { state.shallCut = false }
      return state.shallCut
    }
  }

  func requestStop(_ stop: Stop) {
    state.withLock { $0.stop = stop }
    wake()
  }

  private func wake() {
    var one: UInt64 = 1
    _ = write(wakeUp, &one, 8)
  }

  func clearWake() {
    var count: UInt64 = 0
    _ = read(wakeUp, &count, 8)
  }
}
