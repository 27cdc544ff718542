internal import JSON

// What an argument may be, as JSON Schema. Stricter than the decoder in two ways of writing a number that nobody
// needs: an exponent and a leading plus sign.
extension ArgumentKind {
  /// By the name under which `$defs` of the commands' schema has it; `nil` where it is written in place.
  var definitionName: String? {
    switch self {
    case .id: "id"
    case .draftID: "draftID"
    case .name: "name"
    case .reason: "reason"
    case .flag, .affirmation, .word: nil
    case .minutes: "minutes"
    case .grams: "grams"
    case .quantity: "quantity"
    case .pieces: "pieces"
    case .sequence: "sequence"
    case .percent: "percent"
    case .markup: "markup"
    case .amount: "amount"
    case .measure: "measure"
    case .unitPrice: "unitPrice"
    case .customer: "customer"
    case .parts: "parts"
    case .estimate: "items"
    case .shares: "shares"
    case .ids: "ids"
    }
  }

  /// A reference to the definition, or what it is where that is short.
  var schema: JSONObject {
    definitionName.map { ["$ref": .string("#/$defs/\($0)")] } ?? definition
  }

  /// What the definition says.
  var definition: JSONObject {
    switch self {
    case .id: ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"]
    case .draftID: ["type": "string", "pattern": "^[A-Z0-9-]{1,20}$"]
    case .name: Self.text(maximum: 200)
    case .reason: Self.text(maximum: 500)
    case .flag: ["type": "boolean"]
    case .affirmation: ["const": true]
    case .word(let words): ["enum": .array(words.map(JSONValue.string))]
    case .minutes: number(["exclusiveMinimum": 0, "maximum": 100_000], decimals: 3)
    case .grams: number(["exclusiveMinimum": 0, "maximum": 1_000_000], decimals: 3)
    case .quantity: number(["exclusiveMinimum": 0, "maximum": 1_000_000], decimals: 6)
    case .pieces: ["type": "integer", "minimum": 1, "maximum": 1_000_000]
    case .sequence: ["type": "integer", "minimum": 1]
    case .markup:
      [
        "description": .string(expectation),
        "anyOf": [.object(Self.percent.schema), .object(Self.object(Self.markupMembers))],
      ]
    case .percent: number(["minimum": -100, "maximum": 1000], decimals: 6, sign: "-?")
    case .amount: number(["minimum": 0, "maximum": 1_000_000_000], decimals: 6)
    case .measure:
      [
        "description": .string(expectation), "type": "string",
        "pattern": #"^[0-9]+(\.[0-9]{1,6})? ?(mg|g|kg|oz|lb|t|ms|s|min|h)$"#,
      ]
    case .unitPrice:
      [
        "description": "A price with its unit, such as \"24.90/kg\"; \"35.00\" is for each.",
        "type": "string",
        "pattern": #"^[0-9]+(\.[0-9]{1,6})?(/(g|kg|h|min|kWh|each))?$"#,
      ]
    case .customer:
      [
        "description": .string(expectation),
        "oneOf": [.object(Self.id.schema), .object(Self.object(Self.customerMembers))],
      ]
    case .parts: Self.list(of: Self.object(Self.partMembers))
    case .estimate: Self.list(of: ["oneOf": .array(Self.items.map(JSONValue.object))])
    case .shares: Self.list(of: Self.object(Self.shareMembers))
    case .ids: ["type": "array", "minItems": 1, "maxItems": 100, "items": .object(Self.id.schema)]
    }
  }

  private static func text(maximum: Int) -> JSONObject {
    [
      "description": "No control characters.", "type": "string", "minLength": 1,
      "maxLength": .number(maximum), "pattern": #"\S"#,
    ]
  }

  /// As a number or as a string; the bounds are of both.
  private func number(_ bounds: JSONObject, decimals: Int, sign: String = "") -> JSONObject {
    var plain: JSONObject = ["type": "number"]
    for (key, value) in bounds { plain[key] = value }
    let pattern = #"^\#(sign)[0-9]+(\.[0-9]{1,\#(decimals)})?$"#
    return [
      "description": .string(expectation),
      "oneOf": [.object(plain), .object(["type": "string", "pattern": .string(pattern)])],
    ]
  }

  private static func list(of item: JSONObject) -> JSONObject {
    ["type": "array", "maxItems": 100, "items": .object(item)]
  }

  /// An object of these members and no others.
  static func object(_ members: [ArgumentSpec]) -> JSONObject {
    var properties = JSONObject()
    for member in members { properties[member.name] = .object(member.schema) }
    return [
      "type": "object", "required": .array(members.filter(\.isRequired).map { .string($0.name) }),
      "properties": .object(properties), "additionalProperties": false,
    ]
  }

  /// One for each thing that an item can name, with what that takes.
  private static var items: [JSONObject] {
    let needed = [
      "material": ["material", "grams"], "work_center": ["work_center"], "activity": ["activity", "minutes"],
      "service": ["service"], "name": ["name", "price", "tax"],
    ]
    return ["material", "work_center", "activity", "service", "name"].map { subject in
      let taken = members[subject, default: []] + [subject]
      var item = object(itemMembers.filter { taken.contains($0.name) })
      item["required"] = .array(needed[subject, default: []].map(JSONValue.string))
      if subject == "work_center" { item["oneOf"] = [["required": ["minutes"]], ["required": ["kwh"]]] }
      return item
    }
  }
}

extension ArgumentSpec {
  /// With what it means.
  var schema: JSONObject {
    var schema: JSONObject = ["description": .string(help.prefix(1).uppercased() + help.dropFirst() + ".")]
    for (key, value) in kind.schema where key != "description" { schema[key] = value }
    return schema
  }
}
