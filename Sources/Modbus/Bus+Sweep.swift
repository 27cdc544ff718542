internal import Glibc

extension Bus {
  /// Nil when the bus was stopped meanwhile.
  func visit(_ index: Int) -> Sweep? {
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
    for block in device.route.blocks {
      if thread.stopping { return nil }
      mirror.beat()
      switch try link.exchange(unit: device.plan.unit, block: block, defense: defense) {
      case .values(let values): image.insert(values, for: block)
      case .exception(let code): throw Fault(.exception(code: code), block)
      }
    }
    if defense == .on, let seal = device.route.seal {
      // Only its coming in order counts; a refusal is as good.
      _ = try ask(device.plan.unit, seal)
    }
    return image
  }

  /// An exchange that yields no value.
  private func ask(_ unit: UInt8, _ probe: Block) throws(Fault) -> Reply {
    mirror.beat()
    mirror.change { $0.probes += 1 }
    return try link.exchange(unit: unit, block: probe, defense: defense)
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
    guard !thread.stopping, let probe = trust.probe(for: unit, blocks: device.route.blocksOfUnit) else {
      return
    }
    if case .exception = try ask(unit, probe), endpoint.isSerial {
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
