import Measures
import Metering
import Testing

/// A fixed linear congruential generator (Knuth's MMIX constants): the same seed, the same trace.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(seed: Int) {
    state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    for _ in 0..<4 { _ = next() }
  }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var mixed = state
    mixed ^= mixed >> 31
    return mixed &* 0xBF58_476D_1CE4_E5B9 ^ (mixed >> 17)
  }

  mutating func roll(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }
  mutating func chance(_ oneIn: Int64) -> Bool { roll(1...oneIn) == 1 }
}

enum Sample {
  static func run(_ number: Int) throws -> RunID { try #require(RunID("R\(number)")) }
  static func material(_ name: String) throws -> MaterialID { try #require(MaterialID(name)) }
  static func channel(_ text: String) throws -> ChannelID { try #require(ChannelID(text)) }

  static func moment(_ seconds: Int64, boot: Int = 1, isTrusted: Bool = true) -> Moment {
    moment(milliseconds: seconds * 1000, boot: boot, isTrusted: isTrusted)
  }

  static func moment(milliseconds: Int64, boot: Int = 1, isTrusted: Bool = true) -> Moment {
    Moment(
      boot: boot, uptime: .milliseconds(milliseconds),
      wall: WallTime(milliseconds: 1_790_000_000_000 &+ milliseconds), isWallTrusted: isTrusted)
  }
}

extension Array where Element == Fact {
  var segments: [Segment] {
    compactMap { if case .segment(let segment) = $0 { segment } else { nil } }
  }
  var stretches: [Stretch] {
    compactMap { if case .stretch(let stretch) = $0 { stretch } else { nil } }
  }
  var loads: [Mass] {
    compactMap { if case .loaded(_, let mass, _) = $0 { mass } else { nil } }
  }
  var changes: [String] {
    compactMap { if case .changed(_, let from, let to, _) = $0 { "\(from)>\(to)" } else { nil } }
  }
  var settled: [RunID] {
    compactMap { if case .settled(_, let run, _) = $0 { run } else { nil } }
  }

  func segments(of run: RunID?) -> [Segment] { segments.filter { $0.account.run == run } }
  func amount(of run: RunID?) -> Int64 { segments(of: run).reduce(0) { $0 + $1.amount } }
  func marks(of run: RunID?) -> Set<Mark> { Set(segments(of: run).flatMap(\.marks)) }
  func gaps(of run: RunID?) -> [Gap] { segments(of: run).flatMap(\.gaps) }
  func span(of state: MachineState, run: RunID?) -> Int64 {
    stretches.filter { $0.state == state && $0.account.run == run }
      .reduce(0) { $0 + ($1.span?.milliseconds ?? 0) }
  }
}

/// A scale on a bench: one division is 0.1 g, read once a second, ticked after each reading.
struct ScaleBench {
  var meter: ScaleMeter
  var facts: [Fact] = []
  var now: Int64 = 0
  var boot = 1
  /// Milligrams on the scale.
  var load: Int64
  /// Peak of the noise, in milligrams.
  var noise: Int64 = 0
  var dice = Dice(seed: 7)
  let first: RunID
  let second: RunID

  init(load: Int64 = 1_000_000, maxAge: Span? = .seconds(10), rate: Int64 = 30_000) throws {
    let parameters = ScaleParameters(
      division: Mass(milligrams: 100), maxUseRate: MassRate(milligramsPerMinute: rate), maxAge: maxAge)
    meter = ScaleMeter(channel: try Sample.channel("scale-1/weight"), parameters: parameters)
    self.load = load
    first = try Sample.run(1)
    second = try Sample.run(2)
  }

  var moment: Moment { Sample.moment(now, boot: boot) }

  mutating func read(stable: Bool? = nil) {
    let wobble = noise == 0 ? 0 : dice.roll(-noise...noise)
    meter.apply(Mass(milligrams: load + wobble), stable: stable, at: moment, into: &facts)
  }

  /// Seconds of readings, with use at so many milligrams a second.
  mutating func weigh(_ seconds: Int64, using rate: Int64 = 0) {
    for _ in 0..<seconds {
      now += 1
      load -= rate
      read()
      meter.tick(moment, into: &facts)
    }
  }

  /// Seconds without readings.
  mutating func silence(_ seconds: Int64, using rate: Int64 = 0) {
    for _ in 0..<seconds {
      now += 1
      load -= rate
      meter.tick(moment, into: &facts)
    }
  }

  mutating func start(_ run: RunID) { meter.charge(Account(run: run), at: moment, into: &facts) }
  mutating func end(_ run: RunID) { meter.settle(run, at: moment, into: &facts) }
}
