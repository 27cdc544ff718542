internal import Measures

/// The range test of a scale: stable when every reading of the last `needed` span stayed within a band.
///
/// Streaming and constant in size: the window restarts when the band is left, so a stable scale has been
/// within the band for at least the span. That restart is also the hysteresis: leaving costs a whole span.
struct StabilityWindow: Hashable, Sendable, Codable {
  private var low: Mass
  private var high: Mass
  private(set) var since: Moment

  init(_ mass: Mass, at moment: Moment) {
    low = mass
    high = mass
    since = moment
  }

  mutating func add(_ mass: Mass, at moment: Moment, band: Mass) {
    let newLow = min(low, mass)
    let newHigh = max(high, mass)
    if newHigh - newLow > band || moment.boot != since.boot {
      self = StabilityWindow(mass, at: moment)
    } else {
      low = newLow
      high = newHigh
    }
  }

  func isStable(at moment: Moment, for needed: Span) -> Bool {
    moment.since(since).map { $0 >= needed } ?? false
  }
}
