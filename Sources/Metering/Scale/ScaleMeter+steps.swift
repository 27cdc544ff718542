internal import Measures

// Steps from one stable level to the next: use, noise, or somebody's hand.
extension ScaleMeter {
  mutating func step(to new: Anchor, into facts: inout [Fact]) {
    guard let anchor, let segment else {
      self.anchor = new
      pace.skip(to: new.at)
      reopen(at: new)
      if account.run != nil { self.segment?.mark(.firstSeenInRun) }
      note(new)
      return
    }
    if awaitsFirst {
      startLate(segment, from: anchor, at: new, into: &facts)
    } else if let displaced, hasReturned(displaced, from: anchor, to: new) {
      // Hands are still on it, maybe.
      guard excursion(of: displaced) <= parameters.bump || isSure(at: new) else { return }
      takeBack(displaced, at: new)
    } else if isContinuous(since: anchor) || isUse(from: anchor, to: new) || wasShaken(before: new) {
      let old = begun.map { part(at: $0, from: anchor, to: new, into: &facts) } ?? anchor
      self.anchor = new
      noteDrift(from: anchor, to: new)
      if begun != nil {
        pace.skip(to: new.at)
      } else if isAtZero(new), segment.isEmptied || isAtZero(old) {
        self.segment?.empty += pace.skip(to: new.at)
      } else {
        pace.use(old.mass - new.mass, at: new.at, plenty: parameters.plenty)
      }
    } else if (new.mass - anchor.mass).magnitude > parameters.bump || isSure(at: new) {
      jump(from: anchor, to: new, into: &facts)
    } else {
      return
    }
    flow = window?.flow(beyond: parameters.division).map { min($0, parameters.maxUseRate) }
    isWatched = true
    if isSure(at: new) { rest = new }
    if let noted, (noted.mass - new.mass).magnitude > parameters.noise { note(new) }
  }

  /// A machine that stands uses nothing, and no scale drifts by more than its noise from one level to the next. Where
  /// nobody watches the machine, only what is too little for a row is taken for drift.
  private mutating func noteDrift(from old: Anchor, to level: Anchor) {
    let isAtRest =
      pace.isTold ? isIdle : account.run == nil && segment.map { !isWorthARow($0, at: level) } ?? false
    if isAtRest, (old.mass - level.mass).magnitude <= parameters.noise {
      drift.rest(at: level)
    } else {
      drift.interrupt()
    }
  }

  /// The level has not left its line since the anchor, so that no hand was there.
  func isContinuous(since anchor: Anchor) -> Bool {
    guard isWatched, let window else { return false }
    return window.since < anchor.at
  }

  /// The anchor is one of a few readings that agreed by chance while the scale shook, and from the last rest to here is
  /// plain use: were the way back up a refill, the way down would have been billed, and shaking would ratchet.
  private func wasShaken(before new: Anchor) -> Bool {
    guard let rest, let anchor, let segment, rest.at >= segment.first.at, rest.at < anchor.at else {
      return false
    }
    return (new.mass - anchor.mass).magnitude <= parameters.bump && isUse(from: rest, to: new)
  }

  private func isSure(at new: Anchor) -> Bool { window?.isSure(at: latest?.at ?? new.at) ?? true }

  /// Whether a stable step is noise or plausible use, not somebody's hand.
  private func isUse(from old: Anchor, to new: Anchor) -> Bool {
    let drop = old.mass - new.mass
    if drop < -parameters.noise || fellToZero(from: old.mass, to: new.mass) { return false }
    // Across a boot with an untrusted clock nobody knows how long it was: an hour is assumed, and the gap
    // marks it.
    let elapsed = new.at.since(old.at) ?? .hours(1)
    // A source that reports only changes waits for a change worth reporting, then tells it all at once.
    let quantum = parameters.maxAge == nil ? parameters.bump : .zero
    return drop <= fastest(since: old, over: elapsed).mass(over: elapsed) + parameters.noise + quantum
  }

  /// The fastest that the load can have fallen since that level.
  ///
  /// While it is watched in mid-use, a moment of unrest is explained by how fast it fell before and does after; what
  /// falls faster fell by somebody's hand. Where the machine started or stopped meanwhile, or a run just ended, neither
  /// tells.
  private func fastest(since old: Anchor, over elapsed: Span) -> MassRate {
    guard isWatched, let window, elapsed <= parameters.handlingLimit, !pace.hasChanged(since: old.at),
      settling == nil
    else {
      return parameters.maxUseRate
    }
    let seen = max(flow ?? .zero, window.flow(beyond: parameters.division) ?? .zero, pace.rate)
    return seen > .zero ? min(parameters.maxUseRate, seen + seen) : parameters.maxUseRate
  }

