public import Measures

/// A corner of the line that stands for many readings: what was read there, and how many it stands for.
public struct TracePoint: Hashable, Sendable {
  public let at: Moment
  public let value: ReadingValue
  /// This reading and those between it and the corner before, on the straight line from one to the other; 1 where no
  /// line leads here.
  public let readings: Int

  public init(at: Moment, value: ReadingValue, readings: Int) {
    self.at = at
    self.value = value
    self.readings = readings
  }

  /// A believed number.
  public var isMeasured: Bool {
    switch value {
    case .weight, .energy, .power, .count: true
    case .state, .action, .task, .rejected: false
    }
  }

  /// Whether nothing is missing between the corner before and this one.
  public func isJoined(to earlier: TracePoint) -> Bool {
    guard at.boot == earlier.at.boot else { return false }
    return readings > 1 || at.uptime - earlier.at.uptime <= Trace.Head.silence
  }
}

extension ReadingValue {
  /// What a line can be drawn through, in the base unit; zero for words.
  public var number: Int64 {
    switch self {
    case .weight(let mass, _): mass.base
    case .energy(let energy): energy.base
    case .power(let power): power.base
    case .count(let count): count
    case .state, .action, .task, .rejected: 0
    }
  }

  func with(_ number: Int64) -> ReadingValue {
    switch self {
    case .weight(_, let stable): .weight(Mass(base: number), stable: stable)
    case .energy: .energy(Energy(base: number))
    case .power: .power(Power(base: number))
    case .count: .count(number)
    case .state, .action, .task, .rejected: self
    }
  }

  /// All but the number: a line leads only through readings that are alike in it.
  func isAlike(_ other: ReadingValue) -> Bool { with(0) == other.with(0) }
}

extension [TracePoint] {
  /// The readings that the corners stand for, evenly spread along the lines between them.
  public func readings(on channel: ChannelID) -> [Reading] {
    var readings: [Reading] = []
    var before: TracePoint?
    for point in self {
      defer { before = point }
      guard let before, point.readings > 1, let span = point.at.since(before.at) else {
        readings.append(Reading(channel: channel, at: point.at, value: point.value))
        continue
      }
      let rise = Int128(point.value.number) - Int128(before.value.number)
      for place in 1...point.readings {
        let (part, whole) = (Int64(place), Int64(point.readings))
        let back = Span(base: span.base - span.base * part / whole)
        let number = Int128(before.value.number) + rise * Int128(part) / Int128(whole)
        readings.append(
          Reading(
            channel: channel, at: point.at.advanced(by: -back),
            value: place == point.readings ? point.value : point.value.with(Int64(clamping: number))))
      }
    }
    return readings
  }
}

extension [TracePoint] {
  /// The same with fewer words: a scale that says in turn that it moves and stands is moving; other words that last
  /// less than a span are left out, but for one in each such span.
  func withoutShortWords(_ shortest: Span) -> [TracePoint] {
    var kept: [TracePoint] = []
    var keptAt: Moment?
    var start = startIndex
    while start < endIndex {
      let first = self[start]
      let end = self[start...].firstIndex { !$0.value.isAlike(first.value) } ?? endIndex
      let isShort = end < endIndex && self[end].at.since(first.at).map { $0 < shortest } ?? false
      defer { start = end }
      if isShort, case .weight(_, _?) = first.value {
        kept += self[start..<end].map { point in
          guard case .weight(let mass, _) = point.value else { return point }
          return TracePoint(at: point.at, value: .weight(mass, stable: false), readings: point.readings)
        }
        continue
      }
      if isShort, let keptAt, first.at.since(keptAt).map({ $0 < shortest }) ?? false { continue }
      if case .weight = first.value {} else { keptAt = first.at }
      kept += self[start..<end]
    }
    return kept
  }
}
