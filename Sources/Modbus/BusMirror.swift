internal import Synchronization

/// What may be read of a bus from any thread, at any time, without waiting for it.
final class BusMirror: Sendable {
  private let state: Mutex<BusHealth>
  private let tick: Atomic<Int64>
  private let isOpening = Atomic(false)

  init(_ health: BusHealth) {
    state = Mutex(health)
    tick = Atomic(BusClock.bootMilliseconds())
  }

  var health: BusHealth { state.withLock { $0 } }

  func change(_ body: (inout BusHealth) -> Void) { state.withLock { body(&$0) } }

  var lastTickMilliseconds: Int64 {
    let last = tick.load(ordering: .relaxed)
    guard isOpening.load(ordering: .relaxed) else { return last }
    return min(last + Self.longestOpening, BusClock.bootMilliseconds())
  }

  /// Opening waits for the system's resolver, which nothing can interrupt and which ends by itself: a name server that is
  /// away must not look like a thread that hangs.
  func opening(_ body: () throws(Fault) -> Void) throws(Fault) {
    beat()
    isOpening.store(true, ordering: .relaxed)
    defer {
      beat()
      isOpening.store(false, ordering: .relaxed)
    }
    try body()
  }

  /// The resolver's own limits: three servers, two attempts, five seconds each, for four search domains.
  private static let longestOpening: Int64 = 120_000

  func beat() { tick.store(BusClock.bootMilliseconds(), ordering: .relaxed) }
}
