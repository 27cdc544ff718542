import Foundation
import Testing
import Yams

/// What a device says, and what its profile must make of it: a file beside the tests for each profile, in which no
/// line of Swift is needed.
struct Fixture: Sendable, CustomTestStringConvertible {
  /// One thing that a device says, and the readings that come of it.
  struct Case: Decodable, Sendable {
    struct Message: Decodable, Sendable {
      let topic: String
      let payload: String
      var retained: Bool?
      /// Milliseconds after the first message.
      var at: Int64?
    }

    let name: String
    /// The device's memory by table and wire address; several are stages that follow each other.
    var registers: Stages?
    var messages: [Message]?
    /// By channel, the last reading as text: `962.5 g stable`, `running`, `rejected overload`; `nothing` for none.
    let expect: [String: String]
  }

  struct Stages: Decodable, Sendable {
    let stages: [[String: [Int: Int]]]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let many = try? container.decode([[String: [Int: Int]]].self) {
        stages = many
      } else {
        stages = [try container.decode([String: [Int: Int]].self)]
      }
    }
  }

  private struct File: Decodable {
    let cases: [Case]
  }

  let profile: String
  /// What a device in a configuration would say besides its id, bus, unit and profile: in YAML.
  let device: String
  let cases: [Case]

  var testDescription: String { profile }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  static let profiles = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("config/profiles")

  static func names(in folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
      .map { String($0.dropLast(5)) }.sorted()
  }

  init(_ profile: String) throws {
    let text = try String(
      contentsOf: Self.folder.appendingPathComponent("\(profile).yaml"), encoding: .utf8)
    self.profile = profile
    cases = try YAMLDecoder().decode(File.self, from: text).cases
    let device = try Yams.compose(yaml: text)?.mapping?["device"]
    self.device = try device.map { try Yams.serialize(node: $0) } ?? "{}\n"
  }

  /// A configuration with a device for each case: on the bus, each has a unit of its own.
  func configuration(busPort: UInt16?, poll: String = "50ms") throws -> String {
    var lines = [
      "version: 1", "gateway: {id: bench, currency: USD}", "mqtt: {broker: \"mqtt://127.0.0.1:1\"}",
    ]
    if let busPort { lines += ["buses:", "  - {id: bus, tcp: \"127.0.0.1:\(busPort)\"}"] }
    lines.append("devices:")
    for index in cases.indices {
      lines.append("  - id: case-\(index + 1)")
      if busPort != nil { lines += ["    bus: bus", "    unit: \(index + 1)", "    poll: \(poll)"] }
      lines.append("    profile: \(profile)")
      let own = try Yams.compose(yaml: device)?.mapping ?? [:]
      for (key, value) in own where key.string != "poll" {
        let shown = try Yams.serialize(node: value).split(separator: "\n", omittingEmptySubsequences: false)
        lines.append("    \(key.string ?? ""):")
        lines += shown.filter { !$0.isEmpty && $0 != "..." }.map { "      \($0)" }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
