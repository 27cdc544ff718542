public import Measures
public import Metering

/// One unbroken stretch of a part at a work center, from start to pause, stop or complete.
public struct Run: Hashable, Sendable, Codable {
  public let id: RunID
  public var job: JobID
  public var part: PartID?
  /// Of a plate that several parts share: all of them, `part` first.
  public let plate: [PlateShare]
  public let workCenter: WorkCenterID
  public let startedBy: ActorID
  public let startedAt: Moment
  public var endedAt: Moment?
  /// Of one that was paused, that of the run in which its work went on.
  public var outcome: Outcome?
  /// The run that was paused before it, of the same work.
  public internal(set) var continues: RunID?
  /// Prices and billable states as they stood at the start: immutable, named by their hash.
  public let rules: RulesVersion
  public var time = TimeTally()
  /// Material per scale, material and lot.
  public var materials: [QuantityTally] = []
  public var energy: QuantityTally?
  /// What the machine itself says it used.
  public var reportedMaterial: QuantityTally?
  public var pieces: QuantityTally?
  /// Channels that have not yet had their last word.
  public var awaiting: [ChannelID] = []

  init(
    id: RunID, _ work: Work, workCenter: WorkCenterID, by actor: ActorID, at moment: Moment,
    rules: RulesVersion
  ) {
    self.id = id
    job = work.job
    part = work.part
    plate = work.plate
    self.workCenter = workCenter
    startedBy = actor
    startedAt = moment
    self.rules = rules
  }

  public var work: Work { Work(job: job, part: part, plate: plate) }

  /// What the machine says it used, where no scale weighed anything: the one that is billed.
  public var billedReport: QuantityTally? { materials.isEmpty ? reportedMaterial : nil }

  /// What the machine says it used, if it was heard at all.
  public var heardReport: QuantityTally? {
    reportedMaterial.flatMap { $0.marks.contains(.neverRead) ? nil : $0 }
  }

  /// All that its scales say.
  public var weighed: Mass { materials.reduce(.zero) { $0 + $1.mass } }

  /// Ended, and every meter has settled: its tallies will not change any more.
  public var isFinal: Bool { endedAt != nil && awaiting.isEmpty }
}

/// The running total of machine time, a total per state.
public struct TimeTally: Hashable, Sendable, Codable {
  public var states: [MachineState: Span] = [:]
  /// How much of each was taken across a gap by policy: estimated, not measured.
  public var billedGaps: [MachineState: Span] = [:]
  /// Gaps that show on the line, at most `maximumGaps`.
  public var gaps: [Gap] = []
  /// Gaps that somebody must decide on.
  public var held: [Gap] = []
  /// How long those gaps last together which the last of `held` stands for, once it stands for several: it covers what
  /// was measured between them too.
  public var heldInLast: Span?
  public var stretches = 0
  public var device: DeviceID?
  public var from: Moment?
  public var to: Moment?
  /// Timed by the operator's start and pause: there is no run-state channel.
  public var isManual = false

  public static let maximumGaps = 100

  mutating func add(_ stretch: Stretch) {
    device = stretch.channel.device
    from = from ?? stretch.from
    to = stretch.to
    stretches += 1
    if let span = stretch.span { states[stretch.state, default: .zero] += span }
    guard let gap = stretch.gap else { return }
    if gap.settlement == .billed { billedGaps[stretch.state, default: .zero] += stretch.span ?? .zero }
    if gap.settlement == .held || stretch.span == nil {
      hold(gap)
    } else {
      gaps.join(gap)
    }
  }

  mutating func hold(_ gap: Gap) {
    if held.count >= Self.maximumGaps, let last = held.last {
      heldInLast = (heldInLast ?? last.span).flatMap { sum in gap.span.map { sum + $0 } }
    }
    held.join(gap)
  }

  /// How long the held gaps may have been.
  public var doubt: Doubt { .time(held, inLast: heldInLast) }

  public func total(of wanted: [MachineState]) -> Span {
    wanted.reduce(.zero) { $0 + states[$1, default: .zero] }
  }

  public func billedGaps(of wanted: [MachineState]) -> Span {
    wanted.reduce(.zero) { $0 + billedGaps[$1, default: .zero] }
  }
}

extension QuantityTally? {
  func adding(_ segment: Segment) -> QuantityTally {
    guard var tally = self else { return QuantityTally(segment) }
    tally.add(segment)
    return tally
  }
}

extension [Gap] {
  /// A device that flaps for days must not grow the row without bound, nor hide a long gap behind many short ones:
  /// past the limit the last one reaches on.
  fileprivate mutating func join(_ gap: Gap) {
    if count >= TimeTally.maximumGaps, let last = popLast() {
      append(Gap(from: last.from, to: gap.to, settlement: last.settlement))
    } else {
      append(gap)
    }
  }
}

/// The running total of one cumulative quantity of one run on one channel.
public struct QuantityTally: Hashable, Sendable, Codable {
  public let channel: ChannelID
  public internal(set) var material: MaterialID?
  public let lot: String?
  /// In the channel's base unit (mg, mWh, pieces).
  public var amount: Int64 = 0
  public var estimated: Int64 = 0
  /// What hands took from the scale in mid-run: nobody's use, and not in `amount`.
  public var removed: Int64?
  /// How much of `amount` the scale's own drift may be, either way.
  public var drift: Int64?
  public var segments = 0
  public var from: Moment
  public var to: Moment
  public var first: Int64
  public var last: Int64
  public var gaps: [Gap] = []
  public var marks: [Mark] = []

  init(_ segment: Segment) {
    channel = segment.channel
    material = segment.account.material
    lot = segment.account.lot
    from = segment.from
    to = segment.to
    first = segment.first
    last = segment.last
    add(segment)
  }

  func belongsWith(_ segment: Segment) -> Bool {
    channel == segment.channel && material == segment.account.material && lot == segment.account.lot
  }

  mutating func add(_ segment: Segment) {
    amount = (Mass(base: amount) + Mass(base: segment.amount)).base
    estimated = (Mass(base: estimated) + Mass(base: segment.estimated)).base
    if let more = segment.removed { removed = (Mass(base: removed ?? 0) + Mass(base: more)).base }
    if let more = segment.drift { drift = (Mass(base: drift ?? 0) + Mass(base: more)).base }
    segments += 1
    to = segment.to
    last = segment.last
    for gap in segment.gaps { gaps.join(gap) }
    for mark in segment.marks { add(mark) }
  }

  mutating func add(_ mark: Mark) {
    if !marks.contains(mark) { marks.append(mark) }
  }

  public var mass: Mass { Mass(base: amount) }
  public var energy: Energy { Energy(base: amount) }
}
