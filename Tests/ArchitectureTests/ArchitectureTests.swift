import Foundation
import Testing

/// Lint as a test: what the pure rooms may import, and how long a file may be.
struct ArchitectureTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The rooms of the pure core, each with what it may import of ours; arrows only point down.
  static let rooms: [String: Set<String>] = [
    "Measures": [],
    "Metering": ["Measures"],
    "Jobs": ["Measures", "Metering"],
    "Costing": ["Measures", "Metering", "Jobs"],
    "JSON": [],
  ]

  @Test("a pure room imports only what stands below it", arguments: rooms.keys.sorted())
  func importsPointDown(room: String) throws {
    let files = try swiftFiles(below: "Sources/\(room)")
    try #require(!files.isEmpty, "no Swift file below Sources/\(room): is the path right?")
    for file in files {
      for (number, line) in lines(of: file) {
        guard let module = importedModule(line) else { continue }
        #expect(
          Self.rooms[room, default: []].contains(module),
          "\(file.lastPathComponent):\(number): \(room) may not import \(module)")
      }
    }
  }

  @Test("no binary floating point gets near a quantity", arguments: rooms.keys.sorted())
  func nothingFloats(room: String) throws {
    for file in try swiftFiles(below: "Sources/\(room)") {
      if room == "Metering", file.lastPathComponent.contains("Classifier") { continue }
      for (number, line) in lines(of: file) where !isComment(line) {
        // Where JSON says of the two types that it refuses them, it has to name them.
        if room == "JSON", line.hasPrefix("extension "), line.hasSuffix(": BinaryFloat {}") { continue }
        #expect(
          line.firstMatch(of: /\b(Double|Float|Float16|Float32|Float64|CGFloat)\b/) == nil,
          "\(file.lastPathComponent):\(number): \(line.trimmingCharacters(in: .whitespaces))")
      }
    }
  }

  @Test("no Swift file is longer than 400 lines")
  func filesAreSmall() throws {
    for folder in ["Sources", "Tests"] {
      for file in try swiftFiles(below: folder) {
        let count = lines(of: file).count
        #expect(count <= 400, "\(file.lastPathComponent) has \(count) lines; split it by aspect")
      }
    }
  }

  private func swiftFiles(below folder: String) throws -> [URL] {
    let directory = Self.root.appendingPathComponent(folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
    return names.filter { $0.hasSuffix(".swift") }.sorted().map { directory.appendingPathComponent($0) }
  }

  private func lines(of file: URL) -> [(number: Int, text: String)] {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    return lines.enumerated().map { ($0.offset + 1, String($0.element)) }
  }

  private func isComment(_ line: String) -> Bool {
    line.trimmingCharacters(in: .whitespaces).hasPrefix("//")
  }

  /// `public import Measures`, `@testable import Jobs`, `import struct Foundation.URL`.
  private func importedModule(_ line: String) -> String? {
    let pattern =
      /^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:public |package |internal |fileprivate |private )?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/
    return line.firstMatch(of: pattern).map { String($0.output.1) }
  }
}
