public import Measures

/// Measures the material that leaves one scale: the difference of stable anchors, summed over segments.
///
/// Never the sum of downward steps: that ratchets noise into grams nobody used. Between two stable levels
/// a slow decrease is use; a fast drop or a rise is somebody's hand, which closes the segment and opens one
/// at the new level; a load that comes back within two minutes was only lifted.
///
/// `ScaleMeter+steps` tells use from hands, `ScaleMeter+accounts` says whose it is.
public struct ScaleMeter: Hashable, Sendable, Codable {
  public let channel: ChannelID
  public var parameters: ScaleParameters
  /// Goes up with every change that a restart must not lose: the engine writes a checkpoint when it has moved.
  public internal(set) var generation = 0

  public internal(set) var account = Account.nobody
  /// The newest reading; only its time and mass, stable or not.
  var latest: Anchor?
  /// Kept fresh by its presence: until when it stood, by the newest reading or tick.
  private var watched: Moment?
  var window: StabilityWindow?
  /// Heard of within the age limit.
  var isFresh = false
  /// A rejected sample, an absence or a restart came after the newest reading: what follows is a gap.
  var isInterrupted = false
  /// The anchor is as new as the readings; `false` after ten seconds of readings without a stable one.
  var isSteady = false
  /// A believed reading came since the account was last changed.
  var isHeard = false
  /// The run began while nothing was known: it is measured from the next stable level on.
  var awaitsFirst = false
  var anchor: Anchor?
  /// The newest anchor that is beyond doubt.
  var rest: Anchor?
  /// How fast the load fell at the anchor, if enough readings tell.
  var flow: MassRate?
  /// Every reading since the anchor was believed, and came in time.
  var isWatched = false
  var segment: OpenSegment?
  var displaced: Displaced?
  var settling: Settling?
  /// The run began here, after the anchor: until the next stable level tells how much was used before, the segment
  /// is still nobody's.
  var begun: Begun?
  var pace = Pace()
  var drift = Drift()
  /// Its machine does nothing that could use anything; not even prepare or pause.
  var isIdle = false
  /// Where the anchor stood when `generation` last moved for it.
  var noted: Anchor?

  /// The segment that was under way when the load jumped: kept until it is clear whether it comes back.
  struct Displaced: Hashable, Sendable, Codable {
    var segment: OpenSegment
    var anchor: Anchor
    var since: Moment
    /// How fast the load fell then, and over the last minutes of work; zero while the run was too young to tell.
    var flow: MassRate
    var rate: MassRate
    /// For how long the machine had worked by then, and between that and the next level, unseen.
    var worked: Span
    var unseen: Span
  }

  struct Begun: Hashable, Sendable, Codable {
    var at: Moment
    /// When the machine last worked before that; `nil`: never, as far as is known.
    var worked: Moment?
  }

