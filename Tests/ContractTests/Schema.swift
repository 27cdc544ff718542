import JSON
import Measures
import Testing

/// As much of JSON Schema 2020-12 as our schemas use, and stricter: a member no schema names is a fault, and so is a
/// keyword that is not checked here.
struct Schema {
  let root: JSONValue
  private let top: JSONValue

  init(root: JSONValue) {
    self.root = root
    top = root
  }

  /// One of docs/schema, such as `billing-ack-1`.
  /// - Parameter definition: one of its `$defs` in place of the whole.
  init(_ name: String, definition: String? = nil) throws {
    let text = try repositoryFile("docs/schema/\(name).json")
    let whole = try JSONScanner.parse(text.utf8, limits: .trusted)
    root = whole
    top = try definition.map { try #require(whole["$defs"]?[$0], "\(name) has no \($0)") } ?? whole
  }

  static func draft() throws -> Schema { try Schema("invoice-draft-1") }

  /// Where `value` breaks the schema; empty if it does not.
  func faults(in value: JSONValue) throws -> [String] { try faults(value, top, "") }

  private func faults(_ value: JSONValue, _ schema: JSONValue, _ place: String) throws -> [String] {
    if let never = schema.bool { return never ? [] : ["\(place) must not be there"] }
    var found: [String] = []
    for (keyword, rule) in try #require(schema.object) {
      found += try faults(value, keyword, rule, place, of: schema)
    }
    return found
  }

  private func faults(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ place: String, of schema: JSONValue
  ) throws -> [String] {
    func unless(_ isFine: Bool, _ fault: String) -> [String] { isFine ? [] : ["\(place) \(fault)"] }
    let length = value.string?.unicodeScalars.count
    let number = value.number.flatMap { Decimal($0.text) }
    func bound() throws -> Decimal { try #require(rule.number.flatMap { Decimal($0.text) }) }
    switch keyword {
    case "$schema", "$id", "$defs", "title", "description": return []
    case "$ref":
      let name = String(try #require(rule.string).dropFirst("#/$defs/".count))
      return try faults(value, try #require(root["$defs"]?[name], "no definition \(name)"), place)
    case "const": return unless(rule == value, "is not \(rule)")
    case "enum": return unless(try #require(rule.array).contains(value), "is not one of \(rule)")
    case "type":
      let types = rule.array ?? [rule]
      return unless(types.contains { Self.matches(value, $0.string ?? "") }, "is no \(rule)")
    case "pattern":
      let regex = try Regex(try #require(rule.string))
      return try unless(
        value.string.map { try regex.firstMatch(in: $0) != nil } ?? true, "does not match \(rule)")
    case "minLength": return unless(try length.map { Decimal($0) >= (try bound()) } ?? true, "is too short")
    case "maxLength": return unless(try length.map { Decimal($0) <= (try bound()) } ?? true, "is too long")
    case "minimum": return unless(try number.map { $0 >= (try bound()) } ?? true, "is too small")
    case "exclusiveMinimum": return unless(try number.map { $0 > (try bound()) } ?? true, "is too small")
    case "maximum": return unless(try number.map { $0 <= (try bound()) } ?? true, "is too large")
    case "minItems":
      return unless(try value.array.map { Decimal($0.count) >= (try bound()) } ?? true, "has too few items")
    case "maxItems":
      return unless(try value.array.map { Decimal($0.count) <= (try bound()) } ?? true, "has too many items")
    case "items":
      return try (value.array ?? []).enumerated().flatMap { try faults($1, rule, "\(place)[\($0)]") }
    case "anyOf", "oneOf":
      let choices = try #require(rule.array).map { try faults(value, $0, place) }
      let fitting = choices.count { $0.isEmpty }
      if keyword == "anyOf" ? fitting >= 1 : fitting == 1 { return [] }
      return ["\(place) fits \(fitting) of the choices"] + choices.joined()
    case "not": return unless(try !faults(value, rule, place).isEmpty, "fits what it must not: \(rule)")
    default: return try object(value, keyword, rule, place, of: schema)
    }
  }

  /// Keywords that are about members.
  private func object(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ place: String, of schema: JSONValue
  ) throws -> [String] {
    guard let object = value.object else { return [] }
    switch keyword {
    case "required":
      let names = try #require(rule.array).map { try #require($0.string) }
      return names.filter { object[$0] == nil }.map { "\(place).\($0) is missing" }
    case "dependentRequired":
      return try #require(rule.object).filter { object[$0.key] != nil }.flatMap { key, needs in
        try #require(needs.array).compactMap(\.string).filter { object[$0] == nil }
          .map { "\(place).\($0) is missing beside \(key)" }
      }
    case "properties":
      // A schema that says that it is of an object names all of its members.
      let isWhole = schema["type"] == "object" && schema["additionalProperties"] == nil
      return try object.flatMap { key, member in
        try rule[key].map { try faults(member, $0, "\(place).\(key)") }
          ?? (isWhole ? ["\(place).\(key) is not in the schema"] : [])
      }
    case "propertyNames":
      return try object.keys.flatMap { try faults(.string($0), rule, "\(place), the name \($0),") }
    case "additionalProperties":
      return try object.filter { schema["properties"]?[$0.key] == nil }.flatMap { key, member in
        try faults(member, rule, "\(place).\(key)")
      }
    default: throw UnknownKeyword(keyword: keyword)
    }
  }

  struct UnknownKeyword: Error { let keyword: String }

  private static func matches(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "integer": value.int64 != nil
    case "number": value.number != nil
    case "boolean": value.bool != nil
    case "null": value.isNull
    default: false
    }
  }
}
