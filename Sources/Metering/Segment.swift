public import Measures

/// A closed piece of use on one cumulative channel: the difference between two believed readings.
public struct Segment: Hashable, Sendable, Codable {
  public let channel: ChannelID
  public let account: Account
  public let from: Moment
  public let to: Moment
  /// The readings at both ends, in the channel's base unit (mg, mWh, pieces); of a scale its stable levels, each
  /// the mean of its newest readings.
  public let first: Int64
  public let last: Int64
  /// What was used, in the channel's base unit. Slightly negative when noise or drift outweighed use.
  public let amount: Int64
  /// How much of `amount` was not measured but bridged.
  public let estimated: Int64
  public let gaps: [Gap]
  public let marks: [Mark]
  /// Of a scale: how much a hand took at its end in mid-run. Nobody's use, and not part of `amount`.
  public let removed: Int64?
  /// Of a scale: how much of `amount` its own drift may be, either way, by how it moved while nothing was used; `nil`
  /// where that could not be told from nothing.
  public let drift: Int64?

  public init(
    channel: ChannelID, account: Account, from: Moment, to: Moment, first: Int64, last: Int64, amount: Int64,
    estimated: Int64 = 0, gaps: [Gap] = [], marks: [Mark] = [], removed: Int64? = nil, drift: Int64? = nil
  ) {
    self.channel = channel
    self.account = account
    self.from = from
    self.to = to
    self.first = first
    self.last = last
    self.amount = amount
    self.estimated = estimated
    self.gaps = gaps
    self.marks = marks
    self.removed = removed
    self.drift = drift
  }
}

/// A closed stretch of machine time in one state.
public struct Stretch: Hashable, Sendable, Codable {
  public let channel: ChannelID
  public let account: Account
  public let state: MachineState
  public let from: Moment
  public let to: Moment
  /// `nil` where neither clock could say how long it was.
  public let span: Span?
  /// Set where there was no data: how the gap was settled.
  public let gap: Gap?

  public init(
    channel: ChannelID, account: Account, state: MachineState, from: Moment, to: Moment, span: Span?,
    gap: Gap? = nil
  ) {
    self.channel = channel
    self.account = account
    self.state = state
    self.from = from
    self.to = to
    self.span = span
    self.gap = gap
  }
}

/// A time without believable data, and what was done about it.
public struct Gap: Hashable, Sendable, Codable {
  public enum Settlement: String, Hashable, Sendable, Codable {
    /// A cumulative source: the difference across the gap is what was used.
    case bracketed
    /// Short, and the same state on both sides.
    case bridged
    /// By the work center's `on_gap` policy.
    case billed, skipped, held
    /// The machine's own count of running time tells how much of it was that.
    case counted
    /// It was held, and somebody said what becomes of it; no meter says so.
    case settled
  }

  public let from: Moment
  public let to: Moment
  public let settlement: Settlement

  public init(from: Moment, to: Moment, settlement: Settlement) {
    self.from = from
    self.to = to
    self.settlement = settlement
  }

  /// Up to this, a pause between readings is none.
  public static let negligible = Span.seconds(1)
  /// Above this, a gap marks the line.
  public static let notable = Span.seconds(10)

  public var span: Span? { to.since(from) }
  /// Whether it must show on the line's quality: longer than ten seconds, or of unknown length.
  public var isNotable: Bool { span.map { $0 > Self.notable } ?? true }
}

/// Something about a segment that its line must not hide.
public enum Mark: String, Hashable, Sendable, Codable, CaseIterable {
  /// The load was changed in mid-run: the step is nobody's use.
  case loadChanged = "load_changed"
  /// The load fell faster than material can be used there, though not to zero, and did not come back: how much
  /// stands in `removed`.
  case removedByHand = "removed_by_hand"
  /// Taken off and put back within the run: before minus after.
  case liftedAndReturned = "lifted_and_returned"
  /// The scale fell to zero and showed its load again later than a lift takes: before minus after.
  case baselineReturned = "baseline_returned"
  /// The scale fell to zero under load, in this run or an earlier one, and was still there at the end; what was used
  /// meanwhile is unknown.
  case baselineLost = "baseline_lost"
  /// The scale was first believed only after the run had begun.
  case firstSeenInRun = "first_seen_in_run"
  /// No stable reading (of a counter: none at all) came within a minute of the end; the last one was taken.
  case endUnstable = "end_unstable"
  /// Not one believable reading during the run.
  case neverRead = "never_read"
  /// A counter started again from zero.
  case counterReset = "counter_reset"
  /// A counter went on from zero at the end of its width.
  case counterRolledOver = "counter_rolled_over"
  /// The daemon was restarted under way.
  case restarted
  /// Material was assumed to be the same after a change of load.
  case materialAssumed = "material_assumed"
}
