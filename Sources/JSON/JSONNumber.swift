/// A JSON number as it was written: `962.50` stays `962.50`. Equal means the same text.
public struct JSONNumber: Hashable, Sendable, CustomStringConvertible {
  /// The literal, always valid by the grammar of RFC 8259, section 6.
  public let text: String

  /// A number from its text; nil unless the whole text is one JSON number.
  public init?(text: String) {
    var grammar = NumberGrammar()
    for byte in text.utf8 {
      guard grammar.accepts(byte) else { return nil }
    }
    guard grammar.mayEnd else { return nil }
    self.text = text
  }

  /// An integer of any width, written out in full.
  public init(_ integer: some FixedWidthInteger) {
    text = String(integer)
  }

  /// For the scanner, which has just checked the grammar.
  init(checked text: String) {
    self.text = text
  }

  public var description: String { text }

  /// The value, if it is exactly an integer within range; `1e3` and `2.50e1` are, `1.5` is not.
  public var int64: Int64? { exactly(Int64.self) }

  /// The value, if it is exactly an integer that fits `type`. Never rounds, never traps.
  public func exactly<Integer: FixedWidthInteger>(_ type: Integer.Type) -> Integer? {
    if let plain = Integer(text) { return plain }

    var negative = false
    var digits: [UInt8] = []
    var scale = 0
    var exponent = 0
    var exponentIsNegative = false
    var part = Part.whole
    for byte in text.utf8 {
      switch (byte, part) {
      case (UInt8(ascii: "-"), .whole): negative = true
      case (UInt8(ascii: "-"), _): exponentIsNegative = true
      case (UInt8(ascii: "+"), _): break
      case (UInt8(ascii: "."), _): part = .fraction
      case (UInt8(ascii: "e"), _), (UInt8(ascii: "E"), _): part = .exponent
      case (_, .whole): digits.append(byte)
      case (_, .fraction):
        digits.append(byte)
        scale -= 1
      case (_, .exponent):
        // Beyond this no text is long enough to bring the value back into any integer's range.
        if exponent < 1 << 40 { exponent = exponent * 10 + Int(byte - UInt8(ascii: "0")) }
      }
    }
    scale += exponentIsNegative ? -exponent : exponent

    let zero = UInt8(ascii: "0")
    let leading = digits.prefix { $0 == zero }.count
    digits.removeFirst(leading)
    while digits.last == zero {
      digits.removeLast()
      scale += 1
    }
    if digits.isEmpty { return 0 }
    guard scale >= 0, digits.count <= Integer.bitWidth, scale <= Integer.bitWidth else { return nil }
    let sign = negative ? "-" : ""
    return Integer(sign + String(decoding: digits, as: UTF8.self) + String(repeating: "0", count: scale))
  }

  private enum Part { case whole, fraction, exponent }
}

/// The grammar of a number, one byte at a time.
struct NumberGrammar {
  private enum State { case start, minus, zero, whole, point, fraction, mark, sign, exponent }

  private var state = State.start

  /// Whether the bytes so far are a complete number.
  var mayEnd: Bool {
    switch state {
    case .zero, .whole, .fraction, .exponent: true
    case .start, .minus, .point, .mark, .sign: false
    }
  }

  /// Whether the bytes so far are `0` or `-0`, after which another digit would be a leading zero.
  var isZero: Bool { state == .zero }

  /// Takes the byte if the number can go on with it; otherwise stays as it is.
  mutating func accepts(_ byte: UInt8) -> Bool {
    guard let next = next(byte) else { return false }
    state = next
    return true
  }

  private func next(_ byte: UInt8) -> State? {
    switch (state, byte) {
    case (.start, UInt8(ascii: "-")): .minus
    case (.start, UInt8(ascii: "0")), (.minus, UInt8(ascii: "0")): .zero
    case (.start, UInt8(ascii: "1")...UInt8(ascii: "9")), (.minus, UInt8(ascii: "1")...UInt8(ascii: "9")):
      .whole
    case (.whole, UInt8(ascii: "0")...UInt8(ascii: "9")): .whole
    case (.zero, UInt8(ascii: ".")), (.whole, UInt8(ascii: ".")): .point
    case (.point, UInt8(ascii: "0")...UInt8(ascii: "9")), (.fraction, UInt8(ascii: "0")...UInt8(ascii: "9")):
      .fraction
    case (.zero, UInt8(ascii: "e")), (.whole, UInt8(ascii: "e")), (.fraction, UInt8(ascii: "e")): .mark
    case (.zero, UInt8(ascii: "E")), (.whole, UInt8(ascii: "E")), (.fraction, UInt8(ascii: "E")): .mark
    case (.mark, UInt8(ascii: "+")), (.mark, UInt8(ascii: "-")): .sign
    case (.mark, UInt8(ascii: "0")...UInt8(ascii: "9")), (.sign, UInt8(ascii: "0")...UInt8(ascii: "9")),
      (.exponent, UInt8(ascii: "0")...UInt8(ascii: "9")):
      .exponent
    default: nil
    }
  }
}
