import Contract
import Foundation
import GRDB
import JSON
@testable import Journal
import Ledger
import ShopSimulator
import TestGateway
import Testing

/// What is kept of a run's readings by a real daemon: drawn, metered again, and still there after a `kill -9`.
@Suite(.serialized) struct EvidenceTests {
  @Test("explain draws what a line was measured from, in the terminal and as SVG", .timeLimit(.minutes(2)))
  func drawn() async throws {
    try await withShop { played in
      let draft = try await LedgerTests.bill(played, removingGrams: 200)
      let line = try #require(draft.lines.first { $0.type == "material" })
      let file = played.shop.folder["line.svg"]
      let explained = try await played.tool("explain", draft.id, line.id, "--svg", file)
      #expect(explained.status == 0, "\(explained.output)")
      for text in ["━ use", "machine: ", "█ running", " g │", "drawn into \(file)"] {
        #expect(explained.output.contains(text), "\(text) is not in:\n\(explained.output)")
      }
      let svg = try String(contentsOfFile: file, encoding: .utf8)
      let parser = XMLShape()
      #expect(parser.read(svg), "no XML: \(svg)")
      #expect(parser.names.contains("line") && parser.names.contains("title"))
      for text in ["scale-2", "machine running", "by hand", "run R1"] {
        #expect(svg.contains(text), "\(text) is not in the drawing")
      }
      let nowhere = try await played.tool("explain", draft.id, line.id, "--svg", "/nonexistent/x.svg")
      #expect(nowhere.status == 74 && nowhere.output.contains("/nonexistent/x.svg cannot be written"))
    }
  }

  @Test("replay finds what the daemon metered, and what other parameters make of it", .timeLimit(.minutes(2)))
  func replayed() async throws {
    try await withShop { played in
      _ = try await LedgerTests.bill(played, removingGrams: 200)
      let replayed = try await played.tool("replay", "R1", "--json")
      #expect(replayed.status == 0, "\(replayed.output)")
      let value = try JSONScanner.parse(Array(replayed.output.utf8), limits: .trusted)
      let metered = try Self.grams(value["metered"])
      let again = try Self.grams(value["again"])
      #expect(metered > 5 && abs(metered - again) <= 1, "\(replayed.output)")
      #expect(value["again"]?["seconds"]?["running"] == value["metered"]?["seconds"]?["running"])
      #expect(
        value["again"]?["quantities"]?.array?.first?["marks"]
          == value["metered"]?["quantities"]?.array?.first?["marks"])
      // Where a gram a minute is all that can be used, most of it was somebody's hand.
      let other = try await played.tool("replay", "R1", "--json", "--max-use-rate", "1g/min")
      let changed = try JSONScanner.parse(Array(other.output.utf8), limits: .trusted)["changed"]
      #expect(try Self.grams(changed) < metered / 2, "\(other.output)")
      let table = try await played.tool("replay", "R1", "--max-use-rate", "1g/min")
      for text in ["as metered", "metered again", "with max_use_rate 1 g/min", "kept within 0.5 g in "] {
        #expect(table.output.contains(text), "\(text) is not in:\n\(table.output)")
      }
      let unknown = try await played.tool("replay", "R77")
      #expect(unknown.status == 1 && unknown.output.contains("no run R77; the newest are: R1"))
      let wrong = try await played.tool("replay", "R1", "--max-use-rate", "fast")
      #expect(wrong.status != 0 && wrong.output.contains("a rate such as 500g/min (found fast)"))
    }
  }

  @Test(
    "what was read before a kill -9 is kept but for its last minute, and goes on after it",
    .timeLimit(.minutes(2)))
  func killed() async throws {
    try await withShop { played in
      try await played.everythingHeard()
      let person = played.shop.person
      try await person.command(
        "job.create",
        ["job": "J-1", "customer": "acme", "parts": #"[{"part": "plate", "work_center": "mill-1"}]"#])
      try await person.command("job.start", ["work_center": "mill-1", "job": "J-1"])
      played.shop.mill.start()
      try await Task.sleep(for: .seconds(6))
      try await played.kill()
      let before = try Self.corners(played)
      #expect(before > 0)
      try await played.start()
      try await Task.sleep(for: .seconds(2))
      let early = try await played.tool("replay", "R1")
      #expect(early.status == 1 && early.output.contains("run R1 still goes on"), "\(early.output)")
      played.shop.mill.stop()
      try await person.command("job.stop", ["work_center": "mill-1"])
      try await Task.sleep(for: .seconds(5))
      #expect(try await played.stop() == 0)
      #expect(try Self.corners(played) > before)
      let replayed = try await played.tool("replay", "R1", "--json")
      let value = try JSONScanner.parse(Array(replayed.output.utf8), limits: .trusted)
      #expect(abs(try Self.grams(value["metered"]) - Self.grams(value["again"])) <= 1, "\(replayed.output)")
    }
  }

  @Test("a damaged trace is told, and hides nothing of what was billed", .timeLimit(.minutes(1)))
  func damaged() async throws {
    try await withShop { played in
      let draft = try await LedgerTests.bill(played)
      #expect(try await played.stop() == 0)
      let queue = try DatabaseQueue(path: played.stateDirectory + "/chargehand.sqlite")
      try await queue.write { try $0.execute(sql: "UPDATE trace SET body = x'00' WHERE number = 1") }
      try queue.close()
      let explained = try await played.tool("explain", draft.id)
      #expect(explained.status == 0 && explained.output.contains("what was read cannot be shown: "))
      #expect(explained.output.contains("have the hash that the draft carries"))
      #expect(try await played.tool("replay", "R1").output.contains("table trace"))
      #expect(try await played.tool("verify").status == 0, "the journal is whole")
      try await played.start()
      #expect(try await played.stop() == 0)
    }
  }

  private static func grams(_ outcome: JSONValue?) throws -> Double {
    let scale = try #require(outcome?["quantities"]?.array?.first { $0["device"]?.string == "scale-2" })
    #expect(scale["unit"]?.string == "g")
    return try #require(scale["quantity"]?.string.flatMap(Double.init))
  }

  /// Of the scale's trace, in bytes.
  private static func corners(_ played: PlayedShop) throws -> Int {
    try played.journal().traces(run: "R1").filter { $0.channel == "scale-2/weight" && $0.number > 0 }
      .reduce(0) { $0 + $1.body.count }
  }
}

/// Whether a text is XML, and of which elements.
private final class XMLShape {
  private(set) var names: Set<String> = []

  /// Elements that open and close in their order, and no bare ampersand.
  func read(_ text: String) -> Bool {
    var open: [Substring] = []
    guard text.split(separator: "&").dropFirst().allSatisfy({ $0.contains(";") }) else { return false }
    for part in text.split(separator: "<") {
      guard let end = part.firstIndex(of: ">") else { return false }
      let tag = part[..<end]
      if tag.first == "/" {
        guard open.popLast() == tag.dropFirst() else { return false }
        continue
      }
      let name = tag.prefix { !$0.isWhitespace && $0 != "/" }
      names.insert(String(name))
      if tag.last != "/" { open.append(name) }
    }
    return open.isEmpty
  }
}
