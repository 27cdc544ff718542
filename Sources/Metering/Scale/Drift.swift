internal import Measures

/// How the level of a scale moves while nobody uses anything: it creeps under load, and its zero with the temperature.
///
/// Measured while the machine stands, and carried on a run's line as plus or minus; never corrected, for nobody knows
/// that it went on alike.
struct Drift: Hashable, Sendable, Codable {
  /// At rest since then.
  private var since: Moment?
  private var first: Anchor?
  private var last: Anchor?
  /// Of the newest rest that was long enough to tell.
  private var change = Mass.zero
  private var span = Span.zero

  /// What the machine used last is seen by then.
  private static let settling = Span.seconds(30)
  /// Below this it tells more of noise than of drift …
  private static let shortest = Span.minutes(10)
  /// … and beyond, more of another day's weather than of today's.
  private static let longest = Span.hours(4)

  /// Another level at which nothing is used.
  mutating func rest(at level: Anchor) {
    guard let since, let age = level.at.since(since) else {
      interrupt()
      since = level.at
      return
    }
    guard age >= Self.settling else { return }
    guard let first else {
      self.first = level
      return
    }
    last = level
    guard level.at.since(first.at).map({ $0 < Self.longest }) ?? false else {
      keep()
      self.first = level
      return
    }
  }

  /// Something is used, or somebody's hand was there.
  mutating func interrupt() {
    keep()
    since = nil
    first = nil
    last = nil
  }

  /// How much of what left the scale in a time may be drift, either way.
  ///
  /// - Parameter division: less than this, over all of a rest, is none that can be told.
  func over(_ time: Span, beyond division: Mass) -> Mass {
    let (change, span) = newest
    guard change.magnitude >= division, span > .zero, time > .zero else { return .zero }
    return Mass(base: Int64(clamping: Int128(change.magnitude.base) * Int128(time.base) / Int128(span.base)))
  }

  private mutating func keep() { (change, span) = newest }

  private var newest: (Mass, Span) {
    guard let first, let last, let span = last.at.since(first.at), span >= Self.shortest else {
      return (change, span)
    }
    return (last.mass - first.mass, span)
  }
}
