/// A string that is compared, hashed and ordered by what it is written with.
///
/// `String` compares by canonical equivalence: a composed and a decomposed "é" are equal there, though they
/// are different JSON keys. Two keys a sender told apart must not fall together here.
struct ExactText: Hashable {
  let text: String

  init(_ text: String) { self.text = text }

  static func == (left: ExactText, right: ExactText) -> Bool { left.text.isExactly(right.text) }

  func hash(into hasher: inout Hasher) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
      hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
    }
    if done == nil {
      Array(text.utf8).withUnsafeBytes { hasher.combine(bytes: $0) }
    }
    hasher.combine(0xFF as UInt8)
  }
}

extension String {
  /// Whether both consist of the same Unicode scalars.
  func isExactly(_ other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }

  /// RFC 8785, section 3.2.3: keys are ordered by their UTF-16 code units.
  ///
  /// UTF-8 bytes order the same way with one exception: U+E000–U+FFFF (lead bytes EE, EF) come after the
  /// supplementary planes (lead bytes F0–F4), which UTF-16 writes with the smaller D800–DFFF.
  func precedesInUTF16(_ other: String) -> Bool {
    func weight(_ byte: UInt8) -> UInt8 { byte == 0xEE || byte == 0xEF ? byte | 0x10 : byte }
    return utf8.lexicographicallyPrecedes(other.utf8) { weight($0) < weight($1) }
  }

  var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }

  /// In quotes, safe to print: long texts cut, everything invisible or treacherous escaped. For messages.
  var quotedForMessage: String {
    var result = "\""
    var room = 64
    for scalar in unicodeScalars {
      guard room > 0 else { return result + "…\"" }
      room -= 1
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default:
        if scalar == "\"" || scalar == "\\" { result += "\\" }
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
