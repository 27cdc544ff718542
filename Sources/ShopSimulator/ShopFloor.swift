internal import Foundation
internal import Synchronization

/// Something on the floor that goes on by itself as time passes.
public protocol FloorMachine: Sendable {
  /// - Parameter milliseconds: how much time has passed since the last step.
  func step(milliseconds: Int64)
}

/// Lets the machines of a shop go on in real time, on a thread of its own. Tests may step them by hand instead.
public final class ShopFloor: Sendable {
  /// Real machines move all the time; so often is fine enough for devices that are polled every 200 ms.
  public static let stepMilliseconds: Int64 = 50

  private let isStopping = Watched(false)
  private let hasStopped = Watched(false)

  public init(_ machines: [any FloorMachine]) {
    let (isStopping, hasStopped) = (isStopping, hasStopped)
    let thread = Thread {
      var last = Self.now()
      while !isStopping.value {
        var pause = timespec(tv_sec: 0, tv_nsec: Int(Self.stepMilliseconds) * 1_000_000)
        nanosleep(&pause, nil)
        let now = Self.now()
        for machine in machines { machine.step(milliseconds: now - last) }
        last = now
      }
      hasStopped.change { $0 = true }
    }
    thread.name = "floor"
    thread.stackSize = 256 << 10
    thread.start()
  }

  deinit { isStopping.change { $0 = true } }

  /// Freezes every machine as it is; returns when the last step is done.
  public func stop() async throws {
    isStopping.change { $0 = true }
    try await hasStopped.wait(for: "the end of the shop floor", within: .seconds(5)) { $0 ? () : nil }
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}

/// Noise that is the same for the same seed (SplitMix64).
struct Noise: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
