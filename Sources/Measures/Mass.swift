/// A mass in whole milligrams.
public struct Mass: Measure {
  public let base: Int64
  public init(base: Int64) { self.base = base }
  public init(milligrams: Int64) { base = milligrams }

  public var milligrams: Int64 { base }

  /// Readings beyond ±1,000,000 t are refused at the edge.
  public static let limit = Mass(milligrams: 1_000_000_000_000_000)

  /// - Returns: `nil` if the amount is beyond `limit` or cannot be held exactly enough.
  public init?(_ amount: Decimal, _ unit: MassUnit) {
    guard let mass = Self.fromDecimal(amount, times: unit.milligrams), mass.magnitude <= Self.limit else {
      return nil
    }
    self = mass
  }

  public var grams: Decimal { decimal(exponent: 3) }
  public var kilograms: Decimal { decimal(exponent: 6) }

  /// `962.5 g`.
  public var description: String { "\(grams) g" }
}

/// Units a scale may weigh in.
public enum MassUnit: String, Hashable, Sendable, Codable, CaseIterable {
  case mg, g, kg, oz, lb, t

  /// How many milligrams one unit is; the pound is the international one (exactly 453.59237 g).
  public var milligrams: Decimal {
    switch self {
    case .mg: .one
    case .g: Decimal(1000)
    case .kg: Decimal(1_000_000)
    case .t: Decimal(1_000_000_000)
    case .lb: Decimal(significand: 45_359_237, scale: 2) ?? .zero
    case .oz: Decimal(significand: 28_349_523_125, scale: 6) ?? .zero
    }
  }
}

/// How fast a mass changes, in milligrams per minute.
public struct MassRate: Measure {
  public let base: Int64
  public init(base: Int64) { self.base = base }
  public init(milligramsPerMinute: Int64) { base = milligramsPerMinute }

  /// The mass that passes in `span`, rounded toward zero; saturates.
  public func mass(over span: Span) -> Mass {
    let exact = Int128(base) * Int128(span.base) / 60_000
    return Mass(milligrams: Int64(clamping: exact))
  }

  /// Reads a rate above 0: `500g/min`, `2 kg/h`.
  public init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1] == "min" || parts[1] == "h" else { return nil }
    let digits = parts[0].prefix { !$0.isLetter }
    var number = digits
    while number.last == " " { number.removeLast() }
    guard let unit = MassUnit(rawValue: String(parts[0].dropFirst(digits.count))),
      let amount = Decimal(number), let mass = Mass(amount, unit),
      let perMinute = parts[1] == "min"
        ? mass.milligrams : Decimal(mass.milligrams).divided(by: Decimal(60), roundedTo: 0)?.int64,
      perMinute > 0
    else { return nil }
    self.init(milligramsPerMinute: perMinute)
  }

  public var description: String { "\(decimal(exponent: 3)) g/min" }
}
