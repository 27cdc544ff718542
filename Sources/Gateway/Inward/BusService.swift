import Configuration
import Contract
import Devices
import Logging
import Measures
import Metering
import Modbus
import ServiceLifecycle
import Synchronization

/// Polls the devices of one bus and hands their readings to the engine.
struct BusService: Service {
  let bus: Bus
  private let decoders: Decoders
  private let inbox: Inbox
  private let clock: GatewayClock
  private let log: Logger

  init(
    settings: BusSettings, devices: [DeviceDescription], inbox: Inbox, clock: GatewayClock, log: Logger
  ) throws {
    var plans: [PollPlan] = []
    for device in devices {
      guard case .modbus(let modbus) = device.transport, modbus.bus == settings.id else { continue }
      plans.append(try PollPlan(device.id.text, modbus))
    }
    bus = try Bus(name: settings.id.text, endpoint: settings.modbusEndpoint, plans: plans)
    decoders = Decoders(devices)
    self.inbox = inbox
    self.clock = clock
    self.log = log
  }

  func run() async throws {
    await withGracefulShutdownHandler {
      await bus.run { sweep in deliver(sweep) }
    } onGracefulShutdown: {
      bus.stop()
    }
  }

  func deliver(_ sweep: Sweep) {
    let now = clock.now()
    switch sweep.result {
    case .success(let image):
      let isNews = decoders.noteAnswer(of: sweep.device)
      if isNews { log.notice("bus \(bus.name): \(sweep.device) answers") }
      if sweep.heldBackMilliseconds > 0, decoders.noteHeldBack(sweep.device) {
        log.warning(
          """
          bus \(bus.name): \(sweep.device) took \(sweep.finishedAtMilliseconds - sweep.startedAtMilliseconds) ms, and \
          others came too late; it is asked less often, so that they keep their pace; give it a bus of its own
          """)
      }
      inbox.put(decoders.decode(sweep.device, image: SweptImage(image: image), at: now))
      if isNews || decoders.isReportDue(of: sweep.device) { report(sweep.device, nextTry: nil) }
    case .failure(let error):
      if decoders.noteFailure(of: sweep.device) { log.warning("\(error)") }
      inbox.put(decoders.reject(sweep.device, error.rejection, at: now))
      report(sweep.device, nextTry: now.wall.advanced(by: .milliseconds(Int64(error.nextTryMilliseconds))))
    }
  }

  /// Tells how the device can be reached, for displays, and warns of one that is nearly too slow.
  private func report(_ name: String, nextTry: WallTime?) {
    guard let device = DeviceID(name),
      let health = bus.health().devices.first(where: { $0.device == name })
    else { return }
    let limit = health.responseTimeoutMilliseconds
    let isSlow = decoders.isSlow(name, health.latency, of: limit)
    if isSlow.isNews, isSlow.now, let latency = health.latency {
      log.warning(
        """
        bus \(bus.name): \(name) takes up to \(latency.percentile99) ms to answer, and \(limit) ms is all it has; \
        raise response_timeout, or ask it less
        """)
    }
    _ = inbox.put(
      .reach(
        device,
        Reach(nextTry: nextTry, latency: health.latency.map(Reach.Latency.init), isSlow: isSlow.now))
    )
  }
}

extension PollPlan {
  fileprivate init(_ name: String, _ device: ModbusDevice) throws(PlanError) {
    let manners = device.manners
    try self.init(
      name: name, unit: device.unit, periodMilliseconds: Int(device.poll.milliseconds),
      groups: device.points.map { $0.map(Point.init(described:)) },
      wholeBlocks: device.wholeBlocks.map(Point.init(described:)), maximumGap: manners.gapLimit,
      maximumRegisters: manners.maximumRegisters,
      manners: Manners(
        responseTimeoutMilliseconds: manners.responseTimeout.map { Int($0.milliseconds) },
        retries: manners.retries, pauseMilliseconds: Int(manners.pause.milliseconds)),
      identity: device.identity.flatMap { Identity(Point(described: $0.point), expected: $0.expected) })
  }
}

