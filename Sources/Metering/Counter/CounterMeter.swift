public import Measures

/// Sums a counter that only rises (energy, pieces, material a machine reports), from good value to good value.
///
/// A lower reading is a reset or a glitch. It is neither until several agree: rebasing on a single low one is
/// how a well-known project once booked 53.7 MWh into one slot.
public struct CounterMeter: Hashable, Sendable, Codable {
  public let channel: ChannelID
  public var parameters: CounterParameters
  public private(set) var generation = 0

  private(set) var account = Account.nobody
  private var good: Point?
  /// Kept fresh by its presence: until when it stood, by the newest reading or tick.
  private var watched: Moment?
  /// The good value before the newest increase, while no second reading has borne that out.
  private var beforeLone: Point?
  /// The good value before a leap that a second reading bore out; it may yet be taken back.
  private var beforeLeap: Point?
  private var isFresh = false
  /// A rejected sample, an absence or a restart came after the good value: what follows is a gap.
  private var isInterrupted = false
  /// A believed reading came since the account was last changed.
  private var isHeard = false
  /// The run began while nothing was known: it is measured from the next reading on.
  private var awaitsFirst = false
  private var open: Open?
  private var suspect: Suspect?
  private var settling: Settling?

  private struct Point: Hashable, Sendable, Codable {
    var value: Int64
    var at: Moment
  }
  private struct Open: Hashable, Sendable, Codable {
    var account: Account
    var first: Point
    /// What was counted before the last reset within this segment.
    var carried: Int64 = 0
    /// What the count since then starts from.
    var base: Int64
    var gaps = GapList()
    var marks: [Mark] = []

    mutating func mark(_ mark: Mark) {
      if !marks.contains(mark) { marks.append(mark) }
    }

    mutating func add(_ gap: Gap) { gaps.add(gap) }
  }
  private struct Suspect: Hashable, Sendable, Codable {
    var value: Int64
    var count: Int
  }
  private struct Settling: Hashable, Sendable, Codable {
    var run: RunID
    var endedAt: Moment
  }

  public init(channel: ChannelID, parameters: CounterParameters = CounterParameters()) {
    self.channel = channel
    self.parameters = parameters
  }

  /// Takes one believed reading in the channel's base unit; negative values are refused at the edge.
  public mutating func apply(_ value: Int64, at moment: Moment, into facts: inout [Fact]) {
    guard let good else {
      start(Point(value: value, at: moment))
      settleIfDue(at: moment, into: &facts)
      return
    }
    guard moment >= good.at else { return }
    let heard = watch(moment) ?? good.at
    let value = parameters.isRetraction(from: good.value, to: value, of: channel.kind) ? good.value : value
    if value < good.value {
      guard isConfirmedLower(value) else { return }
      rebase(to: value, from: good.value, at: moment)
      beforeLone = nil
      beforeLeap = nil
    } else {
      if let doubted = beforeDoubted { beforeLeap = Point(value: doubted.value, at: moment) }
      beforeLone = value > good.value ? Point(value: good.value, at: heard) : nil
    }
    suspect = nil
    noteGap(from: heard, to: moment)
    if !isFresh || !isHeard || value != good.value { generation += 1 }
    isInterrupted = false
    isFresh = true
    isHeard = true
    self.good = Point(value: value, at: moment)
    settleIfDue(at: moment, into: &facts)
  }

  /// Several readings agree that the counter is lower than it was.
  private mutating func rebase(to value: Int64, from good: Int64, at moment: Moment) {
    if let before = beforeOutlier(value, good, at: moment) {
      // What was opened at the outlier goes on from before it.
      if let segment = open, segment.carried == 0, segment.base > value {
        open?.first.value = before
        open?.base = before
      }
      return
    }
    guard var segment = open else { return }
    segment.carried = segment.carried.saturatingAdd(good.saturatingSubtract(segment.base))
    segment.base = 0
    if parameters.kind == .lifetime { segment.mark(.counterReset) }
    open = segment
  }

  /// What a high value stood out from, where the counter goes on where it was before that: an outlier to drop.
  private func beforeOutlier(_ value: Int64, _ good: Int64, at moment: Moment) -> Int64? {
    // Where that was zero only the size of the rise tells an outlier from a reset.
    if let lone = beforeLone?.value, value >= lone,
      lone > 0 || good.saturatingSubtract(lone) > parameters.believedRise(on: channel.kind)
    {
      return lone
    }
    // A counter that starts again from zero does not do so just above where it was a minute ago.
    guard let leap = beforeLeap, leap.value > 0, value >= leap.value,
      moment.since(leap.at).map({ $0 <= parameters.settleLimit }) ?? false
    else { return nil }
    return leap.value
  }

