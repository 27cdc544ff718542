internal import JSON
internal import Measures

/// A JSON object being built: `nil` leaves a member out.
struct Payload {
  var object = JSONObject()

  subscript(key: String) -> JSONValue? {
    get { object[key] }
    set { object[key] = newValue }
  }

  mutating func set(_ key: String, _ text: String?) { object[key] = text.map(JSONValue.string) }
  mutating func set<Kind>(_ key: String, _ id: Identifier<Kind>?) {
    object[key] = id.map { .string($0.text) }
  }
  mutating func set(_ key: String, _ decimal: Decimal?) {
    object[key] = decimal.map { .string($0.description) }
  }
  mutating func set(_ key: String, _ flag: Bool?) { object[key] = flag.map(JSONValue.bool) }
  mutating func set(_ key: String, _ moment: Moment?) {
    object[key] = moment.map { .string($0.wall.description) }
  }
  mutating func set(_ key: String, _ number: some FixedWidthInteger) { object[key] = .number(number) }
  mutating func set(_ key: String, _ list: [JSONValue]) { object[key] = .array(list) }

  var value: JSONValue { .object(object) }
  /// Members in the order they were set.
  var bytes: [UInt8] { value.compactBytes }
}