extension Reach.Latency {
  fileprivate init(_ latency: Modbus.Latency) {
    self.init(median: latency.median, percentile99: latency.percentile99, count: latency.count)
  }
}

/// The decoders of one bus, which remember where a wired button stood.
private final class Decoders: Sendable {
  private struct State: Sendable {
    var decoders: [String: DeviceDecoder]
    var failing: Set<String> = []
    var slow: Set<String> = []
    var heldBack: Set<String> = []
    /// Answers since the last report, by device.
    var answers: [String: Int] = [:]
  }
  private let state: Mutex<State>

  init(_ devices: [DeviceDescription]) {
    let decoders = devices.map { ($0.id.text, DeviceDecoder($0)) }
    state = Mutex(State(decoders: Dictionary(decoders, uniquingKeysWith: { first, _ in first })))
  }

  func decode(_ device: String, image: SweptImage, at moment: Moment) -> [Reading] {
    state.withLock { $0.decoders[device]?.decode(image: image, at: moment) ?? [] }
  }

  func reject(_ device: String, _ reason: Rejection, at moment: Moment) -> [Reading] {
    state.withLock { $0.decoders[device]?.reject(reason, at: moment) ?? [] }
  }

  /// Whether this is news: failures are logged once, not at every poll.
  func noteFailure(of device: String) -> Bool { state.withLock { $0.failing.insert(device).inserted } }
  func noteAnswer(of device: String) -> Bool { state.withLock { $0.failing.remove(device) != nil } }

  func isSlow(_ device: String, _ latency: Modbus.Latency?, of limit: Int) -> (now: Bool, isNews: Bool) {
    state.withLock { state in
      let was = state.slow.contains(device)
      let now = latency?.nears(limit, wasNear: was) ?? false
      if now { state.slow.insert(device) } else { state.slow.remove(device) }
      return (now, now != was)
    }
  }

  /// Whether this is news, until the next start.
  func noteHeldBack(_ device: String) -> Bool { state.withLock { $0.heldBack.insert(device).inserted } }

  /// Every 64th answer: latencies move slowly.
  func isReportDue(of device: String) -> Bool {
    state.withLock { state in
      state.answers[device, default: 0] += 1
      return state.answers[device, default: 0] % 64 == 0
    }
  }
}

/// A sweep in the words of the device descriptions.
private struct SweptImage: RegisterSource {
  let image: RegisterImage

  func registers(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [UInt16]? {
    image.registers(Table(described: table), address, count: count).map(Array.init)
  }

  func bits(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [Bool]? {
    image.bits(Table(described: table), address, count: count).map(Array.init)
  }
}

extension Table {
  fileprivate init(described table: RegisterTable) {
    self =
      switch table {
      case .coil: .coil
      case .discreteInput: .discreteInput
      case .holding: .holding
      case .input: .input
      }
  }
}

extension Point {
  fileprivate init(described point: RegisterPoint) {
    self.init(Table(described: point.table), point.address, count: point.count)
  }
}

extension BusSettings {
  var modbusEndpoint: Endpoint {
    let timeout = Int(responseTimeout.milliseconds)
    switch endpoint {
    case .tcp(let host, let port): return .tcp(host: host, port: port, responseTimeoutMilliseconds: timeout)
    case .rtuOverTCP(let host, let port, let baud):
      return .rtuOverTCP(host: host, port: port, baud: baud, responseTimeoutMilliseconds: timeout)
    case .serial(let path, let baud, let parity, let stopBits):
      let word: Endpoint.Parity =
        switch parity {
        case .none: .none
        case .even: .even
        case .odd: .odd
        }
      return .serial(
        path: path, baud: baud, parity: word, stopBits: stopBits, responseTimeoutMilliseconds: timeout)
    }
  }
}

extension BusError {
  /// In the words that devices are shown by.
  fileprivate var rejection: Rejection {
    switch reason.kind {
    case .noReply, .cannotOpen, .lost: .noReply
    case .exception: .exceptionReply
    case .wrongDevice: .wrongIdentity
    case .badChecksum, .wrongUnit, .wrongReply, .strayBytes, .neverSilent: .malformed
    }
  }
}
