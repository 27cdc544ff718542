/// Turns `Encodable` values into JSON values, exactly: integers of any width in full, no binary fractions.
///
/// Nil members that are encoded with `encodeIfPresent` (as synthesized code does) are left out. Sets, and
/// dictionaries whose keys are neither strings, integers nor `CodingKeyRepresentable`, become sorted arrays,
/// so that `sortedBytes` of equal values are equal.
public struct JSONValueEncoder: Sendable {
  public var userInfo: [CodingUserInfoKey: any Sendable]

  public init(userInfo: [CodingUserInfoKey: any Sendable] = [:]) {
    self.userInfo = userInfo
  }

  /// - Throws: `JSONCodingError`, with the path of the value that could not be encoded.
  public func encode(_ value: some Encodable) throws(JSONCodingError) -> JSONValue {
    try EncodingContext(userInfo: userInfo).represent(value, nil)
  }
}

struct EncodingContext {
  let userInfo: [CodingUserInfoKey: any Sendable]

  /// The JSON of one value; `trail` is only built if it is needed.
  func represent(
    _ value: some Encodable, _ trail: @autoclosure () -> Trail?
  ) throws(JSONCodingError) -> JSONValue {
    if let leaf = value as? any JSONLeaf {
      if let value = leaf.jsonValue { return value }
      throw JSONCodingError(trail(), "expected \(type(of: leaf).expectation), got a \(type(of: value))")
    }
    let trail = trail()
    let slot = Slot()
    do {
      try value.encode(to: ValueEncoder(context: self, slot: slot, trail: trail))
    } catch {
      throw JSONCodingError(error, at: trail)
    }
    let result = try slot.finished(trail)
    if case .array(let values) = result, let ordered = value as? any HashOrdered {
      return .array(type(of: ordered).sorted(values))
    }
    return result
  }
}

struct ValueEncoder: Encoder {
  let context: EncodingContext
  let slot: Slot
  let trail: Trail?

  var codingPath: [any CodingKey] { trail.codingPath }
  var userInfo: [CodingUserInfoKey: Any] { context.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(KeyedWriter(context: context, object: slot.object(), trail: trail))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    UnkeyedWriter(context: context, array: slot.array(), trail: trail)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleWriter(context: context, slot: slot, trail: trail)
  }
}
