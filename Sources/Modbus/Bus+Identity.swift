extension Bus {
  /// Believes no register of a device that is not what it was said to be. It is asked again after every failure and
  /// every absence: that is when somebody puts another in its place.
  func identify(_ index: Int) throws(Fault) {
    let plan = devices[index].plan
    let now = BusClock.now()
    guard let identity = plan.identity, !thread.stopping else { return }
    let wasSeen = now - devices[index].seenAt < Bus.exchangeTime
    guard devices[index].identifiedUntil <= now || !wasSeen else { return }
    switch try ask(index, identity.block) {
    case .exception(let code): throw Fault(.exception(code: code), identity.block)
    case .values(.bits): throw Fault(.wrongReply("bits"), identity.block)
    case .values(.registers(let found)):
      guard identity.expected.contains(found) else {
        throw Fault(.wrongDevice(found: found, expected: identity.expected), identity.block)
      }
    }
    if !endpoint.isNumbered {
      // Were its answer to come twice, the copy would pass for the next of its shape.
      trust.doubt(plan.unit, after: identity.block)
      let blocks = devices[index].route.blocksOfUnit + [identity.block]
      if let probe = trust.probe(for: plan.unit, blocks: blocks) { _ = try ask(index, probe) }
      trust.believe(plan.unit)
    }
    devices[index].identifiedUntil = now + Bus.identityLifetime
  }

  private static let identityLifetime: Int64 = 300 * 1_000_000_000
  /// Nobody exchanges a device on a line in less.
  private static let exchangeTime: Int64 = 5 * 1_000_000_000
}
