// One generic `encode` in each container stands for the protocol's methods for every scalar type.

struct KeyedWriter<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let context: EncodingContext
  let object: ObjectSlot
  let trail: Trail?

  var codingPath: [any CodingKey] { trail.codingPath }

  func encodeNil(forKey key: Key) { object.put(.null, key) }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try put(value, key) }

  func put(_ value: some Encodable, _ key: Key) throws {
    object.put(try context.represent(value, Trail(trail, key)), key)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(key).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { encoder(SuperKey()) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

  private func encoder(_ key: any CodingKey) -> ValueEncoder {
    ValueEncoder(context: context, slot: object.slot(key), trail: Trail(trail, key))
  }
}

struct UnkeyedWriter: UnkeyedEncodingContainer {
  let context: EncodingContext
  let array: ArraySlot
  let trail: Trail?

  var codingPath: [any CodingKey] { trail.codingPath }
  var count: Int { array.count }

  func encodeNil() { array.put(.null) }

  func encode<T: Encodable>(_ value: T) throws { try put(value) }

  func put(_ value: some Encodable) throws {
    array.put(try context.represent(value, Trail(trail, IndexKey(array.count))))
  }

  func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder() }

  private func encoder() -> ValueEncoder {
    let trail = Trail(trail, IndexKey(array.count))
    return ValueEncoder(context: context, slot: array.slot(), trail: trail)
  }
}

struct SingleWriter: SingleValueEncodingContainer {
  let context: EncodingContext
  let slot: Slot
  let trail: Trail?

  var codingPath: [any CodingKey] { trail.codingPath }

  func encodeNil() { slot.put(.null) }

  func encode<T: Encodable>(_ value: T) throws { try put(value) }

  func put(_ value: some Encodable) throws {
    slot.put(try context.represent(value, trail))
  }
}
