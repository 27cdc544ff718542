extension Decimal: LosslessStringConvertible, Codable {
  /// Reads what people write: `12`, `-0.25`, `+3.50`.
  ///
  /// An exponent is refused: in a price list or at a command line it is a slip of the hand, and a thousandfold one.
  ///
  /// - Returns: `nil` for anything else, for more than 18 decimals, and for numbers out of range.
  public init?(_ text: some StringProtocol) {
    guard !text.utf8.contains(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) else {
      return nil
    }
    self.init(withExponent: text)
  }

  /// Reads what programs write, such as the numbers of JSON: also `1.5e3`, `2E-4`.
  ///
  /// - Returns: `nil` for anything else, for more than 18 decimals, and for numbers out of range.
  public init?(withExponent text: some StringProtocol) {
    var bytes = Substring(text).utf8[...]
    var negative = false
    if let sign = bytes.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
      negative = sign == UInt8(ascii: "-")
      bytes.removeFirst()
    }
    var significand: Int128 = 0
    var scale = 0
    var digits = 0
    var inFraction = false
    while let byte = bytes.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
      bytes.removeFirst()
      if byte == UInt8(ascii: "."), !inFraction, digits > 0 {
        inFraction = true
        guard !bytes.isEmpty else { return nil }
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (tens, tooMany) = significand.multipliedReportingOverflow(by: 10)
      let (sum, tooLarge) = tens.addingReportingOverflow(Int128(byte - UInt8(ascii: "0")))
      guard !tooMany, !tooLarge else { return nil }
      significand = sum
      digits += 1
      if inFraction { scale += 1 }
    }
    guard digits > 0, !(inFraction && scale == 0) else { return nil }
    if !bytes.isEmpty {
      bytes.removeFirst()
      guard let exponent = Int(Substring(bytes)), (-60...60).contains(exponent) else { return nil }
      scale -= exponent
    }
    self.init(signed: negative ? -significand : significand, anyScale: scale)
  }

  /// Brings a scale outside 0 to 18 into range where the digits allow it.
  private init?(signed: Int128, anyScale: Int) {
    var significand = signed
    var scale = anyScale
    while scale > Self.maximumScale, significand % 10 == 0, significand != 0 {
      significand /= 10
      scale -= 1
    }
    if significand == 0 { scale = 0 }
    if scale < 0 {
      guard let power = Self.powerOfTen(-scale) else { return nil }
      let (raised, overflow) = significand.multipliedReportingOverflow(by: power)
      guard !overflow else { return nil }
      significand = raised
      scale = 0
    }
    self.init(significand: significand, scale: scale)
  }

  /// Plain digits without an exponent and without trailing zeros: `24.9`, `-0.025`, `0`.
  public var description: String { text(minimumFractionDigits: 0) }

  /// Plain digits with at least so many after the point: money in its minor digits.
  public func text(minimumFractionDigits: Int) -> String {
    var digits = String(significand.magnitude)
    var scale = self.scale
    if digits.utf8.count <= scale {
      digits = String(repeating: "0", count: scale + 1 - digits.utf8.count) + digits
    }
    while scale < minimumFractionDigits {
      digits += "0"
      scale += 1
    }
    let sign = isNegative ? "-" : ""
    guard scale > 0 else { return sign + digits }
    return sign + digits.dropLast(scale) + "." + digits.suffix(scale)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Decimal(text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is not a decimal")
    }
    self = value
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
