/// A type that is one scalar of JSON: coded without an encoder or decoder of its own.
protocol JSONLeaf {
  /// Nil if JSON of ours has no place for the type.
  var jsonValue: JSONValue? { get }
  /// Nil if `value` is not exactly one of this type.
  static func reading(_ value: JSONValue) -> Self?
  /// `an integer from 0 to 255`.
  static var expectation: String { get }
}

extension JSONValue: JSONLeaf {
  var jsonValue: JSONValue? { self }
  static func reading(_ value: JSONValue) -> JSONValue? { value }
  static var expectation: String { "a value" }
}

extension String: JSONLeaf {
  var jsonValue: JSONValue? { .string(self) }
  static func reading(_ value: JSONValue) -> String? { value.string }
  static var expectation: String { "a string" }
}

extension Bool: JSONLeaf {
  var jsonValue: JSONValue? { .bool(self) }
  static func reading(_ value: JSONValue) -> Bool? { value.bool }
  static var expectation: String { "true or false" }
}

extension JSONLeaf where Self: FixedWidthInteger {
  var jsonValue: JSONValue? { .number(JSONNumber(self)) }
  static func reading(_ value: JSONValue) -> Self? { value.number?.exactly(Self.self) }
  static var expectation: String { "an integer from \(Self.min) to \(Self.max)" }
}

extension Int: JSONLeaf {}
extension Int8: JSONLeaf {}
extension Int16: JSONLeaf {}
extension Int32: JSONLeaf {}
extension Int64: JSONLeaf {}
extension Int128: JSONLeaf {}
extension UInt: JSONLeaf {}
extension UInt8: JSONLeaf {}
extension UInt16: JSONLeaf {}
extension UInt32: JSONLeaf {}
extension UInt64: JSONLeaf {}
extension UInt128: JSONLeaf {}

/// A binary fraction would come back as another number than the one that was billed, so none is let in.
protocol BinaryFloat: JSONLeaf {}

extension BinaryFloat {
  var jsonValue: JSONValue? { nil }
  static func reading(_ value: JSONValue) -> Self? { nil }
  static var expectation: String { "an exact decimal; binary floating point is not kept in records" }
}

extension Double: BinaryFloat {}
extension Float: BinaryFloat {}

/// A collection whose order differs from one process to the next. Encoded as an array, it is sorted, so that
/// equal values give equal bytes.
protocol HashOrdered {
  /// How many elements of the array stand together: a set's element, or a dictionary's key and value.
  static var together: Int { get }
}

extension Set: HashOrdered {
  static var together: Int { 1 }
}

extension Dictionary: HashOrdered {
  static var together: Int { 2 }
}

extension HashOrdered {
  static func sorted(_ values: [JSONValue]) -> [JSONValue] {
    Swift.stride(from: 0, to: values.count, by: Self.together)
      .map { (key: values[$0].sortedBytes, group: values[$0..<Swift.min($0 + Self.together, values.count)]) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .flatMap(\.group)
  }
}
