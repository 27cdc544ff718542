extension Bus {
  func open() throws(Fault) {
    try mirror.opening { () throws(Fault) in try link.open() }
    let now = BusClock.now()
    silentSince = now
    // A new TCP connection carries nothing old, and numbers its transactions; a serial line may carry the
    // reply to what a process before this one asked.
    if !endpoint.isNumbered { trust.doubtEveryone() }
    if failedOpensInARow > 0 {
      for index in devices.indices { devices[index].schedule.resume(at: now) }
    }
    failedOpensInARow = 0
    // Somebody may have put another device in its place.
    for index in devices.indices { devices[index].identifiedUntil = 0 }
    mirror.change {
      $0.isOpen = true
      $0.opens += 1
    }
  }

  /// Every device that is due has failed with the bus.
  func openFailed(_ fault: Fault) -> [Sweep] {
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

  func close() {
    link.close()
    mirror.change { $0.isOpen = false }
  }
}