  private mutating func start(_ point: Point) {
    good = point
    isFresh = true
    isHeard = true
    isInterrupted = false
    open = Open(account: account, first: point, base: point.value)
    if account.run != nil { open?.mark(.firstSeenInRun) }
    generation += 1
  }

  private mutating func isConfirmedLower(_ value: Int64) -> Bool {
    if let suspect, value >= suspect.value {
      self.suspect = Suspect(value: value, count: suspect.count + 1)
    } else {
      suspect = Suspect(value: value, count: 1)
    }
    return (suspect?.count ?? 0) >= parameters.confirmations
  }

  private mutating func noteGap(from earlier: Moment, to moment: Moment) {
    let span = moment.since(earlier)
    if !isInterrupted, isFresh, let span, earlier.boot == moment.boot, span <= parameters.maxAge ?? span {
      return
    }
    if let span, span <= Gap.negligible { return }
    open?.add(Gap(from: earlier, to: moment, settlement: .bracketed))
    generation += 1
  }

  /// A device kept fresh by its presence still stands where it stood, unless nobody watched it for a while.
  /// - Returns: until when it stood, if that was long ago.
  @discardableResult private mutating func watch(_ moment: Moment) -> Moment? {
    guard parameters.maxAge == nil, isFresh, !isInterrupted, let good else { return nil }
    let heard = max(watched ?? good.at, good.at)
    guard moment.isUnwatched(since: heard) else {
      watched = max(heard, moment)
      return nil
    }
    self.good = Point(value: good.value, at: heard)
    disconnect()
    return heard
  }

