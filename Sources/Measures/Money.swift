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

  /// By minor digits: the currencies in use of ISO 4217's list one, as of 2026. Left out is what no invoice is in: units of
  /// account and funds (CLF, USN, XDR), metals, and the codes for tests and for none.
  private static let known: [(digits: Int, codes: String)] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"),
    (
      2,
      """
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY \
      COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
      IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR \
      MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG \
      SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES \
      WST XCD XCG YER ZAR ZMW ZWG
      """
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
  ]
  private static let digits: [Substring: Int] = Dictionary(
    uniqueKeysWithValues: known.flatMap { entry in
      entry.codes.split(separator: " ").map { ($0, entry.digits) }
    })

  /// - Returns: `nil` unless the code is in use.
  public init?(code: String) {
    guard let digits = Self.digits[code[...]] else { return nil }
    self.code = code
    minorDigits = digits
  }

  public var description: String { code }
}
