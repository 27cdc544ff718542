import CLinux
public import Configuration
import Contract
import Devices
import Foundation
import Glibc
import Journal
public import Logging
import Measures
import Modbus
import MQTT
import ServiceLifecycle
import Synchronization
import UnixSignals

/// The daemon: everything put together, started in the order of dependency and stopped in the reverse one.
public struct Daemon: Sendable {
  private let configuration: Configuration
  private let reload: @Sendable () -> Result<Configuration, ConfigurationErrors>
  private let log: Logger

  /// - Parameter reload: reads and checks the configuration file again, for SIGHUP.
  public init(
    configuration: Configuration,
    reload: @escaping @Sendable () -> Result<Configuration, ConfigurationErrors>,
    log: Logger
  ) {
    self.configuration = configuration
    self.reload = reload
    self.log = log
  }

  /// Runs until SIGTERM or SIGINT; a device, bus or broker that is off never keeps it from starting.
  public func run() async throws {
    Process.limitResources()
    let manager = ServiceManager()
    let store = try JournalStore(directory: configuration.gateway.stateDirectory)
    let clock = GatewayClock(boot: Int(try store.bootNumber(of: GatewayClock.bootID())))
    let engine = Engine(
      configuration: configuration, clock: clock, store: store, loaded: try LoadedState(store),
      heartbeat: Heartbeat(
        directory: Heartbeat.directory(stateDirectory: configuration.gateway.stateDirectory)),
      outward: Outward(
        topics: Topics(gateway: configuration.gateway.id), log: log),
      log: log)
    try engine.begin()

    let links = try Links(configuration: configuration, engine: engine, clock: clock, log: log)
    engine.outward.publisher = links.commands
    let buses = try configuration.buses.map { bus in
      try BusService(
        settings: bus, devices: configuration.devices, inbox: engine.inbox, clock: clock, log: log)
    }
    let socket = try ControlSocket(path: configuration.gateway.controlSocket, inbox: engine.inbox, log: log)
    let loops =
      [WatchdogService.Loop(name: "engine") { engine.lastTick.load(ordering: .relaxed) }]
      + links.loops
      + buses.map { service in
        WatchdogService.Loop(name: "bus \(service.bus.name)") { service.bus.lastTickMilliseconds }
      }
    let watchdog = WatchdogService(manager: manager, loops: loops, log: log)

    // The first to start is the last to stop: the engine answers whoever still waits.
    var services: [any Service] = [EngineService(engine: engine)] + links.services
    services += buses
    services += [
      socket, watchdog, SettlingInService(),
      ReloadService(engine: engine, manager: manager, read: reload, log: log),
    ]
    for warning in configuration.warnings { log.warning("\(warning)") }
    log.notice(
      "chargehand is up: gateway \(configuration.gateway.id), \(configuration.devices.count) devices")
    manager.ready("running")
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: services.map {
          .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
        },
        gracefulShutdownSignals: [.sigterm, .sigint], logger: log))
    try await group.run()
    try store.close()
    log.notice("chargehand has stopped")
  }
}

/// The limits of the process, set once.
enum Process {
  static func limitResources() {
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      // libmodbus selects on its sockets: a descriptor from 1,024 on would write past the set.
      limit.rlim_cur = min(limit.rlim_max, 1024)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
    keep_heaps_few()
    signal(SIGPIPE, SIG_IGN)
  }
}
