internal import Measures

/// What a run uses while its scale can be trusted, for the times when it cannot: a load being changed.
///
/// A rate over the machine's own working time: of the last two to four minutes of it, or of less where that much is
/// beyond the scale's noise already.
struct Pace: Hashable, Sendable, Codable {
  /// How long the machine has worked since the run began, up to `clock`.
  private var worked = Span.zero
  private var clock: Moment?
  /// A machine that nobody watches works as long as its run lasts.
  private(set) var isWorking = true
  private var changedAt: Moment?
  /// Somebody watches it.
  private(set) var isTold = false
  /// `worked` at the newest anchor.
  private(set) var anchored = Span.zero
  private var isPlenty = false
  private var recent = Stretch()
  private var earlier = Stretch()

  private struct Stretch: Hashable, Sendable, Codable {
    var use = Mass.zero
    var span = Span.zero
  }

  private static let stretch = Span.minutes(2)
  private static let shortest = Span.seconds(10)
  /// Below this it tells more of noise than of use.
  private static let least = Span.seconds(30)

  /// Another run: what the last one used tells nothing of it.
  mutating func restart(at moment: Moment) {
    var next = Pace()
    next.isWorking = isWorking
    next.isTold = isTold
    next.changedAt = changedAt
    next.clock = moment
    self = next
  }

  mutating func work(_ told: Bool?, at moment: Moment) {
    pass(to: moment)
    let isWorking = told ?? true
    // Of the time before anybody told, nothing is known.
    if self.isWorking != isWorking { changedAt = isTold ? moment : nil }
    self.isWorking = isWorking
    isTold = told != nil
  }

  /// A stable step of use.
  ///
  /// - Parameter plenty: so much use is beyond the scale's noise.
  mutating func use(_ mass: Mass, at moment: Moment, plenty: Mass) {
    recent.use += mass
    recent.span += skip(to: moment)
    isPlenty = recent.use + earlier.use >= plenty
    guard recent.span >= Self.stretch || (recent.use >= plenty && recent.span >= Self.shortest) else {
      return
    }
    earlier = recent
    recent = Stretch()
  }

  /// A step that is no use.
  ///
  /// - Returns: for how long the machine worked since the last one.
  @discardableResult
  mutating func skip(to moment: Moment) -> Span {
    pass(to: moment)
    defer { anchored = worked }
    return worked - anchored
  }

  /// What was used in a time in which nobody saw it; zero while the run is too young to tell.
  func bridge(over span: Span) -> Mass {
    let (use, time) = (recent.use + earlier.use, recent.span + earlier.span)
    guard time >= (isPlenty ? Self.shortest : Self.least), use > .zero, span > .zero else { return .zero }
    return Mass(base: Int64(clamping: Int128(use.base) * Int128(span.base) / Int128(time.base)))
  }

  /// Over the last two to four minutes of work; zero while the run is too young to tell.
  var rate: MassRate { MassRate(base: bridge(over: .minutes(1)).base) }

  /// For how long the machine worked in a short while up to now.
  func working(from start: Moment, to end: Moment) -> Span {
    guard isWorking else {
      return max(.zero, changedAt.flatMap { min($0, end).since(start) } ?? .zero)
    }
    return max(.zero, end.since(max(changedAt ?? start, start)) ?? .zero)
  }

  /// Whether the machine started or stopped in a short while.
  func hasChanged(since moment: Moment) -> Bool { changedAt.map { $0 >= moment } ?? false }

  /// When the machine last worked, up to now; `nil` where it never did.
  func lastWorked(by now: Moment) -> Moment? { isWorking ? now : changedAt.map { min($0, now) } }

  private mutating func pass(to moment: Moment) {
    defer { clock = max(clock ?? moment, moment) }
    guard isWorking, let clock, let span = moment.since(clock), span > .zero else { return }
    worked += span
  }
}
