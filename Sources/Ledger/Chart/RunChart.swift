import Contract
import Jobs
import Journal
public import Measures
public import Metering

/// What was read for a run, channel by channel, and what the meters made of it: to be drawn.
public struct RunChart: Sendable {
  /// The lines that stand for the readings of one channel, and the classes of its times.
  public struct Curve: Sendable {
    public let channel: ChannelID
    public let points: [TracePoint]
    public let bands: [Band]
    /// How close to the readings the line is: `within 0.05 g`.
    public let closeness: String
  }

  /// A time of one class.
  public struct Band: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
      /// Counted for the run.
      case use
      /// A hand changed the load.
      case byHand = "by hand"
      /// No believable reading.
      case gap
      /// Before and after the run.
      case outside = "not the run's"
    }

    public let kind: Kind
    public let from: Moment
    public let to: Moment
    /// How much was used, or put on and taken off.
    public let label: String
  }

  public let run: RunID
  public let curves: [Curve]
  /// What its machine did.
  public let states: [Stretch]
  public let from: Moment
  public let to: Moment

  /// - Returns: `nil` where nothing was kept of the run.
  /// - Throws: `JournalError`, or `ContractError` for a piece that this program cannot read.
  init?(_ run: RunID, in reader: JournalReader) throws {
    let facts = try Self.facts(of: run, reader)
    states = facts.compactMap { if case .stretch(let stretch) = $0 { stretch } else { nil } }
    curves = try StoredTrace.all(of: run, in: reader).compactMap { trace in
      guard ![.runState, .runningTime].contains(trace.head.channel.kind),
        trace.points.contains(where: \.isMeasured)
      else {
        return nil
      }
      let segments = facts.compactMap { fact -> Segment? in
        guard case .segment(let segment) = fact, segment.channel == trace.head.channel else { return nil }
        return segment
      }
      return Curve(
        channel: trace.head.channel, points: trace.points,
        bands: Self.bands(segments, trace.points), closeness: trace.head.closeness)
    }
    let moments = curves.flatMap(\.points).map(\.at)
    guard let first = moments.min(), let last = moments.max() else { return nil }
    self.run = run
    from = first
    to = last
  }

  /// With the curves of some channels alone; `nil` if there are none.
  func only(_ channels: Set<ChannelID>) -> RunChart? {
    let own = curves.filter { channels.contains($0.channel) }
    return own.isEmpty ? nil : RunChart(run: run, curves: own, states: states, from: from, to: to)
  }

  private init(run: RunID, curves: [Curve], states: [Stretch], from: Moment, to: Moment) {
    self.run = run
    self.curves = curves
    self.states = states
    self.from = from
    self.to = to
  }

  static func facts(of run: RunID, _ reader: JournalReader) throws -> [Fact] {
    try reader.rows(subject: EvidenceRows.subject(of: run)).compactMap { row in
      guard EventRecord.Kind(rawValue: row.kind) != nil,
        case .fact(let fact) = try EventRecord.decode(
          kind: row.kind, version: Int(row.version), bytes: row.body)
      else { return nil }
      return fact
    }
  }

  /// What lies between two segments of a run is somebody's hand; within one, what has no readings is a gap.
  private static func bands(_ segments: [Segment], _ points: [TracePoint]) -> [Band] {
    guard let first = points.first?.at, let last = points.last?.at else { return [] }
    var bands: [Band] = []
    var reached = first
    var level: Int64?
    var use: Int64 = 0
    var gaps: [Band] = []
    for segment in segments.sorted(by: { $0.from < $1.from }) where segment.to >= reached {
      let from = max(reached, segment.from)
      if from > reached {
        let change = level.map { segment.first - $0 }
        let label = change.map { ($0 > 0 ? "+" : "") + segment.channel.kind.text(of: $0) } ?? ""
        bands.append(Band(kind: level == nil ? .outside : .byHand, from: reached, to: from, label: label))
      }
      // A long use is closed into rows every ten minutes.
      let isMore = bands.last.map { $0.kind == .use && $0.to == from } ?? false
      use = isMore ? use + segment.amount : segment.amount
      let start = isMore ? bands.removeLast().from : from
      bands.append(
        Band(kind: .use, from: start, to: segment.to, label: segment.channel.kind.text(of: use)))
      gaps += segment.gaps.map { Band(kind: .gap, from: $0.from, to: $0.to, label: "") }
      reached = segment.to
      level = segment.last
    }
    if last > reached { bands.append(Band(kind: .outside, from: reached, to: last, label: "")) }
    return bands + gaps
  }

  /// How far from the beginning something lies, of the whole: 0 to `width`.
  func place(of moment: Moment, in width: Int) -> Int {
    let (age, whole) = (distance(to: moment), max(1, distance(to: to)))
    return Int(max(0, min(age, whole)) * Int64(width) / whole)
  }

  /// In milliseconds. Where a boot lies between and its clock is not to be trusted, its label must do for a picture.
  func distance(to moment: Moment) -> Int64 {
    (moment.since(from) ?? moment.wall.since(from.wall)).base
  }
}

