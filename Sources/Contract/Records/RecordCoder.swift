internal import JSON

/// Codable values to deterministic bytes and back: equal values are equal bytes.
enum RecordCoder {
  static func encode(_ value: some Encodable, as what: String) throws(ContractError) -> [UInt8] {
    do {
      return try JSONValueEncoder().encode(value).sortedBytes
    } catch {
      throw ContractError("a record of kind \(what) cannot be written: \(error)")
    }
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from bytes: [UInt8], as what: String
  ) throws(ContractError) -> Value {
    let value = try ContractError.parsing(what, bytes)
    do {
      return try JSONValueDecoder().decode(type, from: value)
    } catch {
      throw ContractError("\(what) does not fit: \(error)")
    }
  }
}
