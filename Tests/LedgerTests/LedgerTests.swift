import Contract
import Foundation
import GRDB
import JSON
@testable import Journal
import Ledger
import ShopSimulator
import TestGateway
import Testing

/// What `verify` and `explain` say about a state directory that a real daemon left, and of one that somebody changed.
@Suite(.serialized) struct LedgerTests {
  @Test("explain and verify say the same of a running and of a stopped daemon", .timeLimit(.minutes(1)))
  func runningAndStopped() async throws {
    try await withShop { played in
      let draft = try await Self.bill(played)
      let running = try await played.tool("explain", draft.id)
      #expect(running.status == 0, "\(running.output)")
      for text in [
        "Aluminum 6061", "from      run R1, scale-2 weight", "have the hash that the draft carries",
        "by        ", "USD, the amount before markup",
      ] {
        #expect(running.output.contains(text), "\(text) is not in:\n\(running.output)")
      }
      #expect(!running.output.contains("DO NOT HAVE"))
      #expect(!running.output.contains("before it"), "a line's cost is no price")
      let line = try await played.tool("explain", draft.id, "L1")
      #expect(line.status == 0)
      #expect(line.output.count < running.output.count)
      let verified = try await played.tool("verify", "--json")
      #expect(verified.status == 0, "\(verified.output)")
      #expect(try await played.stop() == 0)
      let stopped = try await played.tool("explain", draft.id)
      #expect(stopped.output == running.output)
      #expect(try await played.tool("verify").status == 0)
      let unknown = try await played.tool("explain", "ZZZZZZ-000009")
      #expect(unknown.status == 1)
      #expect(unknown.output.contains(draft.id), "what there is, is named: \(unknown.output)")
    }
  }

  @Test("verify names what was changed, in words", .timeLimit(.minutes(2)))
  func tampered() async throws {
    try await withShop { played in
      let draft = try await Self.bill(played)
      #expect(try await played.stop() == 0)
      #expect(try Self.complaints(played.stateDirectory) == [])
      for (number, crime) in Crime.all.enumerated() {
        let copy = played.shop.folder["copy-\(number)"]
        try FileManager.default.copyItem(atPath: played.stateDirectory, toPath: copy)
        try crime.commit(in: copy, draft)
        let complaints = try Self.complaints(copy)
        #expect(complaints.contains { $0.contains(crime.complaint(draft)) }, "\(crime.name): \(complaints)")
      }
      // The program says it too, with its exit status.
      try Crime.all[0].commit(in: played.stateDirectory, draft)
      let verified = try await played.tool("verify")
      #expect(verified.status == 1)
      #expect(verified.output.contains("journal row"), "\(verified.output)")
      // And what was proven by the changed row no longer is.
      let explained = try await played.tool("explain", draft.id)
      #expect(
        explained.output.contains("DO NOT HAVE THE HASH") || explained.status != 0, "\(explained.output)")
    }
  }

  @Test("explain says how much a hand took from the scale in mid-run", .timeLimit(.minutes(2)))
  func removedByHand() async throws {
    try await withShop { played in
      let draft = try await Self.bill(played, removingGrams: 200)
      let line = try #require(draft.lines.first { $0.type == "material" })
      #expect(line.flags.contains("removed_by_hand"), "\(line)")
      let explained = try await played.tool("explain", draft.id, line.id)
      #expect(explained.output.contains("taken from the scale by hand"), "\(explained.output)")
      #expect(explained.output.contains("removed by hand: "), "\(explained.output)")
      #expect(try await played.tool("verify").status == 0)
    }
  }

  /// A job with a measured run and a noted hour, billed and accepted.
  /// - Parameter grams: what somebody takes from the scale while the run goes on.
  static func bill(_ played: PlayedShop, removingGrams grams: Int64 = 0) async throws -> DraftView {
    try await played.everythingHeard()
    let person = played.shop.person
    try await person.command(
      "job.create",
      ["job": "J-1", "customer": "acme", "parts": #"[{"part": "plate", "work_center": "mill-1"}]"#])
    try await person.command("material.load", ["scale": "scale-2", "material": "aluminum-6061"])
    try await person.command("job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
    played.shop.mill.start()
    try await Task.sleep(for: .seconds(3))
    played.shop.mill.stop()
    try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
    if grams > 0 {
      played.shop.scale.add(milligrams: -grams * 1000)
      // The level after it must have been seen before the run ends.
      try await Task.sleep(for: .seconds(4))
    }
    try await person.command(
      "labor.record", ["job": "J-1", "operator": "mira", "activity": "post-processing", "minutes": "60"])
    try await person.command("job.complete", ["job": "J-1"])
    let invoice = try await played.shop.billing.wait(for: "the draft", within: .seconds(75)) {
      $0.invoices.first
    }
    try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
    return try DraftDocument.read(invoice.bytes)
  }

  /// What is wrong, in the words of `verify`: faults it found, or why it could not even read.
  static func complaints(_ directory: String) throws -> [String] {
    do {
      return try Verification.run(directory: directory).faults
    } catch {
      return ["\(error)"]
    }
  }
}
