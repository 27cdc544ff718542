internal import Measures

/// What a run uses while its scale can be trusted, for the times when it cannot: a load being changed.
///
/// A rate over the machine's own working time, of the last two to four minutes of it.
struct Pace: Hashable, Sendable, Codable {
  /// How long the machine has worked since the run began, up to `clock`.
  private var worked = Span.zero
  private var clock: Moment?
  /// A machine that nobody watches works as long as its run lasts.
  private(set) var isWorking = true
  /// `worked` at the newest anchor.
  private var anchored = Span.zero
  private var recent = Stretch()
  private var earlier = Stretch()

  private struct Stretch: Hashable, Sendable, Codable {
    var use = Mass.zero
    var span = Span.zero
  }

  private static let stretch = Span.minutes(2)
  /// Below this it tells more of noise than of use.
  private static let least = Span.seconds(30)

  /// Another run: what the last one used tells nothing of it.
  mutating func restart(at moment: Moment) {
    self = Pace(isWorking: isWorking)
    clock = moment
  }

  init(isWorking: Bool = true) { self.isWorking = isWorking }

  mutating func work(_ isWorking: Bool, at moment: Moment) {
    pass(to: moment)
    self.isWorking = isWorking
  }

  /// A stable step of use.
  mutating func use(_ mass: Mass, at moment: Moment) {
    recent.use += mass
    recent.span += skip(to: moment)
    guard recent.span >= Self.stretch else { return }
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
    guard time >= Self.least, use > .zero, span > .zero else { return .zero }
    return Mass(base: Int64(clamping: Int128(use.base) * Int128(span.base) / Int128(time.base)))
  }

  private mutating func pass(to moment: Moment) {
    defer { clock = max(clock ?? moment, moment) }
    guard isWorking, let clock, let span = moment.since(clock), span > .zero else { return }
    worked += span
  }
}
