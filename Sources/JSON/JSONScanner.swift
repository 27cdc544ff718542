/// Reads JSON strictly: RFC 8259 to the letter, within limits, each key once, numbers kept as text.
public enum JSONScanner {
  /// The one value that `bytes` hold.
  ///
  /// Total over all inputs: any bytes give a value or an error, in time and memory bounded by `limits`.
  /// - Throws: `JSONError`, with the place of the first byte that could not be accepted; for a duplicate key
  ///   and for a string that is too long, the place of its opening quote.
  public static func parse(
    _ bytes: some Collection<UInt8>, limits: JSONLimits
  ) throws(JSONError) -> JSONValue {
    let count = bytes.count
    guard count <= limits.maximumBytes else {
      throw JSONError(.tooLarge(bytes: count, maximum: limits.maximumBytes), at: 0, in: [])
    }
    var scan = Scan(bytes: Array(bytes), limits: limits)
    return try scan.document()
  }
}

/// One reading of one document. The containers that are open stand in a list instead of on the stack, so
/// that depth costs no stack.
struct Scan {
  let bytes: [UInt8]
  let limits: JSONLimits
  var place = 0
  private var keys = 0
  private var open: [Container] = []

  private struct Container {
    let isObject: Bool
    var object = JSONObject()
    var values: [JSONValue] = []
  }

  init(bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error(.byteOrderMark, at: 0) }
    skipSpace()
    while true {
      guard let value = try begin() else { continue }
      if let document = try finish(value) { return document }
    }
  }

  /// Reads a scalar or an empty container; nil if a container was opened whose first value comes next.
  private mutating func begin() throws(JSONError) -> JSONValue? {
    guard let byte = peek else { throw unexpected("a value") }
    switch byte {
    case UInt8(ascii: "{"):
      try enter(isObject: true)
      if take(UInt8(ascii: "}")) { return leave() }
      try key()
      return nil
    case UInt8(ascii: "["):
      try enter(isObject: false)
      if take(UInt8(ascii: "]")) { return leave() }
      return nil
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw unexpected("a value")
    }
  }

  /// Puts a complete value where it belongs, closing what closes after it; nil if another value comes next.
  private mutating func finish(_ value: JSONValue) throws(JSONError) -> JSONValue? {
    var value = value
    while true {
      skipSpace()
      guard let last = open.indices.last else {
        if let found = peek { throw error(.trailingText(found: found)) }
        return value
      }
      if open[last].isObject {
        open[last].object.fill(value)
        if take(UInt8(ascii: ",")) {
          try key()
          return nil
        }
        guard take(UInt8(ascii: "}")) else { throw unexpected("a comma or '}'") }
      } else {
        open[last].values.append(value)
        if take(UInt8(ascii: ",")) { return nil }
        guard take(UInt8(ascii: "]")) else { throw unexpected("a comma or ']'") }
      }
      value = leave()
    }
  }

  private mutating func enter(isObject: Bool) throws(JSONError) {
    guard open.count < limits.maximumDepth else { throw error(.tooDeep(maximum: limits.maximumDepth)) }
    open.append(Container(isObject: isObject))
    place += 1
    skipSpace()
  }

  private mutating func leave() -> JSONValue {
    guard let container = open.popLast() else { return .null }
    return container.isObject ? .object(container.object) : .array(container.values)
  }

  private mutating func key() throws(JSONError) {
    let start = place
    guard peek == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
    keys += 1
    guard keys <= limits.maximumKeys else { throw error(.tooManyKeys(maximum: limits.maximumKeys)) }
    let key = try string()
    guard open[open.count - 1].object.open(key) else { throw error(.duplicateKey(key), at: start) }
    skipSpace()
    guard take(UInt8(ascii: ":")) else { throw unexpected("':' after the key") }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let letters = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
    for letter in letters {
      guard peek == letter else { throw unexpected("'\(word)'") }
      place += 1
    }
    return value
  }

  // MARK: Bytes

  var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  /// Steps over `byte` and the space after it, if it comes next.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    place += 1
    skipSpace()
    return true
  }

  private mutating func skipSpace() {
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): place += 1
      default: return
      }
    }
  }

  func error(_ kind: JSONError.Kind, at offset: Int? = nil) -> JSONError {
    JSONError(kind, at: offset ?? place, in: bytes)
  }

  func unexpected(_ expected: String) -> JSONError {
    guard let found = peek else { return error(.unexpectedEnd(expected: expected)) }
    return error(.unexpected(found: found, expected: expected))
  }
}
