import Measures
public import Metering

extension FloorDay {
  /// A fact in one line, its times as they truly were.
  public func told(_ fact: Fact) -> String {
    func at(_ moment: Moment) -> String { seconds(clock.time(of: moment)) }
    switch fact {
    case .stretch(let stretch):
      let gap = stretch.gap.map { ", a gap, \($0.settlement.rawValue)" } ?? ""
      return "\(at(stretch.from)) to \(at(stretch.to)): \(stretch.account.run?.text ?? "nobody"): "
        + "\(stretch.state.rawValue)\(gap)"
    case .segment(let segment):
      let marks = segment.marks.map(\.rawValue).joined(separator: ", ")
      return "\(at(segment.from)) to \(at(segment.to)): \(segment.account.run?.text ?? "nobody"): "
        + "\(segment.first) to \(segment.last), \(segment.amount) used, \(segment.gaps.count) gaps; \(marks)"
    case .changed(_, let from, let to, let moment):
      return "\(at(moment)): from \(from.rawValue) to \(to.rawValue)"
    case .loaded(_, let mass, let moment): return "\(at(moment)): load changed by \(mass)"
    case .settled(_, let run, let moment): return "\(at(moment)): \(run) settled"
    }
  }

  /// What befell the day, a line each; readings only where they are not like the one before.
  public var story: [String] {
    var last: ReadingValue?
    var lines: [String] = []
    for step in steps {
      if case .said(let value) = step.event {
        defer { last = value }
        if case .rejected = value, value == last { continue }
        if case .state = value, value == last { continue }
        let late = step.takenAt < step.at ? ", late, of \(seconds(step.takenAt))" : ""
        lines.append("\(seconds(step.at)) \(value)\(late); \(clock.moment(step.at))")
      } else {
        lines.append("\(seconds(step.at)) \(step.event); \(clock.moment(step.at))")
      }
    }
    return lines
  }

  private func seconds(_ time: Int64) -> String {
    let rest = "\(time % 1000)"
    return "\(time / 1000).\(String(repeating: "0", count: max(0, 3 - rest.count)))\(rest) s"
  }
}
