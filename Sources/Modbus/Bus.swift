internal import Glibc

/// One Modbus connection, on a thread of its own: reads each device at its absolute deadlines, and delivers
/// no value that could have come from another register or device. Only reads; never writes to a device.
public actor Bus {
  public nonisolated let name: String
  public nonisolated let endpoint: Endpoint
  nonisolated let thread: BusThread
  nonisolated let mirror: BusMirror
  let defense: Guard
  let link: Link
  var trust = Trust()
  var devices: [Device] = []
  private var isRunning = false
  var failedOpensInARow = 0
  var openAt: Int64 = 0
  /// Since when a serial line has been silent, as far as is known.
  var silentSince: Int64 = 0

  struct Device {
    let plan: PollPlan
    /// What to ask, in which order, and how to prove that the answers came in order.
    var route: Route
    var schedule: Schedule
    var failuresInARow = 0
    /// Failures since it last answered anything, be it a refusal: what its back-off counts.
    var silencesInARow = 0
    /// Until when it is taken for what it is said to be, if it is seen all the time.
    var identifiedUntil: Int64 = 0
    /// When it last answered rightly.
    var seenAt: Int64 = 0
    /// How long it held the bus in its newest visits, the last one last: its questions and answers, and the silence after
    /// an error of its own.
    var spent: [Int64] = []
    /// What a visit costs the bus; nil before that is known. One of three may be a machine that was busy.
    var cost: Int64? { spent.count < 3 ? nil : spent.sorted()[1] }
    /// Until when the others go first.
    var heldUntil: Int64 = 0
    var due: Int64 { max(schedule.due, heldUntil) }
    var latencies = Latencies()
    /// It has refused a read that filled a gap: from then on nothing is read along.
    var fillsNoGaps = false
  }

  /// How long a serial line must be silent after an error: no device on it may be slower.
  let settleMilliseconds: Int

  public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  /// Starts the thread `bus-NAME`, and nothing else: no device and no endpoint need be there.
  /// - Throws: only if the system has no thread to give.
  public init(name: String, endpoint: Endpoint, plans: [PollPlan]) throws(ThreadError) {
    try self.init(name: name, endpoint: endpoint, plans: plans, defense: .on)
  }

  init(name: String, endpoint: Endpoint, plans: [PollPlan], defense: Guard) throws(ThreadError) {
    self.name = name
    self.endpoint = endpoint
    self.defense = defense
    thread = try BusThread(name: "bus-\(name)")
    link = Link(endpoint)
    let health = plans.map { plan in
      var health = DeviceHealth(device: plan.name, unit: plan.unit)
      health.responseTimeoutMilliseconds =
        (plan.manners.responseTimeoutMilliseconds ?? endpoint.responseTimeoutMilliseconds)
        + (plan.blocks.map(endpoint.wireMilliseconds).max() ?? 0)
      return health
    }
    mirror = BusMirror(BusHealth(bus: name, devices: health))
    // On TCP a unit is believed until it fails.
    if endpoint.isNumbered { trust = Trust(believing: plans.map(\.unit)) }
    let origin = BusClock.now()
    settleMilliseconds =
      ([endpoint.settleMilliseconds] + plans.compactMap(\.manners.responseTimeoutMilliseconds)).max()
      ?? endpoint.settleMilliseconds
    devices = plans.map { plan in
      Device(
        plan: plan, route: Route([], beside: [], unit: plan.unit, isNumbered: true),
        schedule: Schedule(periodMilliseconds: plan.periodMilliseconds, origin: origin))
    }
    for index in devices.indices { devices[index].route = Bus.route(of: index, in: devices, endpoint) }
  }

  /// What to ask a device, given what else its unit is asked.
  static func route(of index: Int, in devices: [Device], _ endpoint: Endpoint) -> Route {
    let device = devices[index]
    let others = devices.indices.filter { $0 != index && devices[$0].plan.unit == device.plan.unit }
    let beside = others.flatMap { (devices[$0].plan.blocks + devices[$0].plan.exactBlocks).uniqued }
    let wanted = device.fillsNoGaps ? device.plan.exactBlocks : device.plan.blocks
    // What was asked while gaps were filled may still be under way, in that shape.
    let earlier = device.plan.blocks.filter { !wanted.contains($0) }
    return Route(wanted, beside: beside + earlier, unit: device.plan.unit, isNumbered: endpoint.isNumbered)
  }

  deinit { thread.close() }

  /// Where the bus and its devices stand; never waits for the bus.
  public nonisolated func health() -> BusHealth { mirror.health }

  /// CLOCK_BOOTTIME milliseconds when the bus last showed life: at least every second while it runs, or
  /// every response timeout if that is longer. While it is being opened it counts as alive, for up to two minutes.
  public nonisolated var lastTickMilliseconds: Int64 { mirror.lastTickMilliseconds }

  /// Ends `run` within one response timeout. A stopped bus stays stopped.
  public nonisolated func stop() { thread.stop() }

  /// Polls until stopped, or until the calling task is canceled; a second call at the same time returns at
  /// once.
  /// - Parameter deliver: called on the bus's thread, once per sweep; whatever it waits for, the bus waits.
  public func run(deliver: @escaping @Sendable (Sweep) -> Void) async {
    guard !isRunning else { return }
    isRunning = true
    restart()
    await withTaskCancellationHandler {
      while !thread.stopping { await turn(deliver) }
    } onCancel: {
      thread.stop()
    }
    link.close()
    mirror.change { $0.isOpen = false }
    isRunning = false
  }

  /// Deadlines count from the moment the bus runs.
  private func restart() {
    let now = BusClock.now()
    for index in devices.indices {
      devices[index].schedule = Schedule(
        periodMilliseconds: devices[index].plan.periodMilliseconds, origin: now)
    }
  }

  private func turn(_ deliver: @Sendable (Sweep) -> Void) async {
    mirror.beat()
    let now = BusClock.now()
    guard let next = nextDevice() else { return await sleep(until: now + Bus.idle) }
    let due = max(devices[next].due, link.isOpen ? 0 : openAt)
    if due > now { return await sleep(until: min(due, now + Bus.idle)) }
    do throws(Fault) {
      if !link.isOpen { try open() }
      if let sweep = visit(next) { deliver(sweep) }
    } catch {
      for sweep in openFailed(error) { deliver(sweep) }
    }
  }

  /// The longest sleep, so that the watchdog sees life.
  private static let idle: Int64 = 1_000_000_000

  private func sleep(until deadline: Int64) async {
    await withCheckedContinuation { thread.sleep(until: deadline, $0) }
  }

  /// The device that is due first; of those due together, the one that answers.
  private func nextDevice() -> Int? {
    devices.indices.min {
      (devices[$0].due, devices[$0].silencesInARow) < (devices[$1].due, devices[$1].silencesInARow)
    }
  }
}

extension [Block] {
  /// Each once, in the order of their first appearance.
  fileprivate var uniqued: [Block] {
    var seen: Set<Block> = []
    return filter { seen.insert($0).inserted }
  }
}
