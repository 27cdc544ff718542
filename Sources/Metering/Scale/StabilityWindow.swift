internal import Measures

/// The range test of a scale: at rest, or emptied at one pace, when every reading lies close to one straight line that
/// falls no faster than material can be used.
///
/// Streaming and constant in size: the window restarts where a reading leaves the line, so leaving costs the whole
/// time that it takes to be stable again; that is the hysteresis. The level is the mean of the newest readings, at
/// their mean time: on a line they lie around it, so that neither the noise of a single one nor the slope shifts it.
struct StabilityWindow: Hashable, Sendable, Codable {
  private(set) var since: Moment
  /// Since when the device itself says that it is at rest, or says nothing.
  private var stillSince: Moment?
  private var count = 1
  private var low: Mass
  private var high: Mass
  /// Sums are kept of differences from the first reading.
  private let origin: Mass
  private var latest: Mass
  private(set) var latestAt: Moment
  private var block: Block
  private var previous: Block?

  /// Readings are averaged over one to two of these.
  private static let averaging = Span.seconds(8)
  /// So few readings may agree by chance, on a scale that shakes …
  private static let fewest = 3
  /// … and so few lie on some line, …
  private static let fewestOnLine = 4
  /// … even where the device says that its load moves: it does, but steadily.
  private static let fewestInMotion = 6
  /// A source that tells so seldom has no more to tell.
  private static let enough = Span.seconds(5)

  init(_ mass: Mass, isStill: Bool, at moment: Moment) {
    since = moment
    stillSince = isStill ? moment : nil
    low = mass
    high = mass
    origin = mass
    latest = mass
    latestAt = moment
    block = Block(start: moment)
    block.add(.zero, at: moment)
  }

  /// Adds a reading that fits.
  mutating func add(_ mass: Mass, isStill: Bool, at moment: Moment) {
    stillSince = isStill ? stillSince ?? moment : nil
    count += 1
    low = min(low, mass)
    high = max(high, mass)
    latest = mass
    latestAt = moment
    let age = moment.uptime - block.start.uptime
    if age >= Self.averaging {
      previous = age < Self.averaging * 2 ? block : nil
      block = Block(start: moment)
    }
    block.add(mass - origin, at: moment)
  }

  /// Whether a reading lies on the line.
  func fits(_ mass: Mass, at moment: Moment, _ parameters: ScaleParameters) -> Bool {
    guard moment.boot == since.boot else { return false }
    if count < Self.fewest {
      // Two readings make no line yet.
      let drop = latest - mass
      let most =
        parameters.maxAge == nil ? .zero : parameters.maxUseRate.mass(over: moment.uptime - latestAt.uptime)
      return drop <= most + parameters.band && drop >= -parameters.band
    }
    let age = (moment.uptime - block.start.uptime).base
    let off = line.distance(of: (mass - origin).base, at: age, fallingAtMost: parameters.maxUseRate)
    let limit = count < Self.fewestOnLine ? parameters.band : parameters.deviation
    return off <= limit
  }

  /// From now on the level is a mean of new readings only: what came before a run's end was still on its way.
  mutating func restartMean(at moment: Moment) {
    block = Block(start: moment)
    previous = nil
  }

  func isStable(at moment: Moment, for needed: Span, within band: Mass) -> Bool {
    guard let span = moment.since(since), span >= needed else { return false }
    guard let still = stillSince.flatMap({ moment.since($0) }), still >= needed else {
      return count >= Self.fewestInMotion && span >= needed * 2 && high - latest > band
    }
    if still >= Self.enough { return true }
    return high - low <= band ? count >= Self.fewest : count >= Self.fewestOnLine && span >= needed * 2
  }

  /// At rest beyond doubt: no knock lasts so long.
  func isSure(at moment: Moment) -> Bool { moment.since(since).map { $0 >= Self.enough } ?? true }

  /// Nothing more came for so long, from a source that tells every change.
  func isSilent(at moment: Moment, for needed: Span) -> Bool {
    stillSince != nil && moment.since(latestAt).map { $0 >= needed } ?? false
  }

  /// How fast the load falls, if there are enough readings to tell; zero where noise alone can look like that.
  func flow(beyond division: Mass) -> MassRate? {
    let line = self.line
    return line.count >= Self.fewest ? line.fall(beyond: division) : nil
  }

  /// The level is a mean of several readings, or there are no more to come soon.
  func isMean(at moment: Moment) -> Bool {
    block.count + (previous?.count ?? 0) >= Self.fewest
      || moment.since(latestAt).map { $0 >= Self.enough } ?? true
  }

  /// The level at the newest readings. A source that reports only changes and is silent stands at what it said last.
  func level(at moment: Moment) -> Anchor {
    guard let silence = moment.since(latestAt), silence < Self.averaging else {
      return Anchor(mass: latest, at: moment)
    }
    let sums = self.sums
    guard sums.count > 0 else { return Anchor(mass: latest, at: moment) }
    return Anchor(
      mass: origin + Mass(base: sums.mass / sums.count),
      at: block.start.advanced(by: Span(base: sums.time / sums.count)))
  }

  // MARK: The line

  private var sums: Block {
    guard let previous else { return block }
    return block.adding(previous)
  }

  private var line: LineClassifier {
    let sums = self.sums
    return LineClassifier(
      count: sums.count, time: sums.time, mass: sums.count > 0 ? sums.mass : (latest - origin).base,
      squares: sums.squares, products: sums.products)
  }

  /// Sums over some readings. Products may wrap around where a ton is gone in seconds: then there is no line.
  private struct Block: Hashable, Sendable, Codable {
    var start: Moment
    var count: Int64 = 0
    /// Milliseconds since the start, milligrams from the window's first reading.
    var time: Int64 = 0
    var mass: Int64 = 0
    var squares: Int64 = 0
    var products: Int64 = 0

    init(start: Moment) { self.start = start }

    mutating func add(_ difference: Mass, at moment: Moment) {
      let age = (moment.uptime - start.uptime).base
      count += 1
      time &+= age
      mass &+= difference.base
      squares &+= age &* age
      products &+= age &* difference.base
    }

    /// Both together, seen from this one's start.
    func adding(_ earlier: Block) -> Block {
      let shift = (start.uptime - earlier.start.uptime).base
      var sum = self
      sum.count += earlier.count
      sum.time &+= earlier.time &- shift &* earlier.count
      sum.mass &+= earlier.mass
      sum.squares &+= earlier.squares &- 2 &* shift &* earlier.time &+ shift &* shift &* earlier.count
      sum.products &+= earlier.products &- shift &* earlier.mass
      return sum
    }
  }
}
