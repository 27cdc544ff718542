// The protocols bring their own, refusing implementation for 128 bits, which goes before our generic one.

extension KeyedWriter {
  func encode(_ value: Int128, forKey key: Key) throws { try put(value, key) }
  func encode(_ value: UInt128, forKey key: Key) throws { try put(value, key) }
}

extension UnkeyedWriter {
  func encode(_ value: Int128) throws { try put(value) }
  func encode(_ value: UInt128) throws { try put(value) }
}

extension SingleWriter {
  func encode(_ value: Int128) throws { try put(value) }
  func encode(_ value: UInt128) throws { try put(value) }
}

extension KeyedReader {
  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 { try read(type, key) }
  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 { try read(type, key) }
}

extension UnkeyedReader {
  mutating func decode(_ type: Int128.Type) throws -> Int128 { try read(type) }
  mutating func decode(_ type: UInt128.Type) throws -> UInt128 { try read(type) }
}

extension SingleReader {
  func decode(_ type: Int128.Type) throws -> Int128 { try context.read(type, value, trail) }
  func decode(_ type: UInt128.Type) throws -> UInt128 { try context.read(type, value, trail) }
}
