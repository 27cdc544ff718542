public import Measures

/// Measures the material that leaves one scale: the difference of stable anchors, summed over segments.
///
/// Never the sum of downward steps: that ratchets noise into grams nobody used. Between two stable readings
/// a slow decrease is use; a fast drop or a rise is somebody's hand, which closes the segment and opens one
/// at the new level; a load that comes back within two minutes was only lifted.
public struct ScaleMeter: Hashable, Sendable, Codable {
  public let channel: ChannelID
  public var parameters: ScaleParameters
  /// Goes up with every change that a restart must not lose: the engine writes a checkpoint when it has moved.
  public private(set) var generation = 0

  public private(set) var account = Account.nobody
  private var window: StabilityWindow?
  private var latest: Anchor?
  private var isFresh = false
  private var anchor: Anchor?
  private var segment: OpenSegment?
  private var displaced: Displaced?
  private var settling: Settling?
  /// Where the anchor stood when `generation` last moved for it, and when it last went anywhere.
  private var noted: Anchor?

  /// The segment that was under way when the load jumped: kept until it is clear whether it comes back.
  private struct Displaced: Hashable, Sendable, Codable {
    var segment: OpenSegment
    var anchor: Anchor
    var since: Moment
  }

  private struct Settling: Hashable, Sendable, Codable {
    var run: RunID
    var endedAt: Moment
  }

  public init(channel: ChannelID, parameters: ScaleParameters) {
    self.channel = channel
    self.parameters = parameters
  }

  // MARK: Readings

  /// Takes one believed reading. Readings older than the newest are ignored.
  public mutating func apply(_ mass: Mass, stable: Bool?, at moment: Moment, into facts: inout [Fact]) {
    if let latest {
      guard moment >= latest.at else { return }
      noteGap(from: latest.at, to: moment)
    }
    if !isFresh {
      isFresh = true
      generation += 1
    }
    latest = Anchor(mass: mass, at: moment)
    if window == nil { window = StabilityWindow(mass, at: moment) }
    window?.add(mass, at: moment, band: parameters.band)
    if stable == false { window = StabilityWindow(mass, at: moment) }
    considerStable(at: moment, into: &facts)
  }

  /// A sample came and is not believed: whatever was steady is so no longer.
  public mutating func reject() { window = nil }

  /// The device said that it is gone.
  public mutating func disconnect() {
    window = nil
    guard isFresh else { return }
    isFresh = false
    generation += 1
  }

  private mutating func noteGap(from earlier: Moment, to moment: Moment) {
    let span = moment.since(earlier)
    if let span, let limit = parameters.maxAge, span <= limit { return }
    if span != nil, parameters.maxAge == nil, earlier.boot == moment.boot, isFresh { return }
    window = nil
    if let span, span <= Gap.negligible { return }
    segment?.add(Gap(from: earlier, to: moment, settlement: .bracketed))
  }

  private mutating func considerStable(at moment: Moment, into facts: inout [Fact]) {
    guard let latest, let window, window.isStable(at: moment, for: parameters.stableFor) else { return }
    step(to: Anchor(mass: latest.mass, at: moment), into: &facts)
    settleIfDue(at: moment, stableSince: window.since, into: &facts)
  }

  // MARK: Steps between anchors

  private mutating func step(to new: Anchor, into facts: inout [Fact]) {
    guard let anchor, segment != nil else {
      self.anchor = new
      segment = OpenSegment(account: account, first: new)
      if account.run != nil { segment?.mark(.firstSeenInRun) }
      note(new)
      return
    }
    if isUse(from: anchor, to: new) {
      self.anchor = new
      if let displaced, new.at.since(displaced.since).map({ $0 >= parameters.returnLimit }) ?? true {
        confirm(displaced, into: &facts)
      }
    } else if let displaced, isUse(from: displaced.anchor, to: new) {
      // It is back where it was, less what may have been used meanwhile: before minus after.
      segment = displaced.segment
      segment?.mark(.liftedAndReturned)
      self.displaced = nil
      self.anchor = new
      generation += 1
    } else {
      jump(from: anchor, to: new, into: &facts)
    }
    if let noted, (noted.mass - new.mass).magnitude > parameters.tolerance { note(new) }
  }

  /// Whether a stable step is noise or plausible use, not somebody's hand.
  private func isUse(from old: Anchor, to new: Anchor) -> Bool {
    let drop = old.mass - new.mass
    if drop < -parameters.tolerance { return false }
    // Across a boot with an untrusted clock nobody knows how long it was: an hour is assumed, and the gap marks it.
    let elapsed = new.at.since(old.at) ?? .hours(1)
    return drop <= parameters.maxUseRate.mass(over: elapsed) + parameters.tolerance
  }

  private mutating func jump(from old: Anchor, to new: Anchor, into facts: inout [Fact]) {
    guard let segment else { return }
    if let displaced { confirm(displaced, into: &facts) }
    displaced = Displaced(segment: segment, anchor: old, since: new.at)
    self.segment = OpenSegment(account: account, first: new)
    anchor = new
    generation += 1
  }

  /// The load did not come back: the old segment ends where it was, and the step is nobody's use.
  private mutating func confirm(_ displaced: Displaced, into facts: inout [Fact]) {
    self.displaced = nil
    if account.run != nil {
      let mark: Mark = isEmptied(after: displaced) ? .baselineLost : .loadChanged
      segment?.mark(mark)
    }
    close(displaced.segment, at: displaced.anchor, into: &facts)
    if let first = segment?.first {
      facts.append(.loaded(channel, by: first.mass - displaced.anchor.mass, at: first.at))
    }
    generation += 1
  }

