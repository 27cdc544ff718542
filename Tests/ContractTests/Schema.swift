import Foundation
import JSON
import Testing

/// Files of the repository, from the root.
func repositoryFile(_ path: String) throws -> String {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
}

/// As much of JSON Schema 2020-12 as our schema uses, and stricter: a member no schema names is a fault.
struct Schema {
  let root: JSONValue

  static func draft() throws -> Schema {
    let text = try repositoryFile("docs/schema/invoice-draft-1.json")
    return Schema(root: try JSONScanner.parse(text.utf8, limits: .trusted))
  }

  /// Where `value` breaks the schema; empty if it does not.
  func faults(in value: JSONValue) throws -> [String] { try faults(value, root, "") }

  private func faults(_ value: JSONValue, _ schema: JSONValue, _ place: String) throws -> [String] {
    if let reference = schema["$ref"]?.string {
      let name = String(reference.dropFirst("#/$defs/".count))
      return try faults(value, try #require(root["$defs"]?[name]), place)
    }
    var found: [String] = []
    if let constant = schema["const"], constant != value { found.append("\(place) is not \(constant)") }
    if let words = schema["enum"]?.array, !words.contains(value) {
      found.append("\(place) is not one of \(words)")
    }
    if let type = schema["type"]?.string, !Self.matches(value, type) {
      found.append("\(place) is no \(type)")
    }
    if let pattern = schema["pattern"]?.string, let text = value.string,
      text.firstMatch(of: try Regex(pattern)) == nil
    {
      found.append("\(place) does not match \(pattern)")
    }
    if let minimum = schema["minimum"]?.int64, (value.int64 ?? .min) < minimum {
      found.append("\(place) is too small")
    }
    if let choices = schema["oneOf"]?.array {
      let fitting = try choices.filter { try faults(value, $0, place).isEmpty }
      if fitting.count != 1 { found.append("\(place) fits \(fitting.count) of the choices") }
    }
    if let items = schema["items"], let values = value.array {
      for (index, item) in values.enumerated() { found += try faults(item, items, "\(place)[\(index)]") }
    }
    if let minimum = schema["minItems"]?.int64, (value.array?.count ?? 0) < minimum {
      found.append("\(place) is empty")
    }
    if let properties = schema["properties"]?.object, let object = value.object {
      for (key, member) in object {
        if let known = properties[key] {
          found += try faults(member, known, "\(place).\(key)")
        } else {
          found.append("\(place).\(key) is not in the schema")
        }
      }
      for key in schema["required"]?.array ?? [] where object[key.string ?? ""] == nil {
        found.append("\(place).\(key) is missing")
      }
    }
    return found
  }

  private static func matches(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "object": value.object != nil
    case "array": value.array != nil
    case "string": value.string != nil
    case "integer": value.int64 != nil
    default: false
    }
  }
}
