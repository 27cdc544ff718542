import Foundation
import JSON
import Testing
import Yams

/// docs/schema/profile-1.json is for editors; what `check` knows, it must know.
@Suite struct ProfileSchemaTests {
  private func schema() throws -> JSONValue {
    let docs = Fixture.profiles.deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: docs.appendingPathComponent("docs/schema/profile-1.json"), encoding: .utf8)
    return try JSONScanner.parse(text.utf8, limits: .trusted)
  }

  /// Every member that a mapping of the schema may have, wherever it stands.
  private func names(in schema: JSONValue) -> Set<String> {
    var names: Set<String> = []
    for (key, value) in schema.object ?? [:] {
      if key == "properties" { names.formUnion(value.object?.keys ?? []) }
      names.formUnion(self.names(in: value))
    }
    for value in schema.array ?? [] { names.formUnion(self.names(in: value)) }
    return names
  }

  /// Keys of a profile, but for those that are the device's own words: of maps, conditions and parameters.
  private func keys(of node: Node) -> Set<String> {
    var keys: Set<String> = []
    for (key, value) in node.mapping ?? [:] {
      let name = key.string ?? ""
      if !name.hasPrefix("{") { keys.insert(name) }
      if !["map", "one_hot", "when", "parameters"].contains(name) { keys.formUnion(self.keys(of: value)) }
    }
    for value in node.sequence ?? [] { keys.formUnion(self.keys(of: value)) }
    return keys
  }

  @Test("the schema for editors names every key that a profile of the library uses")
  func complete() throws {
    let names = names(in: try schema())
    #expect(names.count > 40)
    for profile in try Fixture.names(in: Fixture.profiles) {
      let text = try String(
        contentsOf: Fixture.profiles.appendingPathComponent("\(profile).yaml"), encoding: .utf8)
      let node = try #require(try Yams.compose(yaml: text))
      #expect(keys(of: node).subtracting(names) == [], "\(profile)")
    }
  }
}
