/// A whole number of one base unit: milligrams, milliseconds, milliwatt-hours, minor units of a currency.
///
/// Sums saturate at the ends of `Int64` instead of trapping: 9 × 10¹⁸ milligrams is nine billion tonnes, and
/// readings are bounded long before that (`Mass.limit`), so saturation marks a broken input, not a real total.
public protocol Measure: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
  /// The amount in the base unit.
  var base: Int64 { get }
  init(base: Int64)
}

extension Measure {
  public static var zero: Self { Self(base: 0) }

  public static func < (left: Self, right: Self) -> Bool { left.base < right.base }

  public static func + (left: Self, right: Self) -> Self {
    let (sum, overflow) = left.base.addingReportingOverflow(right.base)
    return Self(base: overflow ? (left.base < 0 ? .min : .max) : sum)
  }

  public static func - (left: Self, right: Self) -> Self {
    let (difference, overflow) = left.base.subtractingReportingOverflow(right.base)
    return Self(base: overflow ? (left.base < 0 ? .min : .max) : difference)
  }

  public static func += (left: inout Self, right: Self) { left = left + right }
  public static func -= (left: inout Self, right: Self) { left = left - right }

  public static prefix func - (value: Self) -> Self { .zero - value }

  /// Times a small whole number; saturates like a sum.
  public static func * (left: Self, right: Int64) -> Self {
    let (product, overflow) = left.base.multipliedReportingOverflow(by: right)
    return Self(base: overflow ? ((left.base < 0) == (right < 0) ? .max : .min) : product)
  }

  public var magnitude: Self { base < 0 ? -self : self }
  public var isNegative: Bool { base < 0 }

  public init(from decoder: any Decoder) throws {
    self.init(base: try decoder.singleValueContainer().decode(Int64.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(base)
  }

  /// `amount` of a unit that is `factor` base units, rounded half-up to a whole base unit.
  static func fromDecimal(_ amount: Decimal, times factor: Decimal) -> Self? {
    guard let product = amount.multiplied(by: factor) else { return nil }
    guard let whole = product.rounded(to: 0).int64 else { return nil }
    return Self(base: whole)
  }

  /// The amount as an exact decimal of a unit that is 10 to the `exponent` base units.
  func decimal(exponent: Int) -> Decimal {
    Decimal(significand: Int128(base), scale: exponent) ?? .zero
  }
}
