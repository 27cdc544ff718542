import JSON
import Testing

@Suite("Schemas of the states") struct StateSchemaTests {
  @Test("whatever a shop has to show fits its schema")
  func fits() throws {
    for (name, states) in try ShownStates.all() {
      let schema = try Schema(name)
      for state in states { #expect(try schema.faults(in: state) == [], "\(name): \(state)") }
    }
  }

  /// Every member that is named, wherever it stands.
  private func names(in schema: JSONValue) -> Set<String> {
    var names: Set<String> = []
    for (key, value) in schema.object ?? [:] {
      if key == "properties" { names.formUnion(value.object?.keys ?? []) }
      names.formUnion(self.names(in: value))
    }
    for value in schema.array ?? [] { names.formUnion(self.names(in: value)) }
    return names
  }

  private func keys(in value: JSONValue) -> Set<String> {
    var keys: Set<String> = []
    for (key, member) in value.object ?? [:] {
      keys.insert(key)
      keys.formUnion(self.keys(in: member))
    }
    for member in value.array ?? [] { keys.formUnion(self.keys(in: member)) }
    return keys
  }

  @Test("no schema names a member that nobody has seen")
  func seen() throws {
    for (name, states) in try ShownStates.all() {
      let seen = states.reduce(into: Set<String>()) { $0.formUnion(keys(in: $1)) }
      let unseen = names(in: try Schema(name).root).subtracting(seen).sorted()
      #expect(unseen == [], "\(name): \(unseen)")
    }
  }
}
