/// One JSON value. Numbers keep the text they were written in, so nothing is rounded on the way.
///
/// Two values are equal when they mean the same JSON: strings and keys are compared by their Unicode
/// scalars (not by canonical equivalence, as `String` does), objects without regard to the order of their
/// keys, and numbers by their text (`1.0` is not `1`).
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(JSONNumber)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)
}

extension JSONValue: Hashable {
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.isExactly(right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let number): hasher.combine(number)
    case .string(let text): ExactText(text).hash(into: &hasher)
    case .array(let values): hasher.combine(values)
    case .object(let object): hasher.combine(object)
    }
  }
}

extension JSONValue {
  public var isNull: Bool {
    if case .null = self { true } else { false }
  }

  public var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  public var number: JSONNumber? {
    if case .number(let number) = self { number } else { nil }
  }

  /// The number, if it is one and exactly an integer within `Int64` (`1e3` is, `1.5` is not).
  public var int64: Int64? {
    if case .number(let number) = self { number.int64 } else { nil }
  }

  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  public var array: [JSONValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  public var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The value under `key`, if this is an object that has it.
  public subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }

  /// A number of any integer width, written out in full.
  public static func number(_ integer: some FixedWidthInteger) -> JSONValue {
    .number(JSONNumber(integer))
  }

  /// What stands here, for error messages: `the number 300`, `a string`.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let number):
      "the number \(number.text.utf8.count > 40 ? String(number.text.prefix(40)) + "…" : number.text)"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
