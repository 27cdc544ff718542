public import Contract
internal import Glibc

/// A whole shop around a gateway: the broker, the floor bus over TCP and a serial line, two scales, a mill, a
/// printer, a button, an operator and a billing service. The gateway itself is started by whoever plays.
public final class SimulatedShop: Sendable {
  public static let gateway = "demo-shop"

  public let folder: ScratchFolder
  public let broker: PrivateBroker
  public let floorBus: ModbusServer
  public let line: PseudoTerminal
  public let serialBus: ModbusServer
  /// Under the mill: 2.4 kg of aluminum.
  public let scale: SimulatedScale
  /// Under the printer's spool: 962.5 g.
  public let spoolScale: SimulatedScale
  public let mill: SimulatedMill
  public let printer: SimulatedPrinter
  public let andon: SimulatedButton
  public let person: SimulatedOperator
  public let billing: SimulatedBilling
  private let floor: ShopFloor

  /// What the machines take in a second: about a hundred times what real ones do, so that a job is seen to grow.
  public static let milligramsPerSecond: Int64 = 2000
  /// What the printer draws, sped up as well.
  public static let printerWatts: Int64 = 18_000

  /// - Parameters:
  ///   - digest: SHA-256 in hexadecimal, small letters; the billing service checks drafts by it.
  ///   - decide: what billing does about a delivery.
  public init(
    broker options: PrivateBroker.Options = PrivateBroker.Options(),
    digest: @escaping @Sendable ([UInt8]) -> String,
    decide: @escaping @Sendable (SimulatedBilling.Delivery) -> SimulatedBilling.Answer = { _ in .accept }
  ) async throws {
    folder = try ScratchFolder("chargehand-shop")
    broker = try await PrivateBroker.start(options)
    let (floorMap, serialMap) = (ModbusServerMap(), ModbusServerMap())
    scale = SimulatedScale(map: floorMap, unit: 1, loadMilligrams: 2_400_000, seed: 1)
    spoolScale = SimulatedScale(map: serialMap, unit: 3, loadMilligrams: 962_500, seed: 2)
    mill = SimulatedMill(map: floorMap, unit: 2, stock: scale, milligramsPerSecond: Self.milligramsPerSecond)
    floorBus = try ModbusServer.tcp(map: floorMap)
    line = try PseudoTerminal()
    serialBus = try ModbusServer.serial(line, map: serialMap)
    printer = SimulatedPrinter(
      port: broker.port, prefix: "shop/printers/1", spool: spoolScale,
      milligramsPerSecond: Self.milligramsPerSecond, watts: Self.printerWatts)
    andon = SimulatedButton(port: broker.port, name: "andon-1")
    person = SimulatedOperator(gateway: Self.gateway, port: broker.port)
    billing = SimulatedBilling(gateway: Self.gateway, port: broker.port, digest: digest, decide: decide)
    floor = ShopFloor([scale, spoolScale, mill, printer])
    try await billing.connected()
    try await person.connected()
  }

  public var topics: Topics { Topics(gateway: Self.gateway) }

  /// What the gateway needs to know of this shop.
  public var configuration: ShopConfiguration {
    var configuration = ShopConfiguration(
      brokerPort: broker.port, modbusPort: floorBus.port, serialPath: line.path,
      stateDirectory: folder["state"])
    configuration.gateway = Self.gateway
    return configuration
  }

  /// Writes the configuration into the shop's folder.
  /// - Returns: its path.
  public func writeConfiguration(_ configuration: ShopConfiguration? = nil) throws -> String {
    try folder.write((configuration ?? self.configuration).text, to: "chargehand.yaml")
    return folder["chargehand.yaml"]
  }

  /// Starts a gateway in this shop; all it leaves behind is in the shop's folder.
  /// - Parameter program: the path of `chargehand`.
  public func startGateway(
    _ program: String, configuration: String, logLevel: String = "info"
  ) throws -> ChildProgram {
    mkdir(folder["run"], 0o700)
    return try ChildProgram(
      [program, "run", "--config", configuration, "--log-level", logLevel], log: folder["gateway.log"],
      environment: ["RUNTIME_DIRECTORY": folder["run"]])
  }

  /// A panel on the wall: sees every state and event the gateway publishes.
  public func panel(_ name: String = "panel") -> BrokerClient {
    BrokerClient(
      name, port: broker.port,
      filters: [topics.stateFilter, topics.status, "\(topics.prefix)event/#", topics.draft, topics.ack])
  }

  /// Sends everybody home. The folder stays unless it is to be removed.
  public func close(removingFolder: Bool) async throws {
    try await floor.stop()
    for client in [printer.close, andon.close, person.close, billing.close] { client() }
    floorBus.stop()
    serialBus.stop()
    try await broker.stop()
    broker.remove()
    line.unplug()
    if removingFolder { folder.remove() }
  }
}
