import Measures
import Metering

/// What left a scale over a day, and where the meter says that it went.
public struct Balance: Sendable {
  /// Micrograms that were truly used, in runs or outside of them.
  public let used: Int64
  public let attributed: Int64
  public let unattributed: Int64
  /// How far the sum may be off by what the meter itself says: of each run max(2 d, 0.5 %), its estimates and its drift;
  /// before, between and after them what is too little for a row of its own, 3 d.
  public let stated: Int64
  /// A run's amount waits for somebody, so that there is no sum yet.
  public let isHeld: Bool

  public init(of day: ScaleDay) {
    var (attributed, unattributed, stated) = (Int64(0), Int64(0), Int64(0))
    var amounts: [RunID: Int64] = [:]
    var isHeld = false
    for case .segment(let segment) in Contender.facts(of: day) {
      guard let run = segment.account.run else {
        unattributed += segment.amount * 1000
        continue
      }
      attributed += segment.amount * 1000
      amounts[run, default: 0] += segment.amount * 1000
      stated += (abs(segment.estimated) + (segment.drift ?? 0)) * 1000
      isHeld = isHeld || segment.marks.contains(.baselineLost) || segment.marks.contains(.neverRead)
    }
    let division = day.division.base * 1000
    for run in day.runs.indices.compactMap({ RunID("R\($0)") }) {
      stated += max(2 * division, (amounts[run] ?? 0) / 200)
    }
    stated += 3 * division * Int64(day.runs.count + 1)
    used = day.used
    self.attributed = attributed
    self.unattributed = unattributed
    self.stated = stated
    self.isHeld = isHeld
  }

  public var off: Int64 { attributed + unattributed - used }
  public var isWithin: Bool { abs(off) <= stated }
}
