import CMosquitto
import Glibc

/// An owned MQTT 5 property list of the C library.
struct PropertyList: ~Copyable {
  private(set) var head: OpaquePointer?

  init() {}

  deinit {
    var list = head
    mosquitto_property_free_all(&list)
  }

  mutating func add(_ identifier: mqtt5_property, int32 value: UInt32) {
    _ = mosquitto_property_add_int32(&head, Int32(identifier.rawValue), value)
  }

  mutating func add(_ identifier: mqtt5_property, int16 value: UInt16) {
    _ = mosquitto_property_add_int16(&head, Int32(identifier.rawValue), value)
  }

  mutating func add(_ identifier: mqtt5_property, string value: String) {
    _ = mosquitto_property_add_string(&head, Int32(identifier.rawValue), value)
  }

  mutating func add(_ identifier: mqtt5_property, binary value: [UInt8]) {
    guard let count = UInt16(exactly: value.count) else { return }
    _ = mosquitto_property_add_binary(&head, Int32(identifier.rawValue), value, count)
  }

  /// The properties of a PUBLISH.
  init(of publication: Publication) {
    if let topic = publication.responseTopic { add(MQTT_PROP_RESPONSE_TOPIC, string: topic) }
    if let data = publication.correlationData { add(MQTT_PROP_CORRELATION_DATA, binary: data) }
    if let type = publication.contentType { add(MQTT_PROP_CONTENT_TYPE, string: type) }
    if let expiry = publication.expirySeconds { add(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, int32: expiry) }
  }

  static func string(_ identifier: mqtt5_property, in list: OpaquePointer?) -> String? {
    var value: UnsafeMutablePointer<CChar>?
    guard mosquitto_property_read_string(list, Int32(identifier.rawValue), &value, false) != nil, let value
    else { return nil }
    defer { free(value) }
    return String(cString: value)
  }

  static func binary(_ identifier: mqtt5_property, in list: OpaquePointer?) -> [UInt8]? {
    var value: UnsafeMutableRawPointer?
    var count: UInt16 = 0
    guard mosquitto_property_read_binary(list, Int32(identifier.rawValue), &value, &count, false) != nil
    else { return nil }
    defer { free(value) }
    return [UInt8](UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : Int(count)))
  }
}
