import JSON
import Testing
import Yams

/// docs/asyncapi.yaml, read.
struct AsyncAPI {
  let root: JSONValue

  init() throws {
    let node = try #require(try Yams.compose(yaml: try repositoryFile("docs/asyncapi.yaml")))
    root = try Self.value(node)
  }

  private static func value(_ node: Node) throws -> JSONValue {
    switch node {
    case .mapping(let mapping):
      return .object(JSONObject(try mapping.map { (try #require($0.key.string), try value($0.value)) }))
    case .sequence(let sequence): return .array(try sequence.map(value))
    case .scalar(let scalar):
      // Quoted it is a string, whatever stands there.
      guard scalar.style == .plain else { return .string(scalar.string) }
      switch scalar.string {
      case "true": return true
      case "false": return false
      default: return JSONNumber(text: scalar.string).map(JSONValue.number) ?? .string(scalar.string)
      }
    case .alias: throw UnknownNode()
    }
  }

  struct UnknownNode: Error {}

  func members(_ path: String...) throws -> JSONObject {
    var place = root
    for name in path { place = try #require(place[name], "there is no \(name)") }
    return try #require(place.object)
  }

  /// Every `$ref`, wherever it stands.
  var references: [String] { Self.references(in: root) }

  private static func references(in value: JSONValue) -> [String] {
    (value.object ?? [:]).flatMap { key, member in
      key == "$ref" ? [member.string ?? "no text"] : references(in: member)
    } + (value.array ?? []).flatMap { references(in: $0) }
  }

  /// What a `$ref` of this file points to; `nil` for nothing.
  func target(_ reference: String) throws -> JSONValue? {
    let parts = reference.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    var place: JSONValue? = root
    if let file = parts.first, !file.isEmpty {
      let text = try? repositoryFile("docs/\(file)")
      place = try text.map { try JSONScanner.parse($0.utf8, limits: .trusted) }
    }
    for name in (parts.count > 1 ? parts[1] : "").split(separator: "/") { place = place?[String(name)] }
    return place
  }
}
