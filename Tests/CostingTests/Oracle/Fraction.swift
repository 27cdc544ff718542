import Measures

/// A fraction of two integers: the tests' own exact arithmetic, nothing of the product's.
struct Fraction: Hashable {
  var top: Int128
  /// Above zero.
  var bottom: Int128

  init(_ top: Int128, over bottom: Int128 = 1) {
    self.top = top
    self.bottom = bottom
  }

  init(_ decimal: Decimal) { self.init(decimal.significand, over: Self.power(decimal.scale)) }

  /// So many minor units of a currency with so many decimals.
  init(minor: Int64, digits: Int) { self.init(Int128(minor), over: Self.power(digits)) }

  static func * (left: Fraction, right: Fraction) -> Fraction {
    Fraction(left.top * right.top, over: left.bottom * right.bottom)
  }

  static func / (left: Fraction, right: Fraction) -> Fraction {
    Fraction(left.top * right.bottom, over: left.bottom * right.top)
  }

  static func + (left: Fraction, right: Fraction) -> Fraction {
    left.bottom == right.bottom
      ? Fraction(left.top + right.top, over: left.bottom)
      : Fraction(left.top * right.bottom + right.top * left.bottom, over: left.bottom * right.bottom)
  }

  static func - (left: Fraction, right: Fraction) -> Fraction { left + Fraction(-1) * right }

  /// This many hundredths.
  var hundredths: Fraction { Fraction(top, over: bottom * 100) }

  /// With a percentage on it: 100 and 8.25 are 108.25.
  func raised(byPercent percent: Fraction) -> Fraction { self * (Fraction(1) + percent.hundredths) }

  /// The nearest integer of `self` × 10^digits, halves up (all amounts here are positive).
  func roundedHalfUp(digits: Int) -> Int64 {
    Int64((2 * top * Self.power(digits) + bottom) / (2 * bottom))
  }

  /// Rounded half up to so many decimals.
  func stated(digits: Int) -> Fraction { Fraction(minor: roundedHalfUp(digits: digits), digits: digits) }

  /// As a decimal, where it is a whole number of 10^-digits.
  func isSame(as decimal: Decimal) -> Bool {
    let other = Fraction(decimal)
    return top * other.bottom == other.top * bottom
  }

  static func power(_ digits: Int) -> Int128 { (0..<digits).reduce(Int128(1)) { power, _ in power * 10 } }
}
