public import JSON
public import MQTT

extension Message {
  /// The payload, where it is JSON.
  public var json: JSONValue? { try? JSONScanner.parse(payload, limits: .trusted) }
  public func string(_ key: String) -> String? { json?[key]?.string }
}
