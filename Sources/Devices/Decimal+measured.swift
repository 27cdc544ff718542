import Measures

extension Decimal {
  /// A number of any length in decimal or exponent notation: what lies beyond the 18th decimal is rounded.
  ///
  /// A float near zero prints as `3.552713678800501e-15`, and a scale must not fall silent over it. Used only
  /// for text whose form is already known to be that of a number.
  /// - Returns: `nil` if it is too large.
  init?(measured text: some StringProtocol) {
    if let exact = Decimal(withExponent: text) {
      self = exact
      return
    }
    var significand: Int128 = 0
    var exponent = 0
    var digits = 0
    var inFraction = false
    var negative = false
    var rest = Substring(text).utf8[...]
    while let byte = rest.popFirst(), byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
      switch byte {
      case UInt8(ascii: "-"): negative = true
      case UInt8(ascii: "."): inFraction = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        // 30 digits say more than any instrument; the rest only moves the point.
        if digits < 30 {
          significand = significand * 10 + Int128(byte - UInt8(ascii: "0"))
          if significand != 0 { digits += 1 }
          if inFraction { exponent -= 1 }
        } else if !inFraction {
          exponent += 1
        }
      default: break
      }
    }
    if !rest.isEmpty {
      guard let written = Int(Substring(rest)) else { return nil }
      exponent += Swift.min(Swift.max(written, -10_000), 10_000)
    }
    while exponent < -Self.maximumScale, significand != 0 {
      // Only the last step may round, or 0.45 would become 0.5 and then 1.
      let isLast = exponent == -Self.maximumScale - 1
      significand = isLast ? (significand + 5) / 10 : significand / 10
      exponent += 1
    }
    if significand == 0 { exponent = 0 }
    while exponent > 0 {
      let (raised, overflow) = significand.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      significand = raised
      exponent -= 1
    }
    self.init(significand: negative ? -significand : significand, scale: -exponent)
  }

  /// Times a scale factor; exact unless it would need more than 18 decimals, which are rounded away.
  func scaled(by factor: Decimal) -> Decimal? {
    if let exact = multiplied(by: factor) { return exact.workable }
    return rounded(to: Swift.max(0, Self.maximumScale - factor.scale)).multiplied(by: factor)?.workable
  }

  /// Rounded to 12 decimals: finer than a milligram even of a tonne, and it leaves the exact arithmetic of
  /// units the room it needs.
  private var workable: Decimal { rounded(to: 12) }
}
