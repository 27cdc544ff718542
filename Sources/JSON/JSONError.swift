/// Why a text was refused, and where. `duplicate key "grams" at byte 34 (line 1, column 35)`.
public struct JSONError: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    case tooLarge(bytes: Int, maximum: Int)
    case tooDeep(maximum: Int)
    case tooManyKeys(maximum: Int)
    case stringTooLong(maximum: Int)
    case numberTooLong(maximum: Int)
    case byteOrderMark
    case invalidUTF8
    case controlCharacter(UInt8)
    case invalidEscape
    case loneSurrogate
    case leadingZero
    case duplicateKey(String)
    case unexpected(found: UInt8, expected: String)
    case unexpectedEnd(expected: String)
    case trailingText(found: UInt8)

    /// Whether a limit was passed, rather than the grammar broken (`too_large` rather than `malformed`).
    public var isLimit: Bool {
      switch self {
      case .tooLarge, .tooDeep, .tooManyKeys, .stringTooLong, .numberTooLong: true
      default: false
      }
    }
  }

  public let kind: Kind
  /// Counted from 0, in bytes. 0 for `tooLarge`, which is refused unread.
  public let offset: Int
  /// Counted from 1; lines end with a line feed.
  public let line: Int
  /// Counted from 1, in Unicode scalars.
  public let column: Int

  init(_ kind: Kind, at offset: Int, in bytes: [UInt8]) {
    self.kind = kind
    self.offset = offset
    var line = 1
    var column = 1
    for byte in bytes.prefix(max(0, offset)) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }
}

extension JSONError: CustomStringConvertible {
  public var description: String {
    if case .tooLarge(let bytes, let maximum) = kind {
      return "the document has \(bytes) bytes, \(maximum) are allowed"
    }
    return "\(kind.sentence) at byte \(offset) (line \(line), column \(column))"
  }
}

extension JSONError.Kind {
  fileprivate var sentence: String {
    switch self {
    case .tooLarge(let bytes, let maximum): "\(bytes) bytes, \(maximum) are allowed,"
    case .tooDeep(let maximum): "nested deeper than the \(maximum) levels allowed"
    case .tooManyKeys(let maximum): "more than the \(maximum) keys allowed in one document"
    case .stringTooLong(let maximum): "a string longer than the \(maximum) bytes allowed"
    case .numberTooLong(let maximum): "a number longer than the \(maximum) characters allowed"
    case .byteOrderMark: "a byte order mark, which JSON does not allow,"
    case .invalidUTF8: "not valid UTF-8"
    case .controlCharacter(let byte):
      "control character \(Self.shown(byte)) in a string, where it must be escaped,"
    case .invalidEscape: "an escape JSON does not know"
    case .loneSurrogate: "half of a surrogate pair"
    case .leadingZero: "a number with a leading zero"
    case .duplicateKey(let key): "duplicate key \(key.quotedForMessage)"
    case .unexpected(let found, let expected): "expected \(expected), found \(Self.shown(found))"
    case .unexpectedEnd(let expected): "the text ends where \(expected) is expected,"
    case .trailingText(let found): "expected nothing more, found \(Self.shown(found))"
    }
  }

  private static func shown(_ byte: UInt8) -> String {
    if (0x21...0x7E).contains(byte) { return "'\(Character(Unicode.Scalar(byte)))'" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }
}
