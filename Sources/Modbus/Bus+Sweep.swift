internal import Glibc

extension Bus {
  /// Nil when the bus was stopped meanwhile, or when the device is to be asked at once in another way.
  func visit(_ index: Int) -> Sweep? {
    let started = BusClock.bootMilliseconds()
    let missed = devices[index].schedule.begin(at: BusClock.now())
    devices[index].spent = devices[index].spent.suffix(2) + [0]
    var mayReopen = true
    // One that has been silent before is likely to be off: what it is asked in vain, others wait.
    var retriesLeft = devices[index].silencesInARow == 0 ? devices[index].plan.manners.retries : 0
    while true {
      do throws(Fault) {
        guard let image = try read(index) else { return nil }
        devices[index].failuresInARow = 0
        devices[index].silencesInARow = 0
        devices[index].seenAt = BusClock.now()
        devices[index].schedule.advance()
        holdBack(index)
        return conclude(index, started: started, missed: missed, image: image)
      } catch {
        if thread.stopping { return nil }
        distrust(devices[index].plan.unit, error)
        if !error.reason.isAnAnswer { devices[index].identifiedUntil = 0 }
        if stopFillingGaps(index, after: error) { return nil }
        if mayReopen, link.mayBeHalfOpen {
          mayReopen = false
          close()
          continue
        }
        if retriesLeft > 0, error.reason.isWorthARetry {
          retriesLeft -= 1
          continue
        }
        devices[index].failuresInARow += 1
        devices[index].silencesInARow = error.reason.isAnAnswer ? 0 : devices[index].silencesInARow + 1
        reschedule(index, after: error)
        holdBack(index)
        let wait = devices[index].due - BusClock.now()
        return conclude(
          index, started: started, missed: missed,
          error: self.error(error, index, failures: devices[index].failuresInARow, nextTry: wait))
      }
    }
  }

  /// A device refused a read that took along what nobody wants: it has no such address, so from now on it is asked
  /// for nothing but what it has.
  private func stopFillingGaps(_ index: Int, after fault: Fault) -> Bool {
    guard case .exception(code: 2) = fault.reason, !devices[index].fillsNoGaps,
      let block = fault.block, !devices[index].plan.exactBlocks.contains(block),
      devices[index].plan.blocks.contains(block)
    else { return false }
    devices[index].fillsNoGaps = true
    devices[index].route = Bus.route(of: index, in: devices, endpoint)
    mirror.change { $0.devices[index].fillsNoGaps = true }
    return true
  }

  private func read(_ index: Int) throws(Fault) -> RegisterImage? {
    let device = devices[index]
    if !link.isOpen { try open() }
    if defense == .on {
      try lookBeforeAsking()
      if !trust.believes(device.plan.unit) { try prove(index) }
      try identify(index)
    }
    var image = RegisterImage()
    for block in device.route.blocks {
      if thread.stopping { return nil }
      let (reply, latency) = try exchange(index, block)
      devices[index].latencies.note(milliseconds: latency / 1_000_000)
      switch reply {
      case .values(let values): image.insert(values, for: block)
      case .exception(let code): throw Fault(.exception(code: code), block)
      }
    }
    if defense == .on, let seal = device.route.seal {
      // Only its coming in order counts; a refusal is as good, unless it was meant for another question: then the one
      // to this question is still to come.
      if case .exception = try ask(index, seal) {
        silentSince = BusClock.now()
        guard try awaitSilence() else { throw Fault(.strayBytes, seal) }
      }
    }
    return image
  }

  /// An exchange that yields no value.
  func ask(_ index: Int, _ probe: Block) throws(Fault) -> Reply {
    mirror.change { $0.probes += 1 }
    return try exchange(index, probe).reply
  }

  func exchange(_ index: Int, _ block: Block) throws(Fault) -> (reply: Reply, latency: Int64) {
    let plan = devices[index].plan
    awaitTurn(plan.manners)
    mirror.beat()
    // Nobody looks at what a bus that is being stopped has read.
    if thread.stopping { throw Fault(.lost(errno: ECANCELED), nil) }
    let asked = BusClock.now()
    defer { charge(index, since: asked) }
    let reply = try link.exchange(unit: plan.unit, block: block, manners: plan.manners, defense: defense)
    return (reply, BusClock.now() - asked)
  }

  /// Returns after the silence between two frames and the device's own pause, in slices, so that a stop is heard.
  private func awaitTurn(_ manners: PollPlan.Manners) {
    let turn = link.turn(after: manners)
    while !thread.stopping {
      let now = BusClock.now()
      if now >= turn { return }
      mirror.beat()
      BusClock.sleep(until: min(turn, now + 50_000_000))
    }
  }
}
