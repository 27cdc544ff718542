internal import Synchronization

/// A mill on an input module behind a ``ModbusServerMap``: discrete input 0 says that it runs, 3 is a button.
/// It takes its material from a scale.
public final class SimulatedMill: FloorMachine {
  public static let runInput: UInt16 = 0
  public static let buttonInput: UInt16 = 3
  /// Longer than the poll, so that no press falls between two of them.
  public static let pressMilliseconds: Int64 = 500

  private struct State: Sendable {
    var isRunning = false
    var pressed: Int64 = 0
    var runMilliseconds: Int64 = 0
  }

  private let map: ModbusServerMap
  private let unit: UInt8
  private let stock: SimulatedScale
  private let milligramsPerSecond: Int64
  private let state = Mutex(State())

  public init(map: ModbusServerMap, unit: UInt8, stock: SimulatedScale, milligramsPerSecond: Int64) {
    self.map = map
    self.unit = unit
    self.stock = stock
    self.milligramsPerSecond = milligramsPerSecond
    for input in 0...Self.buttonInput { map.setDiscreteInput(unit: unit, address: input, value: false) }
  }

  public var isRunning: Bool { state.withLock(\.isRunning) }
  /// How long it truly ran since the beginning.
  public var runMilliseconds: Int64 { state.withLock(\.runMilliseconds) }

  public func start() { set(running: true) }
  public func stop() { set(running: false) }

  private func set(running: Bool) {
    state.withLock { $0.isRunning = running }
    map.setDiscreteInput(unit: unit, address: Self.runInput, value: running)
  }

  /// Somebody presses its button, and lets it go soon.
  public func press() {
    state.withLock { $0.pressed = Self.pressMilliseconds }
    map.setDiscreteInput(unit: unit, address: Self.buttonInput, value: true)
  }

  public func step(milliseconds: Int64) {
    let (isRunning, isReleased) = state.withLock { state in
      if state.isRunning { state.runMilliseconds += milliseconds }
      let wasPressed = state.pressed > 0
      state.pressed = max(0, state.pressed - milliseconds)
      return (state.isRunning, wasPressed && state.pressed == 0)
    }
    if isReleased { map.setDiscreteInput(unit: unit, address: Self.buttonInput, value: false) }
    if isRunning { stock.use(micrograms: milligramsPerSecond * milliseconds) }
  }
}
