import Contract
import Foundation
import JSON
import Jobs
import Testing

@Suite("docs/schema/command-1.json") struct CommandSchemaTests {
  @Test("it is what the verbs' own table says")
  func generated() throws {
    guard try repositoryFile("docs/schema/command-1.json") != CommandVerb.schema else { return }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("command-1.json")
    try CommandVerb.schema.write(to: file, atomically: true, encoding: .utf8)
    Issue.record("docs/schema/command-1.json has to be what is in \(file.path)")
  }

  /// Fit for an argument of this kind, and what the decoder refuses there.
  private func samples(_ kind: ArgumentKind) -> (good: [JSONValue], bad: [JSONValue]) {
    switch kind {
    case .id: (["a", "A-1._"], ["", "a b", "ü", 7, .null, .string(String(repeating: "x", count: 65))])
    case .draftID: (["K7Q2ZP-000001"], ["k7", "", "ABCDEFGHIJKLMNOPQRSTU", 1])
    case .name: (["Pin", "für 2 €", .string(String(repeating: "ü", count: 200))], text(201))
    case .reason: (["because", .string(String(repeating: "x", count: 500))], text(501))
    case .flag: ([true, false], ["true", 1, .null])
    case .affirmation: ([true], [false, "true", .null])
    case .word(let words): (words.map(JSONValue.string), ["x", "", .null, 1])
    case .minutes:
      ([Self.number("0.001"), "12.5", 100_000], numbers("0", "-1", "100001") + ["1.0001", "1,5"])
    case .grams:
      ([Self.number("0.001"), "12.5", 1_000_000], numbers("0", "-1", "1000001") + ["1.0001", "a"])
    case .quantity:
      ([Self.number("0.000001"), "2", 1_000_000], numbers("0", "-1", "1000001") + ["1.0000001", ""])
    case .pieces: ([1, 1_000_000], [0, 1_000_001, "1", Self.number("1.5"), .null])
    case .sequence: ([1, 9_007_199_254_740_991], [0, "1", Self.number("1.5")])
    case .percent: ([-100, "-12.5", 1000], numbers("-101", "1001") + ["1.0000001", "5%"])
    case .markup:
      (
        [15, "-12.5", ["material": 20], ["labor": "0", "others": 10], [:]],
        numbers("-101", "1001") + ["5%", ["materials": 1], ["labor": 1001], [], .null]
      )
    case .amount: ([0, "0.01", 1_000_000_000], numbers("-1", "1000000001") + ["1.0000001", "$5"])
    case .measure: (["12.5 g", "14min", "0 s", "1.25 kg"], ["12.5", "g", "1 m", "-1 g", 5, "1.0000001 g"])
    case .unitPrice: (["24.90/kg", "35.00", "6/h", "1/each"], ["-1/kg", "24.90/", "1/pound", 35, "1 /kg"])
    case .customer:
      (
        ["acme", ["ref": "acme", "name": "Acme"]],
        ["a b", ["ref": "acme"], ["name": "Acme"], ["ref": "acme", "name": "Acme", "x": 1], 7]
      )
    case .parts:
      (
        [
          [], [["part": "a"]],
          [["part": "a", "name": "A", "quantity": 2, "work_center": "m", "material": "pla"]],
        ],
        [
          .null, [["name": "A"]], [["part": "a", "quantity": "2"]], [["part": "a", "qty": 2]], [7],
          ["part": "a"],
        ]
      )
    case .estimate:
      (
        [
          [["material": "pla", "grams": 5]], [["material": "pla", "grams": "5", "part": "a"]],
          [["work_center": "m", "minutes": 5, "part": "a"]], [["work_center": "m", "kwh": 5]],
          [["activity": "a", "minutes": 5]], [["service": "s"]], [["service": "s", "quantity": 2]],
          [["name": "n", "price": 5, "tax": "t"]], [["name": "n", "price": 5, "tax": "t", "quantity": "2"]],
        ],
        [
          [["material": "pla"]], [["grams": 5]], [["work_center": "m"]], [7], .null,
          [["work_center": "m", "minutes": 5, "kwh": 5]], [["activity": "a", "grams": 5]],
          [["service": "s", "name": "n"]], [["name": "n", "price": 5]], [["service": "s", "part": "a"]],
        ]
      )
    case .shares:
      (
        [[["job": "J", "share": 5], ["job": "J", "part": "a", "share": "2.5"]]],
        [
          .null, [["job": "J"]], [["share": 5]], [["job": "J", "share": 0]],
          [["job": "J", "share": 1, "of": 2]],
        ]
      )
    case .ids: ([["J-1", "J-2"]], [])
    }
  }

