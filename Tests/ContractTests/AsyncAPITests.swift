import Contract
import JSON
import Testing

@Suite("docs/asyncapi.yaml") struct AsyncAPITests {
  /// With every parameter as `{}`.
  private func plain(_ topic: some StringProtocol) -> String {
    String(topic).replacing(/\{\w*\}/, with: "{}")
  }

  /// The topics that `Topics` has, from its source: filters and prefixes are none.
  private func topicsOfCode() throws -> Set<String> {
    let source = try repositoryFile("Sources/Contract/Topics.swift")
    let literals = source.matches(of: /"\\\((prefix|replyPrefix)\)([^"]+)"/).map { match in
      "chargehand/{}/" + (match.1 == "replyPrefix" ? "reply/" : "")
        + match.2.replacing(/\\\(\w+\)/, with: "{}")
    }
    return Set(literals.filter { !$0.contains("+") && !$0.contains("#") && !$0.hasSuffix("/") })
  }

  @Test("its channels are the topics of the code, all of them and no others")
  func topics() throws {
    let addresses = try AsyncAPI().members("channels").map { _, channel in
      plain(try #require(channel["address"]?.string))
    }
    let code = try topicsOfCode()
    #expect(code.contains(plain(Topics(gateway: "{}").draft)), "the source is read as it is meant")
    #expect(Set(addresses) == code)
    #expect(Set(addresses).count == addresses.count)
  }

  @Test("every parameter of an address is described, and no other")
  func parameters() throws {
    for (name, channel) in try AsyncAPI().members("channels") {
      let address = try #require(channel["address"]?.string)
      let used = address.matches(of: /\{(\w+)\}/).map { String($0.1) }
      #expect(Set(used) == Set(channel["parameters"]?.object?.keys ?? []), "\(name)")
    }
  }

  @Test("every reference leads somewhere, and every schema of a message is referred to")
  func references() throws {
    let api = try AsyncAPI()
    let references = api.references
    #expect(references.count > 50)
    for reference in references { #expect(try api.target(reference) != nil, "\(reference)") }
    #expect(try api.target("#/channels/nothing") == nil)
    #expect(try api.target("schema/nothing.json") == nil)
    let files = Set(try repositoryFolder("docs/schema")).subtracting(["profile-1.json"])
    #expect(Set(references.filter { $0.hasPrefix("schema/") }) == Set(files.map { "schema/\($0)" }))
  }

  @Test("every message has an example, which fits its schema and is what the code sends or reads")
  func examples() throws {
    let api = try AsyncAPI()
    let made = try MadePayload.all()
    var shown: Set<String> = []
    for (name, message) in try api.members("components", "messages") where name != "fence" {
      let file = try #require(message["payload"]?["schema"]?["$ref"]?.string)
      let examples = try #require(message["examples"]?.array)
      #expect(!examples.isEmpty, "\(name)")
      for example in examples {
        let payload = try #require(example["payload"])
        let own = try #require(made.first { .string($0.name) == example["name"] }, "\(name)")
        #expect(payload == (try JSONScanner.parse(own.bytes, limits: .trusted)), "\(own.name)")
        #expect("schema/\(own.schema).json" == file)
        #expect(try Schema(own.schema, definition: own.definition).faults(in: payload) == [], "\(own.name)")
        shown.insert(own.name)
      }
    }
    #expect(shown == Set(made.map(\.name)))
  }

  @Test("every channel has an operation, retained as docs/contract.md says")
  func operations() throws {
    let api = try AsyncAPI()
    var retained: [String: Bool] = [:]
    for (name, operation) in try api.members("operations") {
      let reference = try #require(operation["channel"]?["$ref"]?.string)
      let address = try #require(try api.target(reference)?["address"]?.string)
      let binding = try #require(operation["bindings"]?["mqtt"], "\(name)")
      #expect(try [0, 1].contains(#require(binding["qos"]?.int64)), "\(name)")
      retained[plain(address)] = try #require(binding["retain"]?.bool, "\(name)")
    }
    #expect(Set(retained.keys) == (try topicsOfCode()))
    let rows = try repositoryFile("docs/contract.md").matches(
      of: /\n\| (`[^|]+`) \| [^|]+ \| (yes|no|never) \|/)
    var told: Set<String> = []
    for row in rows {
      for topic in row.1.matches(of: /`([^`?]+)`/) {
        let address = "chargehand/{}/" + topic.1.replacing(/[A-Z][A-Z-]+/, with: "{}")
        #expect(retained[address] == (row.2 == "yes"), "\(address)")
        told.insert(address)
      }
    }
    #expect(Set(retained.keys).subtracting(told) == ["chargehand/{}/fence/{}"])
  }
}
