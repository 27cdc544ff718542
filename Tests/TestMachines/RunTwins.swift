import Measures
public import Metering

/// The same day played twice, otherwise: what must be the same is.
public enum RunTwins {
  /// With a wall clock that is never off: every stretch from and to the same uptime, as long, settled alike.
  ///
  /// - Returns: what differs first.
  public static func difference(_ facts: [Fact], wallRight other: [Fact]) -> String? {
    let (left, right) = (withoutWall(facts), withoutWall(other))
    if let (left, right) = zip(left, right).first(where: { $0 != $1 }) { return "\(left)\n    not \(right)" }
    return left.count == right.count ? nil : "\(left.count) facts, not \(right.count)"
  }

  private static func at(_ moment: Moment) -> String { "\(moment.boot):\(moment.uptime.milliseconds)" }

  private static func withoutWall(_ facts: [Fact]) -> [String] {
    // When a segment has lasted ten minutes across a boot, only the wall clock tells: the rows of a run may be cut
    // elsewhere, and together are the same.
    var counts: [RunID?: (amount: Int64, marks: Set<Mark>, gaps: [String])] = [:]
    for case .segment(let segment) in facts {
      var sum = counts[segment.account.run] ?? (0, [], [])
      sum.amount += segment.amount
      sum.marks.formUnion(segment.marks)
      sum.gaps += segment.gaps.map { "\(at($0.from)) to \(at($0.to)) \($0.settlement.rawValue)" }
      counts[segment.account.run] = sum
    }
    let runs = counts.map { run, sum in
      "\(run?.text ?? "-") \(sum.amount) \(sum.marks.map(\.rawValue).sorted()) \(run == nil ? [] : sum.gaps)"
    }
    return facts.compactMap(withoutWall) + runs.sorted()
  }

  private static func withoutWall(_ fact: Fact) -> String? {
    switch fact {
    case .stretch(let stretch):
      let span = stretch.span.map { "\($0.milliseconds)" } ?? "?"
      return
        "\(stretch.account.run?.text ?? "-") \(stretch.state.rawValue) \(at(stretch.from)) to \(at(stretch.to)) "
        + "\(span) \(stretch.gap?.settlement.rawValue ?? "")"
    case .segment: return nil
    case .changed(_, let from, let to, let moment): return "\(from.rawValue)>\(to.rawValue) \(at(moment))"
    case .loaded(_, let mass, let moment): return "\(mass) \(at(moment))"
    case .settled(_, let run, let moment): return "\(run) \(at(moment))"
    }
  }

  /// Without the kills: outside of the gaps, each instant of each run is in the same state.
  ///
  /// - Returns: milliseconds that are not.
  public static func milliseconds(of run: RunDay, _ facts: [Fact], unlike neverKilled: [Fact]) -> Int64 {
    var sum: Int64 = 0
    for number in run.day.runs.indices {
      let id = RunID("R\(number)")
      let (own, other) = (stretches(of: id, facts), stretches(of: id, neverKilled))
      var index = 0
      for stretch in own where stretch.gap == nil {
        let (from, to) = (run.day.clock.time(of: stretch.from), run.day.clock.time(of: stretch.to))
        while index > 0, index >= other.count || run.day.clock.time(of: other[index].from) > from {
          index -= 1
        }
        while index < other.count, run.day.clock.time(of: other[index].from) < to {
          let twin = other[index]
          let overlap =
            min(to, run.day.clock.time(of: twin.to)) - max(from, run.day.clock.time(of: twin.from))
          if overlap > 0, twin.state != stretch.state { sum += overlap }
          index += 1
        }
      }
    }
    return sum
  }

  private static func stretches(of id: RunID?, _ facts: [Fact]) -> [Stretch] {
    facts.compactMap {
      if case .stretch(let stretch) = $0, stretch.account.run == id { stretch } else { nil }
    }
  }
}