  private func text(_ tooLong: Int) -> [JSONValue] {
    ["", " ", 7, .null, .string(String(repeating: "x", count: tooLong))]
  }

  /// As numbers and as strings: a bound is of both, though a pattern can say but a part of it.
  private func numbers(_ texts: String...) -> [JSONValue] {
    texts.map(Self.number) + [.null, true, []]
  }

  private static func number(_ text: String) -> JSONValue {
    JSONNumber(text: text).map(JSONValue.number) ?? .null
  }

  private func accepts(_ verb: CommandVerb, _ arguments: [(String, JSONValue)]) -> Bool {
    let payload = JSONValue.object(JSONObject([("id", "c-1")] + arguments)).compactBytes
    return (try? CommandMessage.decode(verb: verb.name, payload: payload).command.get()) != nil
  }

  /// Every set of optional arguments there can be, beside those that are required.
  private func sets(of verb: CommandVerb) -> [[ArgumentSpec]] {
    let optional = verb.arguments.filter { !$0.isRequired && samples($0.kind).good.first != nil }
    return (0..<(1 << optional.count)).map { bits in
      verb.arguments.filter(\.isRequired)
        + optional.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element)
    }
  }

  @Test(
    "of any set of arguments, the schema and the decoder think the same",
    arguments: CommandVerb.all.map(\.name))
  func sets(_ name: String) throws {
    let verb = try #require(CommandVerb.named(name))
    let schema = try Schema("command-1", definition: name)
    var count = 0
    for set in sets(of: verb) {
      let members = set.compactMap { spec in samples(spec.kind).good.first.map { (spec.name, $0) } }
      for missing in [nil] + set.map(\.name) {
        let arguments = members.filter { $0.0 != missing }
        let value = JSONValue.object(JSONObject([("id", "c-1")] + arguments))
        let faults = try schema.faults(in: value)
        #expect(accepts(verb, arguments) == faults.isEmpty, "\(value): \(faults)")
        count += accepts(verb, arguments) ? 1 : 0
      }
    }
    #expect(count > 0)
  }

  @Test(
    "of any value of an argument, the schema and the decoder think the same",
    arguments: CommandVerb.all.map(\.name))
  func values(_ name: String) throws {
    let verb = try #require(CommandVerb.named(name))
    let schema = try Schema("command-1", definition: name)
    for spec in verb.arguments {
      // A set that is accepted with this argument in it.
      guard
        let set = sets(of: verb).first(where: { set in
          set.contains { $0.name == spec.name }
            && accepts(verb, set.compactMap { one in samples(one.kind).good.first.map { (one.name, $0) } })
        })
      else { continue }
      let (good, bad) = samples(spec.kind)
      for (value, isGood) in good.map({ ($0, true) }) + bad.map({ ($0, false) }) {
        let arguments = set.compactMap { one in
          one.name == spec.name ? (one.name, value) : samples(one.kind).good.first.map { (one.name, $0) }
        }
        let command = JSONValue.object(JSONObject([("id", "c-1")] + arguments))
        #expect(accepts(verb, arguments) == isGood, "\(command)")
        #expect(try schema.faults(in: command).isEmpty == isGood, "\(command)")
      }
    }
  }

  @Test("the envelope is the same for every verb: an id, perhaps a time, and nothing unknown")
  func envelope() throws {
    let schema = try Schema("command-1", definition: "job.pause")
    for (text, isGood) in [
      (#"{"id":"a:1","work_center":"m"}"#, true),
      (#"{"id":"a:1","expires_at":"2026-11-21T08:30:00Z","work_center":"m"}"#, true),
      (#"{"id":"a:1","expires_at":"2026-11-21T09:30:00.5+01:00","work_center":"m"}"#, true),
      (#"{"work_center":"m"}"#, false), (#"{"id":"a/1","work_center":"m"}"#, false),
      (#"{"id":1,"work_center":"m"}"#, false),
      (#"{"id":"a:1","expires_at":"soon","work_center":"m"}"#, false),
      (#"{"id":"a:1","work_center":"m","workcenter":"m"}"#, false),
    ] {
      let value = try JSONScanner.parse(text.utf8, limits: .trusted)
      #expect(try schema.faults(in: value).isEmpty == isGood, "\(text)")
      let command = try? decoded("job.pause", text).command.get()
      #expect((command != nil) == isGood, "\(text)")
      #expect(try Schema("command-1").faults(in: value).isEmpty == isGood, "as any command: \(text)")
    }
  }
}
