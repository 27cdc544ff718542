internal import Glibc

/// One Modbus connection, on a thread of its own: reads each device at its absolute deadlines, and delivers
/// no value that could have come from another register or device. Only reads; never writes to a device.
public actor Bus {
  public nonisolated let name: String
  public nonisolated let endpoint: Endpoint
  private nonisolated let thread: BusThread
  private nonisolated let mirror: BusMirror
  private let defense: Guard
  private let link: Link
  private var trust = Trust()
  private var devices: [Device] = []
  private var isRunning = false
  private var failedOpensInARow = 0
  private var openAt: Int64 = 0
  /// Since when a serial line has been silent, as far as is known.
  private var silentSince: Int64 = 0

  struct Device {
    let plan: PollPlan
    /// All blocks of all plans of the unit: a probe must be unlike any of them.
    let blocksOfUnit: [Block]
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
        blocksOfUnit: plan.blocks + plans.filter { $0.unit == plan.unit && $0 != plan }.flatMap(\.blocks),
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

// MARK: - Opening

extension Bus {
  private func open() throws(Fault) {
    try link.open()
    let now = BusClock.now()
    silentSince = now
    // A new TCP connection carries nothing old, and numbers its transactions; a serial line may carry the
    // reply to what a process before this one asked.
    if endpoint.isSerial { trust.doubtEveryone() }
    if failedOpensInARow > 0 {
      for index in devices.indices { devices[index].schedule.resume(at: now) }
    }
    failedOpensInARow = 0
    mirror.change {
      $0.isOpen = true
      $0.opens += 1
    }
  }

  /// Every device that is due has failed with the bus.
  private func openFailed(_ fault: Fault) -> [Sweep] {
    failedOpensInARow += 1
    let now = BusClock.now()
    let delay = reopenDelay(failuresInARow: failedOpensInARow)
    openAt = now + delay
    mirror.change {
      $0.isOpen = false
      $0.failedOpens += 1
    }
    return devices.indices.filter { devices[$0].schedule.due <= now }.map { index in
      let started = BusClock.bootMilliseconds()
      let missed = devices[index].schedule.begin(at: now)
      devices[index].schedule.advance()
      return conclude(
        index, started: started, missed: missed,
        error: error(fault, index, failures: failedOpensInARow, nextTry: delay))
    }
  }

  private func close() {
    link.close()
    mirror.change { $0.isOpen = false }
  }
}

// MARK: - One sweep

extension Bus {
  /// Nil when the bus was stopped meanwhile.
  private func visit(_ index: Int) -> Sweep? {
    let started = BusClock.bootMilliseconds()
    let missed = devices[index].schedule.begin(at: BusClock.now())
    do throws(Fault) {
      guard let image = try read(devices[index]) else { return nil }
      devices[index].failuresInARow = 0
      devices[index].schedule.advance()
      return conclude(index, started: started, missed: missed, image: image)
    } catch {
      devices[index].failuresInARow += 1
      distrust(devices[index].plan.unit, error)
      reschedule(index, after: error)
      let wait = devices[index].schedule.due - BusClock.now()
      return conclude(
        index, started: started, missed: missed,
        error: self.error(error, index, failures: devices[index].failuresInARow, nextTry: wait))
    }
  }

  private func read(_ device: Device) throws(Fault) -> RegisterImage? {
    if defense == .on {
      try lookBeforeAsking()
      if !trust.believes(device.plan.unit) { try prove(device) }
    }
    var image = RegisterImage()
    for block in device.plan.blocks {
      if thread.stopping { return nil }
      mirror.beat()
      switch try link.exchange(unit: device.plan.unit, block: block, defense: defense) {
      case .values(let values): image.insert(values, for: block)
      case .exception(let code): throw Fault(.exception(code: code), block)
      }
    }
    return image
  }

  /// Bytes that wait before anything was asked for are nobody's answer.
  private func lookBeforeAsking() throws(Fault) {
    let waiting = link.waiting()
    guard waiting != .nothing else { return }
    if endpoint.isSerial {
      guard waiting == .bytes else { throw Fault(.lost(errno: EIO), nil) }
      link.flush()
      silentSince = BusClock.now()
      trust.doubtEveryone()
    } else {
      // Many devices close a connection that idles; opening it anew costs a round trip, not a sweep.
      close()
      try open()
    }
    if waiting == .bytes { mirror.change { $0.strays += 1 } }
  }

  private func prove(_ device: Device) throws(Fault) {
    if endpoint.isSerial { try awaitSilence() }
    let unit = device.plan.unit
    guard !thread.stopping, let probe = trust.probe(for: unit, blocks: device.blocksOfUnit) else { return }
    mirror.beat()
    mirror.change { $0.probes += 1 }
    let reply = try link.exchange(unit: unit, block: probe, defense: defense)
    if case .exception = reply, endpoint.isSerial {
      // All exceptions look alike, so this one may be a late one: nothing may follow it.
      silentSince = BusClock.now()
      try awaitSilence()
    }
    trust.believe(unit)
  }

  /// Returns when the line has been silent for the settling time since the last error.
  private func awaitSilence() throws(Fault) {
    let settle = Int64(endpoint.settleMilliseconds) * 1_000_000
    let givenUpAt = BusClock.now() + 5 * settle
    while !thread.stopping {
      mirror.beat()
      let now = BusClock.now()
      let left = silentSince + settle - now
      if left <= 0 { return }
      if now > givenUpAt { throw Fault(.neverSilent, nil) }
      // In slices, so that a stop is heard.
      switch link.waiting(milliseconds: Int32(min(50, left / 1_000_000 + 1))) {
      case .nothing: break
      case .gone: throw Fault(.lost(errno: EIO), nil)
      case .bytes:
        link.flush()
        silentSince = BusClock.now()
        mirror.change { $0.strays += 1 }
      }
    }
  }
}

// MARK: - After a sweep

extension Bus {
  private func distrust(_ unit: UInt8, _ fault: Fault) {
    // An exception is a right answer to this request: the bus is in step.
    if case .exception = fault.reason { return }
    guard defense == .on else {
      if case .lost = fault.reason { close() }
      return
    }
    trust.doubt(unit, after: fault.block)
    silentSince = BusClock.now()
    if endpoint.isSerial {
      trust.doubtEveryone()
      link.flush()
      if case .lost = fault.reason { close() }
    } else {
      close()
    }
  }

  private func reschedule(_ index: Int, after fault: Fault) {
    switch fault.reason {
    case .wrongUnit:
      // Another device's doing; this one keeps its schedule.
      devices[index].schedule.advance()
    default:
      devices[index].schedule.backOff(
        at: BusClock.now(), failuresInARow: devices[index].failuresInARow)
    }
  }

  private func error(_ fault: Fault, _ index: Int, failures: Int, nextTry: Int64) -> BusError {
    BusError(
      bus: name, device: devices[index].plan.name, unit: devices[index].plan.unit, block: fault.block,
      reason: fault.reason, failuresInARow: failures, nextTryMilliseconds: Int(max(nextTry, 0) / 1_000_000))
  }

  private func conclude(_ index: Int, started: Int64, missed: Int, image: RegisterImage) -> Sweep {
    conclude(index, started, missed, .success(image))
  }

  private func conclude(_ index: Int, started: Int64, missed: Int, error: BusError) -> Sweep {
    conclude(index, started, missed, .failure(error))
  }

  private func conclude(
    _ index: Int, _ started: Int64, _ missed: Int, _ result: Result<RegisterImage, BusError>
  ) -> Sweep {
    let finished = BusClock.bootMilliseconds()
    let dueIn = (devices[index].schedule.due - BusClock.now()) / 1_000_000
    mirror.change { health in
      health.devices[index].polls += 1
      health.devices[index].missedTicks += missed
      health.devices[index].nextPollAtMilliseconds = finished + dueIn
      switch result {
      case .success:
        health.devices[index].successes += 1
        health.devices[index].failuresInARow = 0
        health.devices[index].lastSuccessAtMilliseconds = finished
        health.devices[index].lastError = nil
      case .failure(let error):
        health.devices[index].failures[error.reason.kind, default: 0] += 1
        health.devices[index].failuresInARow = error.failuresInARow
        health.devices[index].lastError = error
      }
    }
    return Sweep(
      device: devices[index].plan.name, unit: devices[index].plan.unit, startedAtMilliseconds: started,
      finishedAtMilliseconds: finished, result: result, missedTicks: missed)
  }
}
