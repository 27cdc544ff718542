public import Measures
public import Metering

/// What a number measures, with the unit it is given in.
public enum Quantity: Hashable, Sendable {
  /// `division` is the scale's smallest step, d.
  case weight(MassUnit, division: Mass)
  case energy(EnergyUnit)
  case power(PowerUnit)
  /// Material that the machine itself says it used: a counter.
  case materialUsed(MassUnit)
  /// Pieces made: a counter.
  case pieces

  public var kind: ChannelKind {
    switch self {
    case .weight: .weight
    case .energy: .energy
    case .power: .power
    case .materialUsed: .materialUsed
    case .pieces: .pieces
    }
  }

  /// The amount in base units, or `outOfRange` where it cannot be one of these.
  func value(of amount: Decimal, stable: Bool?) -> ReadingValue {
    switch self {
    case .weight(let unit, _):
      if let mass = Mass(amount, unit) { return .weight(mass, stable: stable) }
    case .energy(let unit):
      if let energy = Energy(amount, unit) { return .energy(energy) }
    case .power(let unit):
      if let power = Power(amount, unit) { return .power(power) }
    case .materialUsed(let unit):
      if let mass = Mass(amount, unit), !mass.isNegative { return .count(mass.milligrams) }
    case .pieces:
      if let count = amount.int64, count >= 0 { return .count(count) }
    }
    return .rejected(.outOfRange)
  }
}
