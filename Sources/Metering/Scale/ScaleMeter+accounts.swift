public import Measures

// To whom use is charged, and how a run's end finds its last anchor.
extension ScaleMeter {
  /// From here on use is charged to another account; both share the last anchor.
  public mutating func charge(_ newAccount: Account, at moment: Moment, into facts: inout [Fact]) {
    watch(moment)
    if let settling {
      finish(settling, at: moment, isAtRest: isFresh && isNear(settling.endedAt, anchor), into: &facts)
    }
    if let displaced { confirm(displaced, into: &facts) }
    begin(into: &facts)
    let isSameRun = newAccount.run == account.run
    if newAccount.run == nil, isSameRun, let segment, let anchor, !isWorthARow(segment, at: anchor) {
      // What is too little for a row grows on, lest a few changes of the name lose it.
      account = newAccount
      self.segment?.account = newAccount
      generation += 1
      return
    }
    // On an empty scale a change of material announces the load that comes next.
    let isEmptied = isSameRun && segment?.isEmptied ?? false
    let isLost = segment.map { $0.isLost || isBlind($0, at: anchor) } ?? false
    let isFirst = !isSameRun && account.run == nil && newAccount.run != nil
    let isBetween = isFirst && isKnown(before: moment) && isInMidUse(at: moment)
    if !isBetween, let segment, let anchor { close(segment, at: anchor, isReloaded: isSameRun, into: &facts) }
    account = newAccount
    if isFirst { window?.restartMean(at: moment) }
    if !isSameRun {
      awaitsFirst = newAccount.run != nil && anchor != nil && !isFresh
      isHeard = false
      pace.restart(at: moment)
    }
    generation += 1
    if isBetween {
      begun = Begun(at: moment, worked: pace.lastWorked(by: moment))
      return
    }
    if let anchor { reopen(at: anchor) }
    segment?.isEmptied = isEmptied || isLost
    segment?.isLost = isLost
    // What is missing when the scale comes back was nobody's before the run, or cannot be told from it.
    if awaitsFirst { segment?.account.run = nil }
  }

  /// The run begins at the last anchor after all.
  mutating func begin(into facts: inout [Fact]) {
    guard begun != nil else { return }
    begun = nil
    guard let segment, let anchor else { return }
    close(segment, at: anchor, isReloaded: false, into: &facts)
    reopen(at: anchor)
  }

  /// The run ended: its use goes to the first stable reading after the settling time.
  ///
  /// Settling the same run twice is once.
  public mutating func settle(_ run: RunID, at moment: Moment, into facts: inout [Fact]) {
    if settling?.run == run { return }
    guard account.run == run else {
      facts.append(.settled(channel, run: run, at: moment))
      return
    }
    settling = Settling(run: run, endedAt: moment, shown: isFresh && !isInterrupted ? latest?.mass : nil)
    advance(to: moment)
    window?.restartMean(at: moment)
    generation += 1
  }

  mutating func settleIfDue(at moment: Moment, into facts: inout [Fact]) {
    guard let settling, let waited = moment.since(settling.endedAt), waited >= parameters.settleFor,
      parameters.maxAge == nil || window?.isMean(at: moment) ?? true
    else { return }
    if let displaced, segment?.isEmptied ?? false {
      // Lifted: it may yet come back, unless a level from after the end has told already.
      guard displaced.anchor.at >= settling.endedAt else { return }
    }
    finish(settling, at: moment, isAtRest: true, into: &facts)
  }

