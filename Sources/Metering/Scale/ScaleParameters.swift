public import Measures

/// What a scale meter must know of its scale and its work center.
public struct ScaleParameters: Hashable, Sendable, Codable {
  /// The scale's smallest step, d.
  public var division: Mass
  /// The fastest that material can plausibly be used; a faster drop is a removal.
  public var maxUseRate: MassRate
  /// No believable reading for so long is a gap; `nil`: the device is kept fresh by its presence.
  public var maxAge: Span?
  /// Stable: within so many divisions …
  public var stableDivisions: Int64 = 3
  /// … for so long.
  public var stableFor = Span.seconds(1)
  /// After a run ends, a stable reading counts only once this has passed.
  public var settleFor = Span.seconds(2)
  /// … and after this the last anchor is taken, marked.
  public var settleLimit = Meter.settleLimit
  /// How long a lifted load may be away and still count as put back.
  public var returnLimit = Span.minutes(2)
  /// … where the scale showed nothing since: one that lost its zero may get it back much later.
  public var emptyLimit = Span.minutes(30)
  /// Levels that last no longer than this are parts of one change of load.
  public var handlingLimit = Span.seconds(15)
  /// An open segment is closed at least so often.
  public var closeAfter = Span.minutes(10)
  /// Unattributed use is closed once the scale was quiet for so long.
  public var quietAfter = Span.minutes(1)

  public init(
    division: Mass, maxUseRate: MassRate = MassRate(milligramsPerMinute: 30_000), maxAge: Span? = .seconds(60)
  ) {
    self.division = Swift.max(division, Mass(milligrams: 1))
    self.maxUseRate = maxUseRate
    self.maxAge = maxAge
  }

  var band: Mass { division * stableDivisions }
  /// Two stable levels may differ by so much through noise alone: each may lie anywhere in the band.
  var noise: Mass { Swift.max(band, division * 2) }
  /// Readings at rest lie so close to their mean, or to the line of a steady use.
  var deviation: Mass { division * 2 }
  /// Use that noise can shift by a few percent only.
  var plenty: Mass { division * 40 }
  /// Smaller changes of load are knocks and draughts; nobody weighs in so little.
  var bump: Mass { division * 20 }
}

/// A stable reading: the only kind that material is measured between.
struct Anchor: Hashable, Sendable, Codable {
  var mass: Mass
  var at: Moment
}

/// Use that is still growing.
struct OpenSegment: Hashable, Sendable, Codable {
  var account: Account
  var first: Anchor
  var gaps = GapList()
  var marks: [Mark] = []
  /// It began where a load fell to about zero: lifted off, or a scale that zeroed itself. Which of the two is
  /// clear only at its end.
  var isEmptied = false
  /// It fell to zero in an earlier run and nothing was put on it since: a scale that shows nothing below zero may
  /// have lost its baseline, and then it sees no use.
  var isLost = false
  /// For how long the machine worked while nothing stood on the scale.
  var empty = Span.zero

  init(account: Account, first: Anchor) {
    self.account = account
    self.first = first
  }

  mutating func mark(_ mark: Mark) {
    if !marks.contains(mark) { marks.append(mark) }
  }

  mutating func add(_ gap: Gap) { gaps.add(gap) }
}
