extension Bus {
  func distrust(_ unit: UInt8, _ fault: Fault) {
    // An exception is a right answer to this request, and so are the registers of another make: the bus is in step.
    switch fault.reason {
    case .exception, .wrongDevice: return
    default: break
    }
    guard defense == .on else {
      if case .lost = fault.reason { close() }
      return
    }
    trust.doubt(unit, after: fault.block)
    silentSince = BusClock.now()
    if !endpoint.isNumbered {
      trust.doubtEveryone()
      link.flush()
      if case .lost = fault.reason { close() }
    } else {
      close()
    }
  }

  func reschedule(_ index: Int, after fault: Fault) {
    switch fault.reason {
    case .wrongUnit where devices[index].silencesInARow <= 2:
      // Another device's doing; this one keeps its schedule, unless it goes on.
      devices[index].schedule.advance()
    case _ where fault.reason.isAnAnswer:
      devices[index].schedule.advance()
    default:
      devices[index].schedule.backOff(at: BusClock.now(), failuresInARow: devices[index].silencesInARow)
    }
  }

  func error(_ fault: Fault, _ index: Int, failures: Int, nextTry: Int64) -> BusError {
    BusError(
      bus: name, device: devices[index].plan.name, unit: devices[index].plan.unit, block: fault.block,
      reason: fault.reason, failuresInARow: failures, nextTryMilliseconds: Int(max(nextTry, 0) / 1_000_000))
  }

  func conclude(_ index: Int, started: Int64, missed: Int, image: RegisterImage) -> Sweep {
    conclude(index, started, missed, .success(image))
  }

  func conclude(_ index: Int, started: Int64, missed: Int, error: BusError) -> Sweep {
    conclude(index, started, missed, .failure(error))
  }

  private func conclude(
    _ index: Int, _ started: Int64, _ missed: Int, _ result: Result<RegisterImage, BusError>
  ) -> Sweep {
    let finished = BusClock.bootMilliseconds()
    let due = max(devices[index].due, link.isOpen ? 0 : openAt)
    let dueIn = (due - BusClock.now()) / 1_000_000
    mirror.change { health in
      health.devices[index].polls += 1
      health.devices[index].missedTicks += missed
      health.devices[index].nextPollAtMilliseconds = finished + dueIn
      health.devices[index].latency = devices[index].latencies.summary
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
      finishedAtMilliseconds: finished, result: result, missedTicks: missed,
      heldBackMilliseconds: Int(max(0, devices[index].heldUntil - devices[index].schedule.due) / 1_000_000))
  }
}
