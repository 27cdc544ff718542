struct KeyedReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let context: DecodingContext
  let object: JSONObject
  let trail: Trail?

  var codingPath: [any CodingKey] { trail.codingPath }
  var allKeys: [Key] { object.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { object.contains(key.stringValue) }

  func decodeNil(forKey key: Key) throws -> Bool { try value(key).isNull }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try read(type, key) }

  func read<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T {
    try context.read(type, value(key), Trail(trail, key))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try superDecoder(forKey: key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try superDecoder(forKey: key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try decoder(SuperKey()) }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

  private func decoder(_ key: any CodingKey) throws -> ValueDecoder {
    ValueDecoder(context: context, value: try value(key), trail: Trail(trail, key))
  }

  private func value(_ key: any CodingKey) throws(JSONCodingError) -> JSONValue {
    guard let value = object[key.stringValue] else {
      throw JSONCodingError(trail, "the key \(key.stringValue.quotedForMessage) is missing")
    }
    return value
  }
}

struct UnkeyedReader: UnkeyedDecodingContainer {
  let context: DecodingContext
  let values: [JSONValue]
  let trail: Trail?
  private(set) var currentIndex = 0

  init(context: DecodingContext, values: [JSONValue], trail: Trail?) {
    self.context = context
    self.values = values
    self.trail = trail
  }

  var codingPath: [any CodingKey] { trail.codingPath }
  var count: Int? { values.count }
  var isAtEnd: Bool { currentIndex >= values.count }

  mutating func decodeNil() throws -> Bool {
    guard try next().isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try read(type) }

  mutating func read<T: Decodable>(_ type: T.Type) throws -> T {
    let result = try context.read(type, next(), Trail(trail, IndexKey(currentIndex)))
    currentIndex += 1
    return result
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    let container = try decoder().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try decoder().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try decoder()
    currentIndex += 1
    return decoder
  }

  private func decoder() throws -> ValueDecoder {
    ValueDecoder(context: context, value: try next(), trail: Trail(trail, IndexKey(currentIndex)))
  }

  private func next() throws(JSONCodingError) -> JSONValue {
    guard currentIndex < values.count else {
      throw JSONCodingError(trail, "expected more than the \(values.count) elements that are there")
    }
    return values[currentIndex]
  }
}

struct SingleReader: SingleValueDecodingContainer {
  let context: DecodingContext
  let value: JSONValue
  let trail: Trail?

  var codingPath: [any CodingKey] { trail.codingPath }

  func decodeNil() -> Bool { value.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try context.read(type, value, trail)
  }
}
