/// An amount of money in whole minor units (cents, yen, fils) of the shop's one currency.
public struct Money: Measure {
  public let base: Int64
  public init(base: Int64) { self.base = base }
  public init(minorUnits: Int64) { base = minorUnits }

  /// Rounds an exact amount half-up, once, to the currency's minor unit; `nil` on overflow.
  public init?(rounding amount: Decimal, in currency: Currency) {
    let rounded = amount.rounded(to: currency.minorDigits)
    guard let minor = rounded.raised(to: currency.minorDigits), let base = Int64(exactly: minor) else {
      return nil
    }
    self.base = base
  }

  /// The amount as a decimal of the currency's major unit.
  public func amount(in currency: Currency) -> Decimal { decimal(exponent: currency.minorDigits) }

  /// `12.50`, `1250`, `1.250`: with the currency's minor digits, as the draft writes it.
  public func text(in currency: Currency) -> String {
    amount(in: currency).text(minimumFractionDigits: currency.minorDigits)
  }

  public var description: String { "\(base) minor units" }
}

/// A currency by its ISO 4217 code, with its number of minor digits.
public struct Currency: Hashable, Sendable, Codable, CustomStringConvertible {
  public let code: String
  /// 0 (JPY), 2 (USD) or 3 (KWD).
  public let minorDigits: Int

  private static let withoutMinor: Set<String> = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF",
    "XPF",
  ]
  private static let withThree: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]

  /// - Returns: `nil` unless the code is three capital letters.
  public init?(code: String) {
    guard code.utf8.count == 3, code.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else { return nil }
    self.code = code
    minorDigits = Self.withoutMinor.contains(code) ? 0 : Self.withThree.contains(code) ? 3 : 2
  }

  public var description: String { code }
}
