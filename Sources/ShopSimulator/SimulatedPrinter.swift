internal import MQTT
internal import Synchronization

/// A printer that speaks MQTT: `PREFIX/state` on change, `PREFIX/power` every second, `PREFIX/online`; all
/// retained. It takes its filament from a scale.
public final class SimulatedPrinter: FloorMachine {
  /// The device's own words.
  public enum Word: String, Sendable {
    case idle, printing, paused, finished, canceled, failed, error
  }

  private struct State: Sendable {
    var word = Word.idle
    /// Of the print under way, in micrograms.
    var left: Int64 = 0
    /// In milliwatt seconds.
    var energy: Int64
    var sincePower: Int64 = 0
    /// The connection on which everything was said.
    var said = 0
  }

  public static let powerMilliseconds: Int64 = 1000

  private let client: BrokerClient
  private let prefix: String
  private let spool: SimulatedScale
  private let milligramsPerSecond: Int64
  private let watts: Int64
  private let state: Mutex<State>

  /// - Parameters:
  ///   - prefix: of its topics: `shop/printers/1`.
  ///   - watts: while it prints; a tenth of that otherwise.
  ///   - startWattHours: what its energy counter shows at first; a real one is never at zero.
  public init(
    port: UInt16, prefix: String, spool: SimulatedScale, milligramsPerSecond: Int64, watts: Int64 = 150,
    startWattHours: Int64 = 48_210, login: BrokerClient.Login? = nil
  ) {
    self.prefix = prefix
    self.spool = spool
    self.milligramsPerSecond = milligramsPerSecond
    self.watts = watts
    state = Mutex(State(energy: startWattHours * 3_600_000))
    let name = String(prefix.map { $0 == "/" ? "-" : $0 })
    var settings = BrokerClient.settings(name, port: port, filters: [], login: login)
    settings.will = Publication(
      topic: "\(prefix)/online", payload: Array("false".utf8), retain: true)
    client = BrokerClient(settings)
  }

  public var word: Word { state.withLock(\.word) }

  /// Begins a print, which ends by itself.
  public func start(milligrams: Int64) {
    state.withLock { $0.left = milligrams * 1000 }
    become(.printing)
  }

  public func pause() { become(.paused, from: .printing) }
  public func resume() { become(.printing, from: .paused) }
  public func cancel() { become(.canceled) }
  public func fail() { become(.failed) }
  /// Somebody takes the part off the bed.
  public func clear() { become(.idle) }

  private func become(_ word: Word, from: Word? = nil) {
    let isChanged = state.withLock { state in
      guard from == nil || state.word == from else { return false }
      state.word = word
      return true
    }
    if isChanged { sayState() }
  }

  public func step(milliseconds: Int64) {
    let connects = client.connects
    let (used, isDone, isPowerDue, isNew) = state.withLock { state in
      let draws = state.word == .printing ? watts : watts / 10
      state.energy += draws * milliseconds
      state.sincePower += milliseconds
      let isPowerDue = state.sincePower >= Self.powerMilliseconds
      if isPowerDue { state.sincePower = 0 }
      let isNew = client.isUp && connects != state.said
      if isNew { state.said = connects }
      guard state.word == .printing else { return (Int64(0), false, isPowerDue, isNew) }
      let used = min(state.left, milligramsPerSecond * milliseconds)
      state.left -= used
      return (used, state.left == 0, isPowerDue, isNew)
    }
    if used > 0 { spool.use(micrograms: used) }
    if isNew {
      client.publish("\(prefix)/online", "true", isRetained: true)
      sayState()
    }
    if isPowerDue || isNew { sayPower() }
    if isDone { become(.finished, from: .printing) }
  }

  private func sayState() {
    client.publish("\(prefix)/state", #"{"state":"\#(word.rawValue)"}"#, isRetained: true)
  }

  private func sayPower() {
    let (energy, isPrinting) = state.withLock { ($0.energy, $0.word == .printing) }
    // kWh with six digits, as text: no binary fraction on the way.
    let milliwattHours = energy / 3_600
    let total = "\(milliwattHours / 1_000_000).\(String(1_000_000 + milliwattHours % 1_000_000).dropFirst())"
    let power = isPrinting ? watts : watts / 10
    client.publish("\(prefix)/power", #"{"power":\#(power),"energy":{"total":\#(total)}}"#, isRetained: true)
  }

  /// Its power is cut: the broker says for it that it is gone.
  public func unplug() { client.cut() }
  public func close() { client.close() }
}

/// A battery button on a Zigbee bridge: `zigbee2mqtt/NAME` says what it did; never retained.
public struct SimulatedButton: Sendable {
  private let client: BrokerClient
  private let topic: String

  public init(port: UInt16, name: String, login: BrokerClient.Login? = nil) {
    topic = "zigbee2mqtt/\(name)"
    client = BrokerClient("zigbee-\(name)", port: port, filters: [], login: login)
  }

  /// - Parameter action: as the bridge says it: `single`, `double`, `hold`.
  public func press(_ action: String = "single") async throws {
    let payload = Array(#"{"action":"\#(action)","battery":87,"linkquality":120}"#.utf8)
    try await client.deliver(Publication(topic: topic, payload: payload))
  }

  public func close() { client.close() }
}