  /// From a real load to about zero at once: lifted off, or a scale that zeroed itself; of one that did so before,
  /// from below zero as well.
  private func fellToZero(from old: Mass, to new: Mass) -> Bool {
    new.magnitude <= parameters.noise && old.magnitude > parameters.bump
  }

  // MARK: Loads that jump

  private mutating func jump(from old: Anchor, to new: Anchor, into facts: inout [Fact]) {
    if let displaced, let last = segment?.first,
      new.at.since(last.at).map({ $0 < parameters.handlingLimit }) ?? false
    {
      pace.skip(to: new.at)
      self.displaced?.unseen = pace.anchored - displaced.worked
    } else {
      displace(at: old, by: new, into: &facts)
    }
    drift.interrupt()
    let isEmptied = fellToZero(from: displaced?.anchor.mass ?? old.mass, to: new.mass)
    anchor = new
    reopen(at: new)
    if isEmptied { segment?.isEmptied = true }
  }

  /// The segment ends at its last level, for now: its load may come back.
  private mutating func displace(at old: Anchor, by new: Anchor, into facts: inout [Fact]) {
    if let displaced { confirm(displaced, into: &facts) }
    begin(into: &facts)
    guard let segment else { return }
    let worked = pace.anchored
    var unseen = pace.skip(to: new.at)
    // Nothing is seen of what is used while nothing stands there.
    if segment.isEmptied, isAtZero(old) { unseen += segment.empty }
    displaced = Displaced(
      segment: segment, anchor: old, since: new.at, flow: flow ?? .zero, rate: pace.rate, worked: worked,
      unseen: unseen)
  }

  /// Whether the load is back where it was, less what may have been used meanwhile.
  private func hasReturned(_ displaced: Displaced, from old: Anchor, to new: Anchor) -> Bool {
    guard isUse(from: displaced.anchor, to: new) else { return false }
    let fromOld = (new.mass - old.mass).magnitude
    let away = new.at.since(displaced.anchor.at) ?? .zero
    let isLong = new.at.since(displaced.since).map { $0 > parameters.returnLimit } ?? true
    var later = pace
    later.skip(to: new.at)
    let used =
      isLong
      ? displaced.rate.mass(over: later.anchored - displaced.worked) : displaced.flow.mass(over: away)
    let fromBefore = (new.mass - displaced.anchor.mass).magnitude
    let fromExpected = (new.mass - displaced.anchor.mass + used).magnitude
    // A knock may fade.
    if !isLong, excursion(of: displaced) <= parameters.bump {
      return min(fromBefore, fromExpected) <= parameters.noise
    }
    // A load comes back at once, or else it is a refill being used up.
    if fromOld + fromOld <= excursion(of: displaced) || isContinuous(since: old) { return false }
    return isLong ? fromExpected <= used + parameters.noise : fromBefore < fromOld
  }

  private func excursion(of displaced: Displaced) -> Mass {
    ((segment?.first.mass ?? displaced.anchor.mass) - displaced.anchor.mass).magnitude
  }

  /// Before minus after: the segment goes on as if nothing had happened.
  private mutating func takeBack(_ displaced: Displaced, at new: Anchor) {
    var restored = displaced.segment
    if excursion(of: displaced) > parameters.bump, account.run != nil {
      let isLong = new.at.since(displaced.since).map { $0 > parameters.returnLimit } ?? true
      restored.mark(isLong ? .baselineReturned : .liftedAndReturned)
    }
    for gap in segment?.gaps.list ?? [] { restored.add(gap) }
    for mark in segment?.marks ?? [] { restored.mark(mark) }
    segment = restored
    self.displaced = nil
    anchor = new
    pace.skip(to: new.at)
    note(new)
  }

  /// The load did not come back: the old segment ends where it was, and the step is nobody's use.
  mutating func confirm(_ displaced: Displaced, into facts: inout [Fact]) {
    self.displaced = nil
    var removed = Mass.zero
    let bridge = account.run == nil ? .zero : self.bridge(displaced)
    if account.run != nil, let first = segment?.first, segment?.isEmptied == false {
      segment?.mark(.loadChanged)
      // What was used meanwhile left the scale as well.
      removed = displaced.anchor.mass - first.mass - bridge
    }
    close(
      displaced.segment, at: displaced.anchor, isReloaded: true, removed: removed, bridge: bridge,
      into: &facts)
    if let first = segment?.first {
      facts.append(.loaded(channel, by: first.mass - displaced.anchor.mass + bridge, at: first.at))
    }
    generation += 1
  }

