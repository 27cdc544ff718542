/// Electrical energy in whole milliwatt-hours.
public struct Energy: Measure {
  public let base: Int64
  public init(base: Int64) { self.base = base }
  public init(milliwattHours: Int64) { base = milliwattHours }

  /// Counters beyond 1 TWh are refused at the edge.
  public static let limit = Energy(milliwattHours: 1_000_000_000_000_000)

  public init?(_ amount: Decimal, _ unit: EnergyUnit) {
    // Watt-minutes are thirds of milliwatt-hours (1 W·min = 16⅔ mWh): multiply first, divide once.
    guard let product = amount.multiplied(by: Decimal(unit.milliwattHoursTimes3)),
      let whole = product.divided(by: Decimal(3), roundedTo: 0)?.int64
    else { return nil }
    let energy = Energy(milliwattHours: whole)
    guard energy.magnitude <= Self.limit else { return nil }
    self = energy
  }

  public var kilowattHours: Decimal { decimal(exponent: 6) }
  public var description: String { "\(kilowattHours) kWh" }
}

/// Units an energy counter may count in.
public enum EnergyUnit: String, Hashable, Sendable, Codable, CaseIterable {
  case mWh, Wh, kWh, Wmin

  var milliwattHoursTimes3: Int64 {
    switch self {
    case .mWh: 3
    case .Wh: 3000
    case .kWh: 3_000_000
    case .Wmin: 50
    }
  }
}

/// Electrical power in whole milliwatts.
public struct Power: Measure {
  public let base: Int64
  public init(base: Int64) { self.base = base }
  public init(milliwatts: Int64) { base = milliwatts }

  public init?(_ amount: Decimal, _ unit: PowerUnit) {
    guard let power = Self.fromDecimal(amount, times: unit.milliwatts) else { return nil }
    self = power
  }

  public var watts: Decimal { decimal(exponent: 3) }
  public var description: String { "\(watts) W" }
}

/// Units power may be given in.
public enum PowerUnit: String, Hashable, Sendable, Codable, CaseIterable {
  case mW, W, kW

  var milliwatts: Decimal {
    switch self {
    case .mW: .one
    case .W: Decimal(1000)
    case .kW: Decimal(1_000_000)
    }
  }
}