  struct Settling: Hashable, Sendable, Codable {
    var run: RunID
    var endedAt: Moment
    /// What the scale showed then, at rest or not; `nil` where it was not heard.
    var shown: Mass?
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
      watch(moment)
      noteGap(from: self.latest?.at ?? latest.at, to: moment)
    }
    isInterrupted = false
    if !isFresh || !isHeard {
      isFresh = true
      isHeard = true
      generation += 1
    }
    latest = Anchor(mass: mass, at: moment)
    if let window, window.fits(mass, at: moment, parameters) {
      self.window?.add(mass, isStill: stable ?? true, at: moment)
    } else {
      leaveLine()
      window = StabilityWindow(mass, isStill: stable ?? true, at: moment)
    }
    considerStable(at: moment, into: &facts)
    noteUnsteady(at: moment)
  }

  /// A sample came and is not believed: whatever was steady is so no longer.
  public mutating func reject() {
    leaveLine()
    isWatched = false
    isInterrupted = true
  }

  /// The device said that it is gone.
  public mutating func disconnect() {
    leaveLine()
    isWatched = false
    isInterrupted = true
    guard isFresh else { return }
    isFresh = false
    generation += 1
  }

  /// The load, or what is known of it, leaves its line: the anchor goes to where the line was last seen.
  private mutating func leaveLine() {
    if let window { advance(to: window.latestAt) }
    window = nil
  }

  /// Brings the anchor to this moment, along the line that its readings lie on.
  ///
  /// - Returns: whether there is such a line.
  @discardableResult
  mutating func advance(to moment: Moment) -> Bool {
    guard isFresh, !isInterrupted, begun == nil, let anchor, let flow, isContinuous(since: anchor),
      let lag = moment.since(anchor.at), lag > .zero, lag <= Gap.notable
    else { return false }
    let drop = flow.mass(over: pace.working(from: anchor.at, to: moment))
    self.anchor = Anchor(mass: anchor.mass - drop, at: moment)
    if !isAtZero(anchor) { pace.use(drop, at: moment, plenty: parameters.plenty) }
    return true
  }

  /// A device kept fresh by its presence still stands where it stood, unless nobody watched it for a while.
  mutating func watch(_ moment: Moment) {
    guard parameters.maxAge == nil, isFresh, !isInterrupted, let latest else { return }
    let heard = max(watched ?? latest.at, latest.at)
    guard moment.isUnwatched(since: heard) else {
      watched = max(heard, moment)
      return
    }
    self.latest = Anchor(mass: latest.mass, at: heard)
    disconnect()
  }

  private mutating func noteGap(from earlier: Moment, to moment: Moment) {
    let span = moment.since(earlier)
    if !isInterrupted, isFresh, let span, earlier.boot == moment.boot, span <= parameters.maxAge ?? span {
      return
    }
    leaveLine()
    isWatched = false
    if let span, span <= Gap.negligible { return }
    segment?.add(Gap(from: earlier, to: moment, settlement: .bracketed))
    generation += 1
  }

  /// A restart must know whether the anchor was current or is old because the scale would not come to rest.
  private mutating func noteUnsteady(at moment: Moment) {
    guard isSteady, let anchor, moment.since(anchor.at).map({ $0 > Gap.notable }) ?? true else { return }
    isSteady = false
    generation += 1
  }

  /// - Parameter moment: what is known up to: the newest reading, or now where silence means no change.
  private mutating func considerStable(at moment: Moment, into facts: inout [Fact]) {
    guard let window, isAtRest(window, at: moment) else { return }
    step(to: window.level(at: moment), into: &facts)
    if !isSteady {
      isSteady = true
      generation += 1
    }
    settleIfDue(at: moment, into: &facts)
  }

  private func isAtRest(_ window: StabilityWindow, at moment: Moment) -> Bool {
    window.isStable(at: moment, for: parameters.stableFor, within: parameters.band)
      || parameters.maxAge == nil && window.isSilent(at: moment, for: parameters.stableFor)
  }

  // MARK: The machine

  /// The machine that uses the material works, or stands; unknown is standing.
  ///
  /// - Parameters:
  ///   - isWorking: `nil` where nothing watches it: then it is taken to work as long as its run lasts.
  ///   - isIdle: whether it stands without a task; `nil`: wherever it does not work.
  public mutating func note(isWorking: Bool?, isIdle: Bool? = nil, at moment: Moment) {
    let idles = isWorking.map { isIdle ?? !$0 } ?? false
    if self.isIdle != idles {
      self.isIdle = idles
      drift.interrupt()
      generation += 1
    }
    guard pace.isWorking != isWorking ?? true || pace.isTold != (isWorking != nil) else { return }
    pace.work(isWorking, at: moment)
    generation += 1
  }

  // MARK: Time

  /// Lets time pass: closes what is due. Call at least once a second while the clock runs.
  public mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    watch(now)
    if let latest, isFresh, now >= latest.at {
      if isStale(latest.at, now) {
        leaveLine()
        isFresh = false
        generation += 1
      } else if let window {
        considerSilence(window, since: latest, now, into: &facts)
      }
    }
    if let displaced {
      let limit = segment?.isEmptied ?? false ? parameters.emptyLimit : parameters.returnLimit
      if now.since(displaced.since).map({ $0 >= limit }) ?? true { confirm(displaced, into: &facts) }
    }
    if let settling, now.since(settling.endedAt).map({ $0 >= parameters.settleLimit }) ?? true {
      let isAtRest = isFresh && (window.map { self.isAtRest($0, at: now) } ?? false)
      finish(settling, at: now, isAtRest: isAtRest, into: &facts)
    }
    closeIfLong(now, into: &facts)
  }

  /// With samples that are not believed, or none where one was promised, ten seconds are enough.
  private func isStale(_ latest: Moment, _ now: Moment) -> Bool {
    guard let age = now.since(latest), now.boot == latest.boot else { return true }
    if isInterrupted { return age > min(parameters.maxAge ?? Gap.notable, Gap.notable) }
    return parameters.maxAge.map { age > $0 } ?? false
  }

  /// A device that is kept fresh by its presence stands, while silent, where it said last. One that is polled
  /// proves only the instant of its reading; yet that reading may be the only one of its level.
  private mutating func considerSilence(
    _ window: StabilityWindow, since latest: Anchor, _ now: Moment, into facts: inout [Fact]
  ) {
    guard !isInterrupted else { return }
    if parameters.maxAge == nil {
      considerStable(at: now, into: &facts)
    } else if isAtRest(window, at: now) {
      let level = window.level(at: latest.at)
      if let anchor, anchor.at >= level.at { return }
      step(to: level, into: &facts)
      settleIfDue(at: latest.at, into: &facts)
    }
  }

  private mutating func closeIfLong(_ now: Moment, into facts: inout [Fact]) {
    guard displaced == nil, !awaitsFirst, begun == nil, settling == nil, let segment, let anchor else {
      return
    }
    guard isWorthARow(segment, at: anchor) else { return }
    let age = now.since(segment.first.at) ?? parameters.closeAfter
    let quiet = noted.flatMap { now.since($0.at) } ?? .zero
    guard age >= parameters.closeAfter || (segment.account.run == nil && quiet >= parameters.quietAfter)
    else {
      return
    }
    close(segment, at: anchor, isReloaded: false, into: &facts)
    reopen(at: anchor)
  }

  /// After a restart: the scale was last heard of at `lastAlive` at the latest.
  ///
  /// - Parameter lastAlive: when the daemon last was; `nil`: nobody knows, and all since the
  ///   checkpoint's own last reading is unknown.
  public mutating func resume(lastAlive: Moment?) {
    window = nil
    isWatched = false
    if let lastAlive, isFresh, !isInterrupted {
      if let latest, lastAlive > latest.at { self.latest = Anchor(mass: latest.mass, at: lastAlive) }
      // Checkpoints follow within a commit interval, so an anchor that was current was so until shortly before.
      let current = lastAlive.advanced(by: -Gap.notable)
      if isSteady, let anchor, current > anchor.at { self.anchor = Anchor(mass: anchor.mass, at: current) }
    }
    isInterrupted = true
    if account.run != nil { segment?.mark(.restarted) }
    generation += 1
  }

  // MARK: Live view

  /// What has been used since the open segment began, for a display; it is billed only once anchored.
  public var openUse: Mass {
    var use = Mass.zero
    guard begun == nil else { return use }
    if let displaced {
      use += displaced.segment.first.mass - displaced.anchor.mass
      if account.run != nil { use += bridge(displaced) }
    }
    if let segment, let anchor { use += segment.first.mass - anchor.mass }
    return use
  }

  public var isSettled: Bool { settling == nil }
  /// The last stable reading, if it is fresh.
  public var stableReading: Mass? { isFresh ? anchor?.mass : nil }
}