  /// What was used while the load was changed: at the run's rate before that, or after it if the run was too young.
  func bridge(_ displaced: Displaced) -> Mass {
    displaced.rate > .zero ? displaced.rate.mass(over: displaced.unseen) : pace.bridge(over: displaced.unseen)
  }

  /// The run began while nothing was known: what is missing since then is nobody's, and the run's from here.
  private mutating func startLate(
    _ open: OpenSegment, from old: Anchor, at new: Anchor, into facts: inout [Fact]
  ) {
    awaitsFirst = false
    drift.interrupt()
    if isUse(from: old, to: new) {
      close(open, at: new, isReloaded: false, into: &facts)
    } else {
      close(open, at: old, isReloaded: false, into: &facts)
      facts.append(.loaded(channel, by: new.mass - old.mass, at: new.at))
    }
    anchor = new
    pace.skip(to: new.at)
    reopen(at: new)
    segment?.mark(.firstSeenInRun)
    note(new)
  }

  /// The run began between two stable levels: what was used until then is nobody's, by how long the machine worked
  /// before and after.
  ///
  /// - Returns: where the run's own use goes on from.
  private mutating func part(
    at begin: Begun, from old: Anchor, to new: Anchor, into facts: inout [Fact]
  ) -> Anchor {
    guard new.at >= begin.at else { return old }
    begun = nil
    let before = max(.zero, begin.worked.flatMap { $0.since(old.at) } ?? .zero)
    let after = pace.working(from: begin.at, to: new.at)
    var border = Anchor(mass: old.mass, at: max(old.at, begin.at))
    if before > .zero {
      let share = Int128((old.mass - new.mass).base) * Int128(before.base) / Int128((before + after).base)
      border.mass = old.mass - Mass(base: Int64(clamping: share))
    }
    guard let earlier = segment else { return border }
    close(earlier, at: border, isReloaded: false, into: &facts)
    reopen(at: border)
    segment?.marks = earlier.marks
    segment?.gaps = earlier.gaps
    return border
  }

  // MARK: Segments

  mutating func reopen(at anchor: Anchor) {
    segment = OpenSegment(account: account, first: anchor)
    rest = anchor
    generation += 1
  }

  /// - Parameter isReloaded: a new load stands on the scale, so that a fall to zero was only its exchange.
  /// - Parameter removed: what a hand took at its end; a fall to zero is a lift, and has marks of its own.
  /// - Parameter bridge: what was used at its end, unseen.
  func close(
    _ open: OpenSegment, at anchor: Anchor, isReloaded: Bool, removed: Mass = .zero, bridge: Mass = .zero,
    into facts: inout [Fact]
  ) {
    var open = open
    if removed > .zero { open.mark(.removedByHand) }
    let amount = open.first.mass - anchor.mass
    if open.account.run == nil {
      guard isWorthARow(open, at: anchor) else { return }
    } else if isBlind(open, at: anchor) {
      open.mark(.baselineLost)
    } else if open.isEmptied {
      // Below zero it goes on measuring: a scale that zeroed itself under load, split at that very sample.
      let isLong = pace.isTold && open.empty > parameters.returnLimit
      if isAtZero(anchor), !isReloaded || isLong {
        open.mark(.baselineLost)
      } else if !open.isLost || isReloaded {
        open.mark(.loadChanged)
      }
    }
    var drift = Mass.zero
    if open.account.run != nil, let span = anchor.at.since(open.first.at) {
      drift = self.drift.over(span, beyond: parameters.division)
    }
    facts.append(
      .segment(
        Segment(
          channel: channel, account: open.account, from: open.first.at, to: anchor.at,
          first: open.first.mass.base, last: anchor.mass.base, amount: (amount + bridge).base,
          estimated: bridge.base, gaps: open.gaps.list, marks: open.marks,
          removed: removed > .zero ? removed.base : nil,
          drift: drift > .zero ? drift.base : nil)))
  }

  /// Nobody's noise is not; a run's is, so that its sum stays signed. Nor is a growing segment closed for it.
  func isWorthARow(_ open: OpenSegment, at anchor: Anchor) -> Bool {
    (open.first.mass - anchor.mass).magnitude > parameters.noise
  }

  /// It came down to zero by use and stands there, while its machine works on as if it used more: empty, or a scale
  /// that lost its zero and shows nothing below it.
  func isBlind(_ open: OpenSegment, at anchor: Anchor?) -> Bool {
    !open.isEmptied && anchor.map(isAtZero) ?? false && pace.bridge(over: open.empty) > parameters.noise
  }

  func isAtZero(_ anchor: Anchor) -> Bool { anchor.mass.magnitude <= parameters.noise }

  private mutating func note(_ anchor: Anchor) {
    noted = anchor
    generation += 1
  }
}