  /// From a real load to about zero: lifted off, or a scale that zeroed itself. Either way nobody knows.
  private func isEmptied(after displaced: Displaced) -> Bool {
    guard let first = segment?.first else { return false }
    return first.mass.magnitude <= parameters.tolerance && displaced.anchor.mass > parameters.division * 20
  }

  // MARK: Time

  /// Lets time pass: closes what is due. Call at least once a second while the clock runs.
  public mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    if let latest, isFresh {
      if let limit = parameters.maxAge, now.since(latest.at).map({ $0 > limit }) ?? true {
        isFresh = false
        window = nil
        generation += 1
      } else {
        // A source that reports only changes is steady while it is silent.
        considerStable(at: now, into: &facts)
      }
    }
    if let displaced, now.since(displaced.since).map({ $0 >= parameters.returnLimit }) ?? true {
      confirm(displaced, into: &facts)
    }
    if let settling, now.since(settling.endedAt).map({ $0 >= parameters.settleLimit }) ?? true {
      finish(settling, at: now, mark: anchor == nil ? .neverRead : .endUnstable, into: &facts)
    }
    closeIfLong(now, into: &facts)
  }

  private mutating func closeIfLong(_ now: Moment, into facts: inout [Fact]) {
    guard displaced == nil, let segment, let anchor else { return }
    let used = (segment.first.mass - anchor.mass).magnitude > parameters.tolerance
    guard used else { return }
    let age = now.since(segment.first.at) ?? parameters.closeAfter
    let quiet = noted.flatMap { now.since($0.at) } ?? .zero
    if age >= parameters.closeAfter || (segment.account.run == nil && quiet >= parameters.quietAfter) {
      close(segment, at: anchor, into: &facts)
      self.segment = OpenSegment(account: account, first: anchor)
      generation += 1
    }
  }

  /// After a restart: the scale was last heard of at `lastAlive` at the latest.
  public mutating func resume(lastAlive: Moment) {
    window = nil
    if let latest, isFresh, lastAlive > latest.at { self.latest = Anchor(mass: latest.mass, at: lastAlive) }
    if account.run != nil { segment?.mark(.restarted) }
  }

  // MARK: Accounts

  /// From here on use is charged to another account; both share the last anchor.
  public mutating func charge(_ newAccount: Account, at moment: Moment, into facts: inout [Fact]) {
    if let settling { finish(settling, at: moment, mark: nil, into: &facts) }
    if let displaced { confirm(displaced, into: &facts) }
    if let segment, let anchor {
      close(segment, at: anchor, into: &facts)
      self.segment = OpenSegment(account: newAccount, first: anchor)
    }
    account = newAccount
    generation += 1
  }

  /// The run ended: its use goes to the first stable reading after the settling time.
  public mutating func settle(_ run: RunID, at moment: Moment, into facts: inout [Fact]) {
    guard account.run == run, settling == nil else {
      facts.append(.settled(channel, run: run, at: moment))
      return
    }
    settling = Settling(run: run, endedAt: moment)
    generation += 1
  }

  private mutating func settleIfDue(at moment: Moment, stableSince: Moment, into facts: inout [Fact]) {
    guard let settling, let waited = moment.since(settling.endedAt), waited >= parameters.settleFor else { return }
    finish(settling, at: moment, mark: nil, into: &facts)
  }

  private mutating func finish(_ settling: Settling, at moment: Moment, mark: Mark?, into facts: inout [Fact]) {
    self.settling = nil
    if let displaced { confirm(displaced, into: &facts) }
    if let mark { segment?.mark(mark) }
    if let segment, let anchor {
      close(segment, at: anchor, into: &facts)
    } else {
      facts.append(
        .segment(
          Segment(
            channel: channel, account: account, from: settling.endedAt, to: moment, first: 0, last: 0, amount: 0,
            marks: [.neverRead])))
    }
    facts.append(.settled(channel, run: settling.run, at: moment))
    account.run = nil
    segment = anchor.map { OpenSegment(account: account, first: $0) }
    generation += 1
  }

  private func close(_ open: OpenSegment, at anchor: Anchor, into facts: inout [Fact]) {
    let amount = open.first.mass - anchor.mass
    // Nobody's noise is not worth a row; a run's is, so that its sum stays signed.
    if open.account.run == nil, amount.magnitude <= parameters.tolerance { return }
    facts.append(
      .segment(
        Segment(
          channel: channel, account: open.account, from: open.first.at, to: anchor.at,
          first: open.first.mass.base, last: anchor.mass.base, amount: amount.base, gaps: open.gaps,
          marks: open.marks)))
  }

  private mutating func note(_ anchor: Anchor) {
    noted = anchor
    generation += 1
  }

  // MARK: Live view

  /// What has been used since the open segment began, for a display; it is billed only once anchored.
  public var openUse: Mass {
    var use = Mass.zero
    if let displaced { use += displaced.segment.first.mass - displaced.anchor.mass }
    if let segment, let anchor { use += segment.first.mass - anchor.mass }
    return use
  }

  public var isSettled: Bool { settling == nil }
  /// The last stable reading, if it is fresh.
  public var stableReading: Mass? { isFresh ? anchor?.mass : nil }
}
