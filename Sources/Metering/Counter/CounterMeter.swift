public import Measures

/// What a counter meter must know of its counter.
public struct CounterParameters: Hashable, Sendable, Codable {
  public var maxAge: Span?
  /// So many consistent low readings make a reset; fewer are a glitch.
  public var confirmations = 3
  /// After a run ends, the next reading is waited for so long.
  public var settleLimit = Span.seconds(60)
  public var closeAfter = Span.minutes(10)

  public init(maxAge: Span? = .seconds(60)) { self.maxAge = maxAge }
}

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
  private var isFresh = false
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
    var gaps: [Gap] = []
    var marks: [Mark] = []
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
    if value < good.value {
      guard isConfirmedReset(value) else { return }
      if var segment = open {
        segment.carried = segment.carried.saturatingAdd(good.value.saturatingSubtract(segment.base))
        segment.base = 0
        if !segment.marks.contains(.counterReset) { segment.marks.append(.counterReset) }
        open = segment
      }
      generation += 1
    }
    suspect = nil
    noteGap(from: good.at, to: moment)
    if !isFresh || value != good.value { generation += 1 }
    isFresh = true
    self.good = Point(value: value, at: moment)
    settleIfDue(at: moment, into: &facts)
  }

  private mutating func start(_ point: Point) {
    good = point
    isFresh = true
    open = Open(account: account, first: point, base: point.value)
    if account.run != nil { open?.marks.append(.firstSeenInRun) }
    generation += 1
  }

  private mutating func isConfirmedReset(_ value: Int64) -> Bool {
    if let suspect, value >= suspect.value {
      self.suspect = Suspect(value: value, count: suspect.count + 1)
    } else {
      suspect = Suspect(value: value, count: 1)
    }
    return (suspect?.count ?? 0) >= parameters.confirmations
  }

  private mutating func noteGap(from earlier: Moment, to moment: Moment) {
    guard var segment = open else { return }
    let span = moment.since(earlier)
    if let span, span <= (parameters.maxAge ?? span) { return }
    if segment.gaps.count < OpenSegment.maximumGaps {
      segment.gaps.append(Gap(from: earlier, to: moment, settlement: .bracketed))
      open = segment
    }
  }

  public mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    if let good, isFresh, let limit = parameters.maxAge, now.since(good.at).map({ $0 > limit }) ?? true {
      isFresh = false
      generation += 1
    }
    if let settling, now.since(settling.endedAt).map({ $0 >= parameters.settleLimit }) ?? true {
      finish(settling, at: now, mark: good == nil ? .neverRead : nil, into: &facts)
    }
    if let segment = open, let good, count(segment, to: good) != 0,
      now.since(segment.first.at).map({ $0 >= parameters.closeAfter }) ?? true
    {
      close(segment, at: good, into: &facts)
      open = Open(account: account, first: good, base: good.value)
      generation += 1
    }
  }

  /// The device said that it is gone.
  public mutating func disconnect() {
    guard isFresh else { return }
    isFresh = false
    generation += 1
  }

  public mutating func resume(lastAlive: Moment) {
    if let good, isFresh, lastAlive > good.at { self.good = Point(value: good.value, at: lastAlive) }
  }

  public mutating func charge(_ newAccount: Account, at moment: Moment, into facts: inout [Fact]) {
    if let settling { finish(settling, at: moment, mark: nil, into: &facts) }
    if let segment = open, let good {
      close(segment, at: good, into: &facts)
      open = Open(account: newAccount, first: good, base: good.value)
    }
    account = newAccount
    generation += 1
  }

  /// The run ended: its count goes to the first reading after the end.
  public mutating func settle(_ run: RunID, at moment: Moment, into facts: inout [Fact]) {
    guard account.run == run, settling == nil else {
      facts.append(.settled(channel, run: run, at: moment))
      return
    }
    settling = Settling(run: run, endedAt: moment)
    generation += 1
  }

  private mutating func settleIfDue(at moment: Moment, into facts: inout [Fact]) {
    guard let settling, moment > settling.endedAt else { return }
    finish(settling, at: moment, mark: nil, into: &facts)
  }

  private mutating func finish(_ settling: Settling, at moment: Moment, mark: Mark?, into facts: inout [Fact]) {
    self.settling = nil
    if let mark, open != nil { open?.marks.append(mark) }
    if let segment = open, let good {
      close(segment, at: good, into: &facts)
    } else {
      facts.append(
        .segment(
          Segment(
            channel: channel, account: account, from: settling.endedAt, to: moment, first: 0, last: 0, amount: 0,
            marks: [.neverRead])))
    }
    facts.append(.settled(channel, run: settling.run, at: moment))
    account.run = nil
    open = good.map { Open(account: account, first: $0, base: $0.value) }
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
          first: segment.first.value, last: good.value, amount: amount, gaps: segment.gaps, marks: segment.marks)))
  }

  /// What the open segment has counted so far, for a display.
  public var openCount: Int64 {
    guard let open, let good else { return 0 }
    return count(open, to: good)
  }

  public var isSettled: Bool { settling == nil }
}

extension Int64 {
  /// Clamps at the ends instead of trapping: a hostile counter must not end the daemon.
  func saturatingAdd(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (self < 0 ? .min : .max) : sum
  }

  func saturatingSubtract(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (self < 0 ? .min : .max) : difference
  }
}
