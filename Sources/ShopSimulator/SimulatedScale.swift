internal import Synchronization

/// A scale behind a ``ModbusServerMap``: holding 6 is the status word, holding 7 and 8 the weight as an int32,
/// high word first, in 0.1 g.
public final class SimulatedScale: FloorMachine {
  /// Bits of the status word.
  public enum Status {
    public static let fault: UInt16 = 1 << 0
    public static let overload: UInt16 = 1 << 2
    public static let stable: UInt16 = 1 << 11
    /// Any of these: the weight is not to be believed.
    public static let invalid: UInt16 = 0x003F
  }

  public static let statusRegister: UInt16 = 6
  public static let weightRegister: UInt16 = 7
  /// After a hand was on it, it takes so long to say that it is stable again.
  public static let restlessMilliseconds: Int64 = 800

  private struct State: Sendable {
    /// In micrograms, so that a slow use is not lost in a short step.
    var load: Int64
    var used: Int64 = 0
    var noise: Noise
    var restless: Int64 = 0
    var lifted: Int64?
    var hasFault = false
  }

  public let unit: UInt8
  private let map: ModbusServerMap
  private let noiseMilligrams: Int64
  private let capacityMilligrams: Int64
  private let state: Mutex<State>

  /// - Parameters:
  ///   - noiseMilligrams: the weight shown is off by up to so much, either way.
  ///   - seed: the same seed gives the same noise.
  public init(
    map: ModbusServerMap, unit: UInt8, loadMilligrams: Int64, noiseMilligrams: Int64 = 60,
    capacityMilligrams: Int64 = 15_000_000, seed: UInt64 = 1
  ) {
    self.map = map
    self.unit = unit
    self.noiseMilligrams = noiseMilligrams
    self.capacityMilligrams = capacityMilligrams
    state = Mutex(State(load: loadMilligrams * 1000, noise: Noise(seed: seed)))
    show()
  }

  /// What truly lies on it.
  public var loadMilligrams: Int64 { state.withLock { $0.load / 1000 } }
  /// What machines truly took from it since the beginning: what a fair bill comes to.
  public var usedMilligrams: Int64 { state.withLock { $0.used / 1000 } }

  /// A machine takes material from it.
  public func use(micrograms: Int64) {
    state.withLock { state in
      let taken = min(micrograms, max(0, state.load))
      state.load -= taken
      state.used += taken
    }
  }

  /// Somebody puts something on it, or takes it off.
  public func add(milligrams: Int64) {
    state.withLock { state in
      state.load += milligrams * 1000
      state.restless = Self.restlessMilliseconds
    }
    show()
  }

  /// Somebody lifts everything off, and may put it back.
  public func lift() {
    state.withLock { state in
      guard state.lifted == nil else { return }
      state.lifted = state.load
      state.load = 0
      state.restless = Self.restlessMilliseconds
    }
    show()
  }

  public func putBack() {
    state.withLock { state in
      guard let lifted = state.lifted else { return }
      state.lifted = nil
      state.load += lifted
      state.restless = Self.restlessMilliseconds
    }
    show()
  }

  /// An error in the load cell: the weight it shows is nonsense.
  public func setFault(_ hasFault: Bool) {
    state.withLock { $0.hasFault = hasFault }
    show()
  }

  public func step(milliseconds: Int64) {
    state.withLock { $0.restless = max(0, $0.restless - milliseconds) }
    show()
  }

  private func show() {
    let (status, tenths): (UInt16, Int32) = state.withLock { state in
      let milligrams = state.load / 1000
      var status: UInt16 = state.restless == 0 ? Status.stable : 0
      if milligrams > capacityMilligrams { status |= Status.overload }
      if state.hasFault { status = Status.fault }
      let noise = Int64.random(in: -noiseMilligrams...noiseMilligrams, using: &state.noise)
      let shown = milligrams + noise
      return (status, Int32(clamping: (shown + (shown < 0 ? -50 : 50)) / 100))
    }
    let bits = UInt32(bitPattern: tenths)
    map.setHolding(
      unit: unit, address: Self.statusRegister, values: [status, UInt16(bits >> 16), UInt16(bits & 0xffff)])
  }
}
