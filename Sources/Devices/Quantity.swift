public import Measures
public import Metering

/// What a number measures, with the unit it is given in.
public enum Quantity: Hashable, Sendable {
  /// `division` is the scale's smallest step, d.
  case weight(MassUnit, division: Mass)
  /// A scale without a unit of its own: two weighings tell what its counts mean.
  case calibratedWeight(Calibration, division: Mass)
  case energy(EnergyUnit)
  case power(PowerUnit)
  /// Material that the machine itself says it used: a counter.
  case materialUsed(MassUnit)
  /// The same as a length of filament, in millimeters.
  case filamentUsed(Filament)
  /// Pieces made: a counter.
  case pieces
  /// How long the machine says it has run; `step` is the least by which that grows.
  case runningTime(TimeUnit, step: Span)

  public var kind: ChannelKind {
    switch self {
    case .weight, .calibratedWeight: .weight
    case .energy: .energy
    case .power: .power
    case .materialUsed, .filamentUsed: .materialUsed
    case .pieces: .pieces
    case .runningTime: .runningTime
    }
  }

  /// The smallest step of a scale; `nil` for all else.
  public var division: Mass? {
    switch self {
    case .weight(_, let division), .calibratedWeight(_, let division): division
    case .energy, .power, .materialUsed, .filamentUsed, .pieces, .runningTime: nil
    }
  }

  /// The amount in base units, or `outOfRange` where it cannot be one of these.
  func value(of amount: Decimal, stable: Bool?) -> ReadingValue {
    switch self {
    case .weight(let unit, _):
      if let mass = Mass(amount, unit) { return .weight(mass, stable: stable) }
    case .calibratedWeight(let calibration, _):
      if let mass = calibration.mass(of: amount) { return .weight(mass, stable: stable) }
    case .energy(let unit):
      if let energy = Energy(amount, unit), !energy.isNegative { return .energy(energy) }
    case .power(let unit):
      if let power = Power(amount, unit) { return .power(power) }
    case .materialUsed(let unit):
      if let mass = Mass(amount, unit), !mass.isNegative { return .count(mass.milligrams) }
    case .filamentUsed(let filament):
      if let mass = filament.mass(ofMillimeters: amount), !mass.isNegative { return .count(mass.milligrams) }
    case .pieces:
      if let count = amount.int64, count >= 0 { return .count(count) }
    case .runningTime(let unit, _):
      let time = amount.multiplied(by: Decimal(unit.span.milliseconds))?.rounded(to: 0).int64
      if let time, time >= 0 { return .count(time) }
    }
    return .rejected(.outOfRange)
  }
}

extension Quantity {
  /// An amount of a counter in its channel's base unit; `nil` where it cannot be one.
  public func base(of amount: Decimal) -> Int64? {
    switch value(of: amount, stable: nil) {
    case .energy(let energy): energy.base
    case .count(let count): count
    case .weight, .state, .power, .action, .task, .rejected: nil
    }
  }
}

/// What a machine counts its running time in.
public enum TimeUnit: String, Hashable, Sendable, CaseIterable {
  case ms, s, min, h

  public var span: Span {
    switch self {
    case .ms: .milliseconds(1)
    case .s: .seconds(1)
    case .min: .minutes(1)
    case .h: .hours(1)
    }
  }
}

/// What a raw count weighs, by two weighings: nothing, and something known.
public struct Calibration: Hashable, Sendable {
  public struct Weighing: Hashable, Sendable {
    public var count: Decimal
    public var mass: Mass

    public init(count: Decimal, mass: Mass) {
      self.count = count
      self.mass = mass
    }
  }

  public let first: Weighing
  public let second: Weighing

  /// - Returns: `nil` if the two do not tell a line: equal counts, or equal masses.
  public init?(_ first: Weighing, _ second: Weighing) {
    guard first.count != second.count, first.mass != second.mass else { return nil }
    self.first = first
    self.second = second
  }

  /// On the line through both weighings, rounded half-up to a milligram; `nil` beyond what a mass can be.
  func mass(of count: Decimal) -> Mass? {
    guard let offset = count.subtracting(first.count), let range = second.count.subtracting(first.count),
      let product = offset.multiplied(by: Decimal((second.mass - first.mass).milligrams)),
      let above = product.divided(by: range, roundedTo: 0)?.int64
    else { return nil }
    let mass = first.mass + Mass(milligrams: above)
    return mass.magnitude <= Mass.limit ? mass : nil
  }
}

/// How a length of filament weighs.
public struct Filament: Hashable, Sendable {
  /// Cross-section times density, to nine decimals.
  public let milligramsPerMillimeter: Decimal

  /// - Parameters:
  ///   - diameter: in millimeters, above 0.
  ///   - density: in grams per cubic centimeter, above 0, which are milligrams per cubic millimeter.
  /// - Returns: `nil` for what is no filament.
  public init?(diameter: Decimal, density: Decimal) {
    // A quarter of π, to more places than any caliper has.
    guard diameter > .zero, density > .zero, let quarter = Decimal("0.785398163397448"),
      let square = diameter.multiplied(by: diameter),
      let area = square.multiplied(by: quarter)?.rounded(to: 9),
      let weight = area.multiplied(by: density)?.rounded(to: 9), weight > .zero
    else { return nil }
    milligramsPerMillimeter = weight
  }

  func mass(ofMillimeters length: Decimal) -> Mass? {
    length.scaled(by: milligramsPerMillimeter).flatMap { Mass($0, .mg) }
  }
}
