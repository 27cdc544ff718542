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
      takeBack(displaced, at: new)
    } else if isUse(from: anchor, to: new) || isOnlyDip(from: anchor, to: new) {
      var old = anchor
      if let flowedAt { old = part(segment, at: flowedAt, from: anchor, to: new, into: &facts) }
      self.anchor = new
      if segment.isEmptied, isAtZero(new) {
        self.segment?.empty += pace.skip(to: new.at)
      } else {
        pace.use(old.mass - new.mass, at: new.at)
      }
      crest?.add(new)
    } else {
      jump(from: anchor, to: new, into: &facts)
    }
    flowedAt = nil
    if let noted, (noted.mass - new.mass).magnitude > parameters.noise { note(new) }
  }

  /// Whether a stable step is noise or plausible use, not somebody's hand.
  private func isUse(from old: Anchor, to new: Anchor) -> Bool {
    let drop = old.mass - new.mass
    if drop < -parameters.noise || fellToZero(from: old.mass, to: new.mass) { return false }
    // Across a boot with an untrusted clock nobody knows how long it was: an hour is assumed, and the gap
    // marks it.
    let elapsed = new.at.since(old.at) ?? .hours(1)
    // A source that reports only changes waits for a change worth reporting, then tells it all at once.
    let quantum = parameters.maxAge == nil ? parameters.bump : .zero
    return drop <= parameters.maxUseRate.mass(over: elapsed) + parameters.noise + quantum
  }

  /// A small rise back to where the scale stood a moment ago: were it a refill, the dip before it would have
  /// been billed as use, and shaking would ratchet.
  private func isOnlyDip(from old: Anchor, to new: Anchor) -> Bool {
    guard let crest, new.mass > old.mass, new.mass - old.mass <= parameters.bump else { return false }
    return new.mass <= crest.mass + parameters.noise
  }

  /// From a real load to about zero at once: lifted off, or a scale that zeroed itself; of one that did so before,
  /// from below zero as well.
  private func fellToZero(from old: Mass, to new: Mass) -> Bool {
    new.magnitude <= parameters.noise && old.magnitude > parameters.bump
  }

  // MARK: Loads that jump

  private mutating func jump(from old: Anchor, to new: Anchor, into facts: inout [Fact]) {
    if let displaced { confirm(displaced, into: &facts) }
    guard let segment else { return }
    var unseen = pace.skip(to: new.at)
    // Nothing is seen of what is used while nothing stands there.
    if segment.isEmptied, isAtZero(old) { unseen += segment.empty }
    displaced = Displaced(segment: segment, anchor: old, since: new.at, unseen: unseen)
    anchor = new
    reopen(at: new)
    if fellToZero(from: old.mass, to: new.mass) { self.segment?.isEmptied = true }
  }

  /// Whether the load is back where it was, less what may have been used meanwhile.
  private func hasReturned(_ displaced: Displaced, from old: Anchor, to new: Anchor) -> Bool {
    guard isUse(from: displaced.anchor, to: new) else { return false }
    let fromOld = (new.mass - old.mass).magnitude
    let fromBefore = (new.mass - displaced.anchor.mass).magnitude
    // A knock may fade; a load comes back at once, or else it is a refill being used up.
    return excursion(of: displaced) <= parameters.bump
      ? fromBefore <= parameters.noise : fromOld > parameters.noise && fromBefore < fromOld
  }

  private func excursion(of displaced: Displaced) -> Mass {
    ((segment?.first.mass ?? displaced.anchor.mass) - displaced.anchor.mass).magnitude
  }

  /// Before minus after: the segment goes on as if nothing had happened.
  private mutating func takeBack(_ displaced: Displaced, at new: Anchor) {
    var restored = displaced.segment
    if excursion(of: displaced) > parameters.bump, account.run != nil { restored.mark(.liftedAndReturned) }
    for gap in segment?.gaps.list ?? [] { restored.add(gap) }
    for mark in segment?.marks ?? [] { restored.mark(mark) }
    segment = restored
    self.displaced = nil
    anchor = new
    pace.skip(to: new.at)
    crest = Crest(new)
    note(new)
  }

  /// The load did not come back: the old segment ends where it was, and the step is nobody's use.
  mutating func confirm(_ displaced: Displaced, into facts: inout [Fact]) {
    self.displaced = nil
    var removed = Mass.zero
    if account.run != nil, let first = segment?.first, segment?.isEmptied == false {
      segment?.mark(.loadChanged)
      removed = displaced.anchor.mass - first.mass
    }
    let bridge = account.run == nil ? .zero : pace.bridge(over: displaced.unseen)
    close(
      displaced.segment, at: displaced.anchor, isReloaded: true, removed: removed, bridge: bridge,
      into: &facts)
    if let first = segment?.first {
      facts.append(.loaded(channel, by: first.mass - displaced.anchor.mass, at: first.at))
    }
    generation += 1
  }

  /// The run began while nothing was known: what is missing since then is nobody's, and the run's from here.
  private mutating func startLate(
    _ open: OpenSegment, from old: Anchor, at new: Anchor, into facts: inout [Fact]
  ) {
    awaitsFirst = false
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

  /// The run began between two stable levels, with material on its way at about one rate: what flowed before is
  /// nobody's.
  ///
  /// - Returns: where it began.
  private mutating func part(
    _ open: OpenSegment, at begin: Moment, from old: Anchor, to new: Anchor, into facts: inout [Fact]
  ) -> Anchor {
    guard let before = begin.since(old.at), let all = new.at.since(old.at), all > .zero,
      old.mass > new.mass
    else { return old }
    let share = Int128((old.mass - new.mass).base) * Int128(before.base) / Int128(all.base)
    let border = Anchor(mass: old.mass - Mass(base: Int64(clamping: share)), at: begin)
    var earlier = open
    earlier.account.run = nil
    close(earlier, at: border, isReloaded: false, into: &facts)
    reopen(at: border)
    segment?.marks = open.marks
    segment?.gaps = open.gaps
    return border
  }

  // MARK: Segments

  mutating func reopen(at anchor: Anchor) {
    segment = OpenSegment(account: account, first: anchor)
    crest = Crest(anchor)
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
      // Nobody's noise is not worth a row; a run's is, so that its sum stays signed.
      if amount.magnitude <= parameters.noise { return }
    } else if open.isEmptied {
      // Below zero it goes on measuring: a scale that zeroed itself under load, split at that very sample.
      if isAtZero(anchor), !isReloaded {
        open.mark(.baselineLost)
      } else if !open.isLost || isReloaded {
        open.mark(.loadChanged)
      }
    }
    facts.append(
      .segment(
        Segment(
          channel: channel, account: open.account, from: open.first.at, to: anchor.at,
          first: open.first.mass.base, last: anchor.mass.base, amount: (amount + bridge).base,
          estimated: bridge.base, gaps: open.gaps.list, marks: open.marks,
          removed: removed > .zero ? removed.base : nil)))
  }

  func isAtZero(_ anchor: Anchor) -> Bool { anchor.mass.magnitude <= parameters.noise }

  private mutating func note(_ anchor: Anchor) {
    noted = anchor
    generation += 1
  }
}
