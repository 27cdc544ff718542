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
    let route: Route
    var schedule: Schedule
    var failuresInARow = 0
  }

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
    let health = plans.map { DeviceHealth(device: $0.name, unit: $0.unit) }
    mirror = BusMirror(BusHealth(bus: name, devices: health))
    // On TCP a unit is believed until it fails.
    if !endpoint.isSerial { trust = Trust(believing: plans.map(\.unit)) }
    let origin = BusClock.now()
    devices = plans.map { plan in
      Device(
        plan: plan,
        route: Route(
          for: plan, beside: plans.filter { $0 != plan && $0.unit == plan.unit },
          isNumbered: !endpoint.isSerial),
        schedule: Schedule(periodMilliseconds: plan.periodMilliseconds, origin: origin))
    }
  }

  deinit { thread.close() }

  /// Where the bus and its devices stand; never waits for the bus.
  public nonisolated func health() -> BusHealth { mirror.health }

  /// CLOCK_BOOTTIME milliseconds when the bus last showed life: at least every second while it runs, or
  /// every response timeout if that is longer (a host name may add the resolver's time).
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
    let due = max(devices[next].schedule.due, link.isOpen ? 0 : openAt)
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
      (devices[$0].schedule.due, devices[$0].failuresInARow)
        < (devices[$1].schedule.due, devices[$1].failuresInARow)
    }
  }
}
