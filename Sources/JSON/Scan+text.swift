extension Scan {
  /// A number as it stands, from its first byte to the last that can belong to it.
  mutating func number() throws(JSONError) -> JSONNumber {
    let start = place
    var grammar = NumberGrammar()
    while let byte = peek, grammar.accepts(byte) {
      place += 1
      guard place - start <= limits.maximumNumberBytes else {
        throw error(.numberTooLong(maximum: limits.maximumNumberBytes), at: start)
      }
    }
    guard grammar.mayEnd else { throw unexpected("a digit") }
    if grammar.isZero, let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      throw error(.leadingZero, at: place - 1)
    }
    return JSONNumber(checked: String(decoding: bytes[start..<place], as: UTF8.self))
  }

  /// A string from its opening quote to its closing one, escapes resolved, every byte of UTF-8 checked.
  mutating func string() throws(JSONError) -> String {
    let opening = place
    place += 1
    var run = place
    var resolved: [UInt8] = []  // what precedes `run`; stays empty for the many strings without escapes
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        let size = resolved.count + place - run
        guard size <= limits.maximumStringBytes else { throw tooLong(opening) }
        defer { place += 1 }
        if resolved.isEmpty { return String(decoding: bytes[run..<place], as: UTF8.self) }
        resolved.append(contentsOf: bytes[run..<place])
        return String(decoding: resolved, as: UTF8.self)
      case UInt8(ascii: "\\"):
        resolved.append(contentsOf: bytes[run..<place])
        guard resolved.count <= limits.maximumStringBytes else { throw tooLong(opening) }
        try escape(into: &resolved)
        run = place
      case 0..<0x20: throw error(.controlCharacter(byte))
      case 0x20..<0x80: place += 1
      default: try sequence(byte)
      }
    }
    throw unexpected("the closing quote of a string")
  }

  private func tooLong(_ opening: Int) -> JSONError {
    error(.stringTooLong(maximum: limits.maximumStringBytes), at: opening)
  }

  /// Steps over one multibyte sequence of UTF-8, as RFC 3629 allows them: shortest form, no surrogates,
  /// nothing above U+10FFFF.
  private mutating func sequence(_ lead: UInt8) throws(JSONError) {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw error(.invalidUTF8)
    }
    guard bytes.count - place >= length, second.contains(bytes[place + 1]) else { throw error(.invalidUTF8) }
    for offset in 2..<max(2, length) where bytes[place + offset] & 0xC0 != 0x80 {
      throw error(.invalidUTF8)
    }
    place += length
  }

  private mutating func escape(into resolved: inout [UInt8]) throws(JSONError) {
    let start = place
    place += 1
    guard let letter = peek else { throw unexpected("the rest of an escape") }
    place += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): resolved.append(letter)
    case UInt8(ascii: "b"): resolved.append(0x08)
    case UInt8(ascii: "f"): resolved.append(0x0C)
    case UInt8(ascii: "n"): resolved.append(0x0A)
    case UInt8(ascii: "r"): resolved.append(0x0D)
    case UInt8(ascii: "t"): resolved.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try scalar(from: start)
      resolved.append(contentsOf: String(Character(scalar)).utf8)
    default: throw error(.invalidEscape, at: start)
    }
  }

  /// The scalar of `\uXXXX`, or of the two that make a surrogate pair; `place` stands after the `u`.
  private mutating func scalar(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let unit = try codeUnit(start)
    if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
    guard unit < 0xDC00, peek == UInt8(ascii: "\\"), place + 1 < bytes.count,
      bytes[place + 1] == UInt8(ascii: "u")
    else { throw error(.loneSurrogate, at: start) }
    let secondStart = place
    place += 2
    let second = try codeUnit(secondStart)
    let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + UInt32(second & 0x3FF)
    guard (0xDC00...0xDFFF).contains(second), let scalar = Unicode.Scalar(value) else {
      throw error(.loneSurrogate, at: start)
    }
    return scalar
  }

  private mutating func codeUnit(_ escape: Int) throws(JSONError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = peek else { throw unexpected("the rest of an escape") }
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw error(.invalidEscape, at: escape)
      }
      unit = unit << 4 | UInt16(digit)
      place += 1
    }
    return unit
  }
}