  /// - Parameter isAtRest: the last anchor stands for the end of the run.
  mutating func finish(_ settling: Settling, at moment: Moment, isAtRest: Bool, into facts: inout [Fact]) {
    self.settling = nil
    begin(into: &facts)
    if let displaced, displaced.since > settling.endedAt, !hadFallen(settling, from: displaced.anchor) {
      finish(settling, before: displaced, into: &facts)
    } else {
      if let displaced { confirm(displaced, into: &facts) }
      if let segment, let anchor, !awaitsFirst, wasHeard {
        self.segment = marked(segment, endingAt: settling.endedAt, isAtRest: isAtRest)
        close(self.segment ?? segment, at: anchor, isReloaded: false, into: &facts)
      } else {
        facts.append(neverRead(settling, at: moment))
      }
      account.run = nil
      if awaitsFirst || !wasHeard {
        // The bracket stays open for whoever used what is missing.
        awaitsFirst = false
        segment?.account.run = nil
        segment?.marks = []
      } else if let anchor {
        let isLost = segment.map { $0.isEmptied && isAtZero(anchor) || isBlind($0, at: anchor) } ?? false
        reopen(at: anchor)
        segment?.isEmptied = isLost
        segment?.isLost = isLost
      }
    }
    account.run = nil
    facts.append(.settled(channel, run: settling.run, at: moment))
    generation += 1
  }

  /// The level from after the end was on its way before it, most of it: what fell was not changed between two runs. A load
  /// that is gone was lifted off by whoever ended the run.
  private func hadFallen(_ settling: Settling, from level: Anchor) -> Bool {
    guard let shown = settling.shown, let anchor, shown.magnitude > parameters.noise else { return false }
    let fell = level.mass - shown
    return fell > parameters.noise && anchor.mass < level.mass && fell + fell >= level.mass - anchor.mass
  }

  /// What a level from before the end of a run says of it.
  private func isNear(_ end: Moment, _ level: Anchor?) -> Bool {
    level.flatMap { end.since($0.at) }.map { $0 <= Gap.notable } ?? false
  }

  /// The load was changed after the end: the run ends at the anchor before that, and the change is nobody's.
  private mutating func finish(_ settling: Settling, before displaced: Displaced, into facts: inout [Fact]) {
    account.run = nil
    let isRecent = isNear(settling.endedAt, displaced.anchor)
    var displaced = displaced
    displaced.segment = marked(displaced.segment, endingAt: settling.endedAt, isAtRest: isRecent)
    // It was gone by the end, long after the last level: lifted, or all used up.
    if !isRecent, let shown = settling.shown, shown.magnitude <= parameters.noise {
      displaced.segment.mark(.baselineLost)
    }
    confirm(displaced, into: &facts)
    segment?.account.run = nil
    segment?.isEmptied = false
  }

  /// Some of what was used before is not anchored yet, and only the next level tells how much.
  private mutating func isInMidUse(at moment: Moment) -> Bool {
    // A machine that stopped since has left the rest of its use to be seen.
    if !pace.isWorking {
      return anchor.flatMap { anchor in pace.lastWorked(by: moment).map { $0 > anchor.at } } ?? false
    }
    guard !advance(to: moment), let anchor, let latest else { return false }
    return latest.at > anchor.at && anchor.mass - latest.mass > parameters.noise
  }

  /// A level is known from shortly before, and its load stands.
  private func isKnown(before moment: Moment) -> Bool {
    guard isFresh, !isInterrupted, let anchor, let segment else { return false }
    return anchor.at < moment && !segment.isEmptied && !segment.isLost
  }

  /// A scale that stands by its presence or its age limit is heard even when silent.
  private var wasHeard: Bool { isHeard || isFresh }

  private func marked(_ open: OpenSegment, endingAt end: Moment, isAtRest: Bool) -> OpenSegment {
    var open = open
    guard !isAtRest else { return open }
    open.mark(.endUnstable)
    if !isFresh, let latest, latest.at < end { open.add(Gap(from: latest.at, to: end, settlement: .skipped)) }
    return open
  }

  private func neverRead(_ settling: Settling, at moment: Moment) -> Fact {
    .segment(
      Segment(
        channel: channel, account: account, from: settling.endedAt, to: moment, first: 0, last: 0, amount: 0,
        marks: [.neverRead]))
  }
}
