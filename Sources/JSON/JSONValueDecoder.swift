/// Turns JSON values into `Decodable` ones, exactly: an integer that does not fit is refused, never cut.
public struct JSONValueDecoder: Sendable {
  public var userInfo: [CodingUserInfoKey: any Sendable]

  public init(userInfo: [CodingUserInfoKey: any Sendable] = [:]) {
    self.userInfo = userInfo
  }

  /// Keys that `type` does not ask for are ignored.
  /// - Throws: `JSONCodingError`, with the path of the value that did not fit.
  public func decode<T: Decodable>(
    _ type: T.Type, from value: JSONValue
  ) throws(JSONCodingError) -> T {
    try DecodingContext(userInfo: userInfo).read(type, value, nil)
  }
}

struct DecodingContext {
  let userInfo: [CodingUserInfoKey: any Sendable]

  /// One value of `type`; `trail` is only built if it is needed.
  func read<T: Decodable>(
    _ type: T.Type, _ value: JSONValue, _ trail: @autoclosure () -> Trail?
  ) throws(JSONCodingError) -> T {
    if let leaf = type as? any JSONLeaf.Type {
      if let read = leaf.reading(value), let typed = read as? T { return typed }
      throw JSONCodingError(trail(), "expected \(leaf.expectation), found \(value.shown)")
    }
    let trail = trail()
    do {
      return try T(from: ValueDecoder(context: self, value: value, trail: trail))
    } catch {
      throw JSONCodingError(error, at: trail)
    }
  }
}

struct ValueDecoder: Decoder {
  let context: DecodingContext
  let value: JSONValue
  let trail: Trail?

  var codingPath: [any CodingKey] { trail.codingPath }
  var userInfo: [CodingUserInfoKey: Any] { context.userInfo }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let object) = value else { throw expected("an object") }
    if let key = object.equivalentKey {
      throw JSONCodingError(
        trail,
        "the key \(key.quotedForMessage) occurs twice, composed and decomposed; Swift cannot tell them apart")
    }
    return KeyedDecodingContainer(KeyedReader(context: context, object: object, trail: trail))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let values) = value else { throw expected("an array") }
    return UnkeyedReader(context: context, values: values, trail: trail)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer {
    SingleReader(context: context, value: value, trail: trail)
  }

  private func expected(_ what: String) -> JSONCodingError {
    JSONCodingError(trail, "expected \(what), found \(value.shown)")
  }
}

extension JSONObject {
  /// A key that another key equals as a `String`, though it is written with other scalars. A dictionary
  /// would silently keep one of the two.
  fileprivate var equivalentKey: String? {
    guard contains(where: { !$0.key.isASCII }) else { return nil }
    var seen: Set<String> = []
    return keys.first { !seen.insert($0).inserted }
  }
}
