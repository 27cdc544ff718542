internal import Synchronization

/// What may be read of a bus from any thread, at any time, without waiting for it.
final class BusMirror: Sendable {
  private let state: Mutex<BusHealth>
  private let tick: Atomic<Int64>

  init(_ health: BusHealth) {
    state = Mutex(health)
    tick = Atomic(BusClock.bootMilliseconds())
  }

  var health: BusHealth { state.withLock { $0 } }

  func change(_ body: (inout BusHealth) -> Void) { state.withLock { body(&$0) } }

  var lastTickMilliseconds: Int64 { tick.load(ordering: .relaxed) }

  func beat() { tick.store(BusClock.bootMilliseconds(), ordering: .relaxed) }
}
