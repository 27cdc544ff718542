extension JSONValue: Codable {
  /// Only `JSONValueDecoder` can do this: no other decoder shows the text of a number.
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? ValueDecoder else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "a JSON value needs a JSONValueDecoder"))
    }
    self = decoder.value
  }

  /// Only `JSONValueEncoder` can do this.
  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? ValueEncoder else {
      throw EncodingError.invalidValue(
        self, .init(codingPath: encoder.codingPath, debugDescription: "a JSON value needs a JSONValueEncoder")
      )
    }
    encoder.slot.put(self)
  }
}
