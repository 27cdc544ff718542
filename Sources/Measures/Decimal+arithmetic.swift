extension Decimal {
  /// `nil` on overflow, like every operation here.
  public func adding(_ other: Decimal) -> Decimal? {
    let scale = max(self.scale, other.scale)
    guard let left = raised(to: scale), let right = other.raised(to: scale) else { return nil }
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? nil : Decimal(significand: sum, scale: scale)
  }

  public func subtracting(_ other: Decimal) -> Decimal? {
    adding(other.negated)
  }

  /// The product, exact. `nil` if it needs more than 18 decimals or leaves the range.
  public func multiplied(by other: Decimal) -> Decimal? {
    let (product, overflow) = significand.multipliedReportingOverflow(by: other.significand)
    guard !overflow else { return nil }
    var significand = product
    var scale = self.scale + other.scale
    while scale > Self.maximumScale, significand % 10 == 0 {
      significand /= 10
      scale -= 1
    }
    return Decimal(significand: significand, scale: scale)
  }

  /// The quotient rounded half away from zero to `digits` decimals (0 to 18); `nil` for a zero divisor.
  public func divided(by divisor: Decimal, roundedTo digits: Int) -> Decimal? {
    guard divisor.significand != 0, (0...Self.maximumScale).contains(digits) else { return nil }
    // (a / 10^s) / (b / 10^t) at n decimals = a · 10^(n + t - s) / b
    let exponent = digits + divisor.scale - scale
    var numerator = significand
    var denominator = divisor.significand
    guard let power = Self.powerOfTen(exponent.magnitude < 39 ? Int(exponent.magnitude) : 39) else {
      return nil
    }
    let scaled =
      exponent >= 0
      ? numerator.multipliedReportingOverflow(by: power) : denominator.multipliedReportingOverflow(by: power)
    guard !scaled.overflow else { return nil }
    if exponent >= 0 { numerator = scaled.partialValue } else { denominator = scaled.partialValue }
    guard let quotient = Self.quotientRoundedHalfUp(numerator, denominator) else { return nil }
    return Decimal(significand: quotient, scale: digits)
  }

  /// Rounded half away from zero ("half-up" on an invoice) to `digits` decimals.
  public func rounded(to digits: Int) -> Decimal {
    guard digits >= 0, scale > digits, let unit = Self.powerOfTen(scale - digits),
      let quotient = Self.quotientRoundedHalfUp(significand, unit)
    else { return self }
    return Decimal(normalizing: quotient, scale: digits)
  }

  public var negated: Decimal { Decimal(normalizing: 0 - significand, scale: scale) }

  /// `percent` of this number, exact: 250 and 8.25 give 20.625.
  public func percent(_ percent: Decimal) -> Decimal? {
    guard let hundredth = Decimal(significand: 1, scale: 2), let rate = percent.multiplied(by: hundredth)
    else {
      return nil
    }
    return multiplied(by: rate)
  }

  /// The significand at a finer scale.
  public func raised(to newScale: Int) -> Int128? {
    guard let power = Self.powerOfTen(newScale - scale) else { return nil }
    let (raised, overflow) = significand.multipliedReportingOverflow(by: power)
    return overflow ? nil : raised
  }

  static func quotientRoundedHalfUp(_ numerator: Int128, _ denominator: Int128) -> Int128? {
    guard denominator != 0 else { return nil }
    let (quotient, remainder) = numerator.magnitude.quotientAndRemainder(dividingBy: denominator.magnitude)
    let up = remainder >= denominator.magnitude - remainder ? quotient + 1 : quotient
    guard let magnitude = Int128(exactly: up) else { return nil }
    return (numerator < 0) == (denominator < 0) ? magnitude : -magnitude
  }
}
