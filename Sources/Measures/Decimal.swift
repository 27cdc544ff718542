/// An exact decimal number: an integer significand over a power of ten.
///
/// Money, prices and scale factors are decimals read from text, never binary floats. The significand has
/// the range of `Int128` (about 38 digits) and the scale is 0 to 18. Values are kept normalized (no trailing
/// zeros in the fraction), so equal numbers are equal values with equal hashes.
///
/// Every operation that can leave the range returns `nil` instead of trapping: an overflow holds a draft,
/// it does not end the daemon.
public struct Decimal: Hashable, Sendable {
  /// The number times 10 to the `scale`.
  public let significand: Int128
  /// Digits after the decimal point, 0 to 18.
  public let scale: Int

  public static let maximumScale = 18
  public static let zero = Decimal(0)
  public static let one = Decimal(1)

  /// Integers beyond the range are clamped to its ends.
  public init(_ integer: some BinaryInteger) {
    significand = max(Int128(clamping: integer), -Int128.max)
    scale = 0
  }

  /// - Returns: `nil` if the scale is outside 0 to 18, or for the one significand that has no negative.
  public init?(significand: Int128, scale: Int) {
    guard (0...Self.maximumScale).contains(scale), significand != .min else { return nil }
    self.init(normalizing: significand, scale: scale)
  }

  init(normalizing significand: Int128, scale: Int) {
    var significand = significand
    var scale = scale
    while scale > 0, significand % 10 == 0 {
      significand /= 10
      scale -= 1
    }
    self.significand = significand
    self.scale = scale
  }

  public var isNegative: Bool { significand < 0 }

  /// The number as an integer, `nil` if it has a fraction or does not fit.
  public var int64: Int64? { scale == 0 ? Int64(exactly: significand) : nil }

  static func powerOfTen(_ exponent: Int) -> Int128? {
    guard (0...38).contains(exponent) else { return nil }
    var power: Int128 = 1
    for _ in 0..<exponent { power *= 10 }
    return power
  }
}

extension Decimal: Comparable {
  public static func < (left: Decimal, right: Decimal) -> Bool {
    if left.scale == right.scale { return left.significand < right.significand }
    if left.isNegative != right.isNegative { return left.isNegative }
    // Compare whole parts first: raising the coarser one to the finer scale could overflow.
    let (leftWhole, leftFraction) = left.split
    let (rightWhole, rightFraction) = right.split
    if leftWhole != rightWhole { return leftWhole < rightWhole }
    return leftFraction < rightFraction
  }

  /// Whole part and fraction in units of 10⁻¹⁸.
  private var split: (whole: Int128, fraction: Int128) {
    let unit = Self.powerOfTen(scale) ?? 1
    let lift = Self.powerOfTen(Self.maximumScale - scale) ?? 1
    return (significand / unit, significand % unit * lift)
  }
}
