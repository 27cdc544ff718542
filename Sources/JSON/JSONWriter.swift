/// Writes a value to bytes of UTF-8. Only the canonical form can fail.
struct JSONWriter {
  enum Style: Equatable {
    /// Keys in their order, nothing between.
    case compact
    /// Keys in their order, one member a line.
    case pretty(indent: Int)
    /// Keys sorted, numbers as they are written.
    case sorted
    /// RFC 8785.
    case canonical
  }

  private let style: Style
  private var bytes: [UInt8] = []
  private var level = 0
  private var path: [JSONPath.Component] = []

  init(_ style: Style) {
    self.style = style
  }

  static func bytes(_ value: JSONValue, _ style: Style) throws(JSONCanonicalError) -> [UInt8] {
    var writer = JSONWriter(style)
    try writer.write(value)
    return writer.bytes
  }

  private mutating func write(_ value: JSONValue) throws(JSONCanonicalError) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let number): try write(number)
    case .string(let text): write(text)
    case .array(let values): try write(values)
    case .object(let object): try write(object)
    }
  }

  private mutating func write(_ values: [JSONValue]) throws(JSONCanonicalError) {
    open(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      separate(first: index == 0)
      if style == .canonical { path.append(.index(index)) }
      try write(value)
      if style == .canonical { path.removeLast() }
    }
    close(UInt8(ascii: "]"), empty: values.isEmpty)
  }

  private mutating func write(_ object: JSONObject) throws(JSONCanonicalError) {
    open(UInt8(ascii: "{"))
    var first = true
    for (key, value) in inOrder(object) {
      separate(first: first)
      first = false
      write(key)
      bytes.append(UInt8(ascii: ":"))
      if case .pretty = style { bytes.append(UInt8(ascii: " ")) }
      if style == .canonical { path.append(.name(key)) }
      try write(value)
      if style == .canonical { path.removeLast() }
    }
    close(UInt8(ascii: "}"), empty: object.isEmpty)
  }

  private func inOrder(_ object: JSONObject) -> [JSONObject.Element] {
    let members = Array(object)
    switch style {
    case .compact, .pretty: return members
    case .sorted, .canonical: return members.sorted { $0.key.precedesInUTF16($1.key) }
    }
  }

  private mutating func write(_ number: JSONNumber) throws(JSONCanonicalError) {
    guard style == .canonical else {
      bytes.append(contentsOf: number.text.utf8)
      return
    }
    guard let integer = number.int64, integer.magnitude < 1 << 53 else {
      throw JSONCanonicalError(path: JSONPath(path), number: number)
    }
    bytes.append(contentsOf: String(integer).utf8)
  }

  /// RFC 8785, section 3.2.2.2: the short escapes where there is one, `\u00xx` in small letters for the
  /// other control characters, everything else as it is.
  private mutating func write(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape(byte)
      case 0x08: escape(UInt8(ascii: "b"))
      case 0x09: escape(UInt8(ascii: "t"))
      case 0x0A: escape(UInt8(ascii: "n"))
      case 0x0C: escape(UInt8(ascii: "f"))
      case 0x0D: escape(UInt8(ascii: "r"))
      case 0..<0x20:
        bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
        bytes.append(contentsOf: String(byte, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ letter: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(letter)
  }

  private mutating func open(_ bracket: UInt8) {
    bytes.append(bracket)
    level += 1
  }

  private mutating func separate(first: Bool) {
    if !first { bytes.append(UInt8(ascii: ",")) }
    breakLine()
  }

  private mutating func close(_ bracket: UInt8, empty: Bool) {
    level -= 1
    if !empty { breakLine() }
    bytes.append(bracket)
  }

  private mutating func breakLine() {
    guard case .pretty(let indent) = style else { return }
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: max(0, indent) * level))
  }
}