extension RunChart.Curve {
  /// A piece of the line, of one class; a dot where it begins and ends alike.
  struct Stroke {
    let kind: RunChart.Band.Kind
    let from: Moment
    let to: Moment
    /// In the channel's base unit.
    let first: Int64
    let last: Int64
  }

  /// The lines between corners with nothing missing between them, cut where the class changes.
  var strokes: [Stroke] {
    let edges = Set(bands.flatMap { [$0.from, $0.to] }).sorted()
    var strokes: [Stroke] = []
    var before: TracePoint?
    for point in points where point.isMeasured {
      defer { before = point }
      guard let start = before, point.isJoined(to: start), let span = point.at.since(start.at), span > .zero
      else {
        strokes.append(stroke(from: (point.at, point.value.number), to: (point.at, point.value.number)))
        continue
      }
      var from = (at: start.at, number: start.value.number)
      let rise = Int128(point.value.number) - Int128(start.value.number)
      for edge in edges where start.at < edge && edge < point.at {
        let part = rise * Int128(edge.since(start.at)?.base ?? 0) / Int128(span.base)
        let to = (at: edge, number: Int64(clamping: Int128(start.value.number) + part))
        strokes.append(stroke(from: from, to: to))
        from = to
      }
      strokes.append(stroke(from: from, to: (point.at, point.value.number)))
    }
    return strokes
  }

  /// From the last reading before nothing was heard to the first after it.
  var breaks: [(from: TracePoint, to: TracePoint)] {
    let measured = points.filter(\.isMeasured)
    return zip(measured, measured.dropFirst()).filter { !$1.isJoined(to: $0) }.map { (from: $0, to: $1) }
  }

  private func stroke(
    from start: (at: Moment, number: Int64), to end: (at: Moment, number: Int64)
  ) -> Stroke {
    let middle = start.at.advanced(by: Span(base: (end.at.since(start.at)?.base ?? 0) / 2))
    return Stroke(kind: kind(at: middle), from: start.at, to: end.at, first: start.number, last: end.number)
  }

  var lowest: Int64 { points.filter(\.isMeasured).map(\.value.number).min() ?? 0 }
  var highest: Int64 { points.filter(\.isMeasured).map(\.value.number).max() ?? 0 }

  /// The class of a moment: a gap within a segment is a gap.
  func kind(at moment: Moment) -> RunChart.Band.Kind { kind { $0.from <= moment && moment <= $0.to } }

  func kind(where isThere: (RunChart.Band) -> Bool) -> RunChart.Band.Kind {
    let found = bands.filter(isThere).map(\.kind)
    return found.contains(.gap) ? .gap : found.last ?? .outside
  }
}

extension Trace.Head {
  /// How close to the readings its lines are, for people.
  var closeness: String {
    // A machine's states are words: only ones that did not last are left out of a coarse trace.
    if channel.kind == .runState {
      return level == 0 ? "exactly" : "but for states of under \(shortestWord.exact)"
    }
    return tolerance == 0 ? "exactly" : "within \(channel.kind.text(of: tolerance))"
  }
}

extension StoredTrace {
  /// All that is kept of a run.
  static func all(of run: RunID, in reader: JournalReader) throws -> [StoredTrace] {
    let pieces = Dictionary(grouping: try reader.traces(run: run.text), by: \.channel)
    return try pieces.keys.sorted().map { channel in
      try TraceRecord.stored((pieces[channel] ?? []).map { ($0.number, $0.body) })
    }
  }
}
