internal import Measures

/// The range test of a scale: stable when every reading of the last `needed` span stayed within a band.
///
/// Streaming and constant in size: the window restarts when the band is left, so a stable scale has been
/// within the band for at least the span. That restart is also the hysteresis: leaving costs a whole span.
/// The level is the mean of the newest readings, so that an anchor does not hang on the noise of a single one.
struct StabilityWindow: Hashable, Sendable, Codable {
  private var low: Mass
  private var high: Mass
  private(set) var since: Moment
  /// The means are kept as sums of differences from the first reading, which the band keeps small.
  private let origin: Mass
  private var latest: Mass
  private var latestAt: Moment
  private var block: Block
  private var previous: Block?

  private struct Block: Hashable, Sendable, Codable {
    var start: Moment
    var sum = Mass.zero
    var count: Int64 = 0

    mutating func add(_ difference: Mass) {
      sum += difference
      count += 1
    }
  }

  /// Readings are averaged over one to two of these.
  private static let averaging = Span.seconds(2)

  init(_ mass: Mass, at moment: Moment) {
    low = mass
    high = mass
    since = moment
    origin = mass
    latest = mass
    latestAt = moment
    block = Block(start: moment)
    block.add(.zero)
  }

  mutating func add(_ mass: Mass, at moment: Moment, band: Mass) {
    let newLow = min(low, mass)
    let newHigh = max(high, mass)
    guard newHigh - newLow <= band, moment.boot == since.boot else {
      self = StabilityWindow(mass, at: moment)
      return
    }
    low = newLow
    high = newHigh
    latest = mass
    latestAt = moment
    let age = moment.uptime - block.start.uptime
    if age >= Self.averaging {
      previous = age < Self.averaging * 2 ? block : nil
      block = Block(start: moment)
    }
    block.add(mass - origin)
  }

  /// From here on the level is a mean of new readings only: what came before a run's end was still on its way.
  mutating func restartMean(at moment: Moment) {
    block = Block(start: moment)
    previous = nil
  }

  func isStable(at moment: Moment, for needed: Span) -> Bool {
    moment.since(since).map { $0 >= needed } ?? false
  }

  /// The level now. A source that reports only changes and is silent stands at what it said last.
  func level(at moment: Moment) -> Mass {
    guard let silence = moment.since(latestAt), silence < Self.averaging else { return latest }
    let sum = block.sum + (previous?.sum ?? .zero)
    let count = block.count + (previous?.count ?? 0)
    guard count > 0 else { return latest }
    return origin + Mass(base: sum.base / count)
  }
}

/// The highest anchor of the last 30 to 60 seconds: a dip that comes back up to it was noise, not a refill.
struct Crest: Hashable, Sendable, Codable {
  private var current: Anchor
  private var previous: Mass?

  private static let bucket = Span.seconds(30)

  init(_ anchor: Anchor) { current = anchor }

  var mass: Mass { max(current.mass, previous ?? current.mass) }

  mutating func add(_ anchor: Anchor) {
    guard let age = anchor.at.since(current.at), age < Self.bucket * 2 else {
      self = Crest(anchor)
      return
    }
    if age >= Self.bucket {
      previous = current.mass
      current = anchor
    } else if anchor.mass > current.mass {
      current.mass = anchor.mass
    }
  }
}
