internal import JSON

extension CommandVerb {
  /// The commands as JSON Schema 2020-12: `docs/schema/command-1.json` holds just this.
  public static var schema: String {
    let verbs = all.map { ($0.name, JSONValue.object($0.schema)) }
    var definitions = JSONObject(verbs)
    definitions["commandID"] = [
      "description": "Yours, and unique per actor.", "type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$",
    ]
    definitions["time"] = [
      "description": "RFC 3339.", "type": "string",
      "pattern":
        #"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$"#,
    ]
    for kind in kinds { definitions[kind.definitionName ?? ""] = .object(kind.definition) }
    let schema: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:chargehand:command:1",
      "title": "Chargehand commands, version 1",
      "description": """
      The messages of command/ACTOR/VERB: $defs has one by the name of each verb. Unknown members are refused. At most \
      16 KiB, 8 levels, 256 keys.
      """,
      "anyOf": .array(all.map { ["$ref": .string("#/$defs/\($0.name)")] }),
      "$defs": .object(definitions),
    ]
    return JSONValue.object(schema).prettyText() + "\n"
  }

  /// Kinds that have a definition, those that verbs use and those within them.
  private static var kinds: [ArgumentKind] {
    var kinds: [ArgumentKind] = []
    let nested =
      ArgumentKind.partMembers + ArgumentKind.itemMembers + ArgumentKind.customerMembers
      + ArgumentKind.shareMembers + ArgumentKind.markupMembers
    for kind in (all.flatMap(\.arguments) + nested).map(\.kind)
    where kind.definitionName != nil && !kinds.contains(kind) { kinds.append(kind) }
    return kinds
  }

  private var schema: JSONObject {
    let object = ArgumentKind.object(arguments)
    var properties: JSONObject = [
      "id": ["$ref": "#/$defs/commandID"],
      "expires_at": [
        "description": "After this it is refused; may be left out.", "$ref": "#/$defs/time",
      ],
    ]
    for (key, value) in object["properties"]?.object ?? [:] { properties[key] = value }
    var notes = [summary]
    if let rule { notes.append("Give \(rule.filter { $0 != "`" }).") }
    var schema: JSONObject = [
      "description": .string(notes.joined(separator: " ")), "type": "object",
      "required": .array(["id"] + (object["required"]?.array ?? [])), "properties": .object(properties),
      "additionalProperties": false,
    ]
    for (key, value) in choice { schema[key] = value }
    return schema
  }

  /// What `rule` says, for programs. A test holds it against the decoder with every set of arguments there can be.
  private var choice: JSONObject {
    switch name {
    case "job.start": ["dependentRequired": ["part": ["job"]], "not": ["required": ["job", "parts"]]]
    case "job.complete": completion
    case "job.amend":
      ["anyOf": .array(["title", "order_ref", "po_number"].map { ["required": [.string($0)]] })]
    case "service.add": Self.one(of: ["service"], ["name", "price", "tax"])
    case "hold.settle": Self.one(of: ["accept"], ["quantity"], ["price"])
    case "draft.resend": Self.one(of: ["draft_id"], ["from_sequence"])
    case "billing.deposit": Self.one(of: ["percent"], ["amount"])
    case "billing.progress": Self.one(of: ["percent"], ["amount"], ["phase"])
    case "billing.release_retainage": ["not": ["required": ["percent", "amount"]]]
    default: [:]
    }
  }

  private var completion: JSONObject {
    var choice = Self.one(of: ["job"], ["work_center"])
    choice["dependentRequired"] = ["source": ["event_id", "job"], "event_id": ["source", "job"]]
    return choice
  }

  /// All of one group, and none of the others.
  private static func one(of groups: [String]...) -> JSONObject {
    let choices = groups.map { group -> JSONValue in
      let others = groups.filter { $0 != group }.joined().map {
        JSONValue.object(["required": [.string($0)]])
      }
      return ["required": .array(group.map(JSONValue.string)), "not": ["anyOf": .array(others)]]
    }
    return ["oneOf": .array(choices)]
  }
}
