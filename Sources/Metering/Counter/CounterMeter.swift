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
  var good: Point?
  /// Kept fresh by its presence: until when it stood, by the newest reading or tick.
  private var watched: Moment?
  /// The good value before the newest increase, while no second reading has borne that out.
  var beforeLone: Point?
  /// The good value before a leap that a second reading bore out; it may yet be taken back.
  var beforeLeap: Point?
  /// What was counted before it fell, while it may yet come back.
  var fallen: Fallen?
  private var isFresh = false
  /// A rejected sample, an absence or a restart came after the good value: what follows is a gap.
  private var isInterrupted = false
  /// A believed reading came since the account was last changed.
  private var isHeard = false
  /// The run began while nothing was known: it is measured from the next reading on.
  private var awaitsFirst = false
  var open: Open?
  /// Nobody's rise that no second reading had borne out when a run began.
  var contested: Open?
  var suspect: Suspect?
  private var settling: Settling?

  struct Point: Hashable, Sendable, Codable {
    var value: Int64
    var at: Moment
  }
  struct Open: Hashable, Sendable, Codable {
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
  struct Suspect: Hashable, Sendable, Codable {
    var value: Int64
    var count: Int
    /// The first of them that the others went on from.
    var first: Point?
    /// Of the newest.
    var at: Moment?
  }
  struct Fallen: Hashable, Sendable, Codable {
    let total: Int64
    let to: Int64
    let at: Moment
    /// By the open segment until then.
    var counted: Int64
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
    // One reading that comes twice bears nothing out.
    if moment == good.at, value == good.value, isFresh, !isInterrupted { return }
    finishOverdue(at: moment, into: &facts)
    let heard = watch(moment) ?? good.at
    let value = parameters.isRetraction(from: good.value, to: value, of: channel.kind) ? good.value : value
    if value < good.value {
      guard isConfirmedLower(value, at: moment) else { return }
      rebase(to: value, from: Point(value: good.value, at: heard), at: moment, into: &facts)
      beforeLone = nil
      beforeLeap = nil
    } else {
      if let contested { close(contested, at: good, into: &facts) }
      contested = nil
      if let doubted = beforeDoubted {
        beforeLeap = Point(value: doubted.value, at: moment)
        takeBackFall(from: doubted)
        giveUpFirst(doubted, into: &facts)
      }
      // A rise that another reading has contradicted bears nothing out, and a second one stands out from before both.
      let isContradicted = suspect.map { $0.value >= beforeLone?.value ?? .max } ?? false
      if value == good.value {
        beforeLone = nil
      } else if !isContradicted {
        beforeLone = Point(value: good.value, at: heard)
      }
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

  private mutating func start(_ point: Point) {
    good = point
    isFresh = true
    isHeard = true
    isInterrupted = false
    open = Open(account: account, first: point, base: point.value)
    if account.run != nil { open?.mark(.firstSeenInRun) }
    generation += 1
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
    age(to: now)
    finishOverdue(at: now, into: &facts)
    closeIfLong(now, into: &facts)
  }

  private mutating func age(to now: Moment) {
    watch(now)
    guard let good, isFresh, now >= good.at, isStale(good.at, now) else { return }
    isFresh = false
    generation += 1
  }

  /// What comes later than its limit is no longer the run's, even where no tick came before it: after a restart, or
  /// asleep.
  private mutating func finishOverdue(at now: Moment, into facts: inout [Fact]) {
    guard let settling, now.since(settling.endedAt).map({ $0 >= parameters.settleLimit }) ?? true else {
      return
    }
    finish(settling, at: now, isUpToDate: isFresh && parameters.maxAge == nil, into: &facts)
  }

  private mutating func closeIfLong(_ now: Moment, into facts: inout [Fact]) {
    guard settling == nil, !awaitsFirst, var segment = open, let good,
      now.since(segment.first.at).map({ $0 >= parameters.closeAfter }) ?? true
    else { return }
    // Where nothing was heard for long, even a believable rise may be garbage: no row ends at what no second reading
    // has borne out.
    let end = beforeLone.flatMap { $0.at >= segment.first.at ? $0 : nil } ?? good
    guard count(segment, to: end) != 0 else { return }
    if beforeDoubted != nil {
      // The next reading tells; it is not waited for without end.
      guard now.since(good.at).map({ $0 >= parameters.settleLimit }) ?? true else { return }
      segment.mark(.endUnstable)
    }
    close(segment, at: end, into: &facts)
    open = Open(account: account, first: end, base: end.value)
    generation += 1
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
    // No tick may have come since the last reading: asleep, or just started.
    age(to: moment)
    if let settling { finish(settling, at: moment, isUpToDate: isFresh, into: &facts) }
    handOver(into: &facts)
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

  /// What was counted up to here is the old account's, though not what one reading alone says and hardly can be.
  private mutating func handOver(into facts: inout [Fact]) {
    guard var segment = open, let good else { return }
    let doubted = beforeDoubted
    if doubted != nil, segment.account.run != nil { segment.mark(.endUnstable) }
    close(segment, at: doubted ?? good, into: &facts)
    contested = doubted.flatMap {
      segment.account.run == nil ? Open(account: segment.account, first: $0, base: $0.value) : nil
    }
  }

  private mutating func reopen() {
    open = good.map { Open(account: account, first: $0, base: $0.value) }
  }

  private mutating func startLate(into facts: inout [Fact]) {
    awaitsFirst = false
    handOver(into: &facts)
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
    let settling = Settling(run: run, endedAt: moment)
    self.settling = settling
    generation += 1
    // Of the machine's own job, the message that told its end told the whole count as well.
    if parameters.kind == .perJob, let good, good.at == moment, isFresh, !isInterrupted, beforeDoubted == nil,
      suspect == nil, !awaitsFirst
    {
      finish(settling, at: moment, isUpToDate: true, into: &facts)
    }
  }

  private mutating func settleIfDue(at moment: Moment, into facts: inout [Fact]) {
    if awaitsFirst { startLate(into: &facts) }
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
      account = .nobody
      open = Open(account: account, first: end, base: end.value)
    } else {
      facts.append(
        .segment(
          Segment(
            channel: channel, account: account, from: settling.endedAt, to: moment, first: 0, last: 0,
            amount: 0,
            marks: [.neverRead])))
      account = .nobody
      awaitsFirst = false
      open?.account.run = nil
      open?.marks = []
    }
    facts.append(.settled(channel, run: settling.run, at: moment))
    generation += 1
  }

  func count(_ segment: Open, to good: Point) -> Int64 {
    segment.carried.saturatingAdd(good.value.saturatingSubtract(segment.base))
  }

  mutating func close(_ segment: Open, at good: Point, into facts: inout [Fact]) {
    // What the next one counts, it counts from here.
    fallen?.counted = 0
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
