internal import Glibc

/// What must be known of a line before a value from it is believed (reliability, trap 5).
extension Bus {
  /// Bytes that wait before anything was asked for are nobody's answer.
  func lookBeforeAsking() throws(Fault) {
    let waiting = link.waiting()
    guard waiting != .nothing else { return }
    if endpoint.isNumbered || waiting == .gone && endpoint.isSocket {
      // Many devices close a connection that idles; opening it anew costs a round trip, not a sweep.
      close()
      try open()
    } else {
      guard waiting == .bytes else { throw Fault(.lost(errno: EIO), nil) }
      link.flush()
      silentSince = BusClock.now()
      trust.doubtEveryone()
    }
    if waiting == .bytes { mirror.change { $0.strays += 1 } }
  }

  func prove(_ index: Int) throws(Fault) {
    let device = devices[index]
    if !endpoint.isNumbered { try awaitSilence() }
    let unit = device.plan.unit
    guard !thread.stopping, let probe = trust.probe(for: unit, blocks: device.route.blocksOfUnit) else {
      return
    }
    if case .exception = try ask(index, probe), !endpoint.isNumbered {
      // All exceptions look alike, so this one may be a late one: nothing may follow it.
      silentSince = BusClock.now()
      try awaitSilence()
    }
    trust.believe(unit)
  }

  /// Returns when the line has been silent for the settling time since the last error.
  /// - Returns: whether nothing came meanwhile.
  @discardableResult
  func awaitSilence() throws(Fault) -> Bool {
    var wasSilent = true
    let settle = Int64(settleMilliseconds) * 1_000_000
    let givenUpAt = BusClock.now() + 5 * settle
    while !thread.stopping {
      mirror.beat()
      let now = BusClock.now()
      let left = silentSince + settle - now
      if left <= 0 { return wasSilent }
      if now > givenUpAt { throw Fault(.neverSilent, nil) }
      // In slices, so that a stop is heard.
      switch link.waiting(milliseconds: Int32(min(50, left / 1_000_000 + 1))) {
      case .nothing: break
      case .gone: throw Fault(.lost(errno: EIO), nil)
      case .bytes:
        link.flush()
        wasSilent = false
        silentSince = BusClock.now()
        mirror.change { $0.strays += 1 }
      }
    }
    return wasSilent
  }
}