  public mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    watch(now)
    if let good, isFresh, now >= good.at, isStale(good.at, now) {
      isFresh = false
      generation += 1
    }
    if let settling, now.since(settling.endedAt).map({ $0 >= parameters.settleLimit }) ?? true {
      finish(settling, at: now, isUpToDate: isFresh && parameters.maxAge == nil, into: &facts)
    }
    closeIfLong(now, into: &facts)
  }

  private mutating func closeIfLong(_ now: Moment, into facts: inout [Fact]) {
    guard settling == nil, !awaitsFirst, var segment = open, let good,
      now.since(segment.first.at).map({ $0 >= parameters.closeAfter }) ?? true
    else { return }
    let doubted = beforeDoubted
    let end = doubted ?? good
    guard count(segment, to: end) != 0 else { return }
    if doubted != nil {
      // The next reading tells; it is not waited for without end.
      guard now.since(good.at).map({ $0 >= parameters.settleLimit }) ?? true else { return }
      segment.mark(.endUnstable)
    }
    close(segment, at: end, into: &facts)
    open = Open(account: account, first: end, base: end.value)
    generation += 1
  }

  /// The value before the newest, where that rose too far to be believed alone: more than what costs next to
  /// nothing, and more than ten times as fast as the segment has counted so far. A coarse counter's step may
  /// look so too; the next reading bears it out.
  private var beforeDoubted: Point? {
    guard let segment = open, let good, let beforeLone, beforeLone.at >= segment.first.at else { return nil }
    let rise = good.value.saturatingSubtract(beforeLone.value)
    guard rise > parameters.believedRise(on: channel.kind) else { return nil }
    let counted = count(segment, to: beforeLone)
    guard counted > 0, let time = beforeLone.at.since(segment.first.at), time > .zero,
      let riseTime = good.at.since(beforeLone.at)
    else { return beforeLone }
    // rise ÷ riseTime > 10 × counted ÷ time, cross-multiplied; the times are bounded so that nothing overflows.
    let longest = Span.hours(1_000_000)
    let pace = Int128(rise) * Int128(min(time, longest).milliseconds)
    return pace > 10 * Int128(counted) * Int128(min(riseTime, longest).milliseconds) ? beforeLone : nil
  }

  private func isStale(_ latest: Moment, _ now: Moment) -> Bool {
    guard let age = now.since(latest), now.boot == latest.boot else { return true }
    if isInterrupted { return age > min(parameters.maxAge ?? Gap.notable, Gap.notable) }
    return parameters.maxAge.map { age > $0 } ?? false
  }

  /// A sample came and is not believed.
  public mutating func reject() { isInterrupted = true }

  /// The device said that it is gone.
  public mutating func disconnect() {
    isInterrupted = true
    guard isFresh else { return }
    isFresh = false
    generation += 1
  }

  /// After a restart: the counter was last heard of at `lastAlive` at the latest.
  ///
  /// - Parameter lastAlive: when the daemon last was; `nil`: nobody knows, and all since the
  ///   checkpoint's own last reading is unknown.
  public mutating func resume(lastAlive: Moment?) {
    if let lastAlive, let good, isFresh, !isInterrupted, lastAlive > good.at {
      self.good = Point(value: good.value, at: lastAlive)
    }
    isInterrupted = true
    if account.run != nil { open?.mark(.restarted) }
    generation += 1
  }

  public mutating func charge(_ newAccount: Account, at moment: Moment, into facts: inout [Fact]) {
    watch(moment)
    if let settling { finish(settling, at: moment, isUpToDate: isFresh, into: &facts) }
    if let segment = open, let good { close(segment, at: good, into: &facts) }
    if newAccount.run != account.run {
      awaitsFirst = newAccount.run != nil && good != nil && !isFresh
      isHeard = false
    }
    account = newAccount
    reopen()
    // What was counted while nobody listened is not the run's: it is measured from the next reading on.
    if awaitsFirst { open?.account.run = nil }
    generation += 1
  }

  private mutating func reopen() {
    open = good.map { Open(account: account, first: $0, base: $0.value) }
  }

  private mutating func startLate(at good: Point, into facts: inout [Fact]) {
    awaitsFirst = false
    if let open { close(open, at: good, into: &facts) }
    reopen()
    open?.mark(.firstSeenInRun)
    generation += 1
  }

  /// The run ended: its count goes to the first reading after the end. Settling the same run twice is once.
  public mutating func settle(_ run: RunID, at moment: Moment, into facts: inout [Fact]) {
    if settling?.run == run { return }
    guard account.run == run else {
      facts.append(.settled(channel, run: run, at: moment))
      return
    }
    settling = Settling(run: run, endedAt: moment)
    generation += 1
  }

  private mutating func settleIfDue(at moment: Moment, into facts: inout [Fact]) {
    if awaitsFirst, let good { startLate(at: good, into: &facts) }
    guard let settling, moment > settling.endedAt, beforeDoubted == nil else { return }
    finish(settling, at: moment, isUpToDate: true, into: &facts)
  }

  /// - Parameter isUpToDate: the good value stands for the end of the run.
  private mutating func finish(
    _ settling: Settling, at moment: Moment, isUpToDate: Bool, into facts: inout [Fact]
  ) {
    self.settling = nil
    if var segment = open, let good, !awaitsFirst, isHeard || isFresh {
      let doubted = beforeDoubted
      let end = doubted ?? good
      if !isUpToDate || doubted != nil {
        segment.mark(.endUnstable)
        if end.at < settling.endedAt {
          segment.add(Gap(from: end.at, to: settling.endedAt, settlement: .skipped))
        }
      }
      close(segment, at: end, into: &facts)
      account.run = nil
      open = Open(account: account, first: end, base: end.value)
    } else {
      facts.append(
        .segment(
          Segment(
            channel: channel, account: account, from: settling.endedAt, to: moment, first: 0, last: 0,
            amount: 0,
            marks: [.neverRead])))
      account.run = nil
      awaitsFirst = false
      open?.account.run = nil
      open?.marks = []
    }
    facts.append(.settled(channel, run: settling.run, at: moment))
    generation += 1
  }

  private func count(_ segment: Open, to good: Point) -> Int64 {
    segment.carried.saturatingAdd(good.value.saturatingSubtract(segment.base))
  }

  private func close(_ segment: Open, at good: Point, into facts: inout [Fact]) {
    let amount = count(segment, to: good)
    if segment.account.run == nil, amount == 0 { return }
    facts.append(
      .segment(
        Segment(
          channel: channel, account: segment.account, from: segment.first.at, to: good.at,
          first: segment.first.value, last: good.value, amount: amount, gaps: segment.gaps.list,
          marks: segment.marks)))
  }

  /// What the open segment has counted so far, for a display.
  public var openCount: Int64 {
    guard let open, let good else { return 0 }
    return count(open, to: good)
  }

  public var isSettled: Bool { settling == nil }
}
