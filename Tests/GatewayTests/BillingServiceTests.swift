import Contract
import Foundation
import JSON
import Jobs
import Journal
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// examples/billing_service.py, as an integrator would run it: a program of another language, on a real broker.
  @Suite(.serialized) struct BillingServiceTests {
    /// The example with a folder of its own, which outlives it.
    private final class Service {
      let folder: ScratchFolder
      private let port: UInt16
      private(set) var program: ChildProgram

      init(port: UInt16) throws {
        (folder, self.port) = (try ScratchFolder("chargehand-billing"), port)
        program = try Self.start(folder, port)
      }

      deinit {
        program.killNow()
        folder.remove()
      }

      func restart() throws { program = try Self.start(folder, port) }

      private static func start(_ folder: ScratchFolder, _ port: UInt16) throws -> ChildProgram {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
          .deletingLastPathComponent()
        // Debian's own Python: another in the path does not see Debian's packages.
        return try ChildProgram(
          [
            "/usr/bin/python3", root.appendingPathComponent("examples/billing_service.py").path, "127.0.0.1",
            "\(port)", SimulatedShop.gateway, folder["drafts"],
          ], log: folder["log"])
      }

      var log: String { (try? String(contentsOfFile: folder["log"], encoding: .utf8)) ?? "" }

      func says(_ text: String, times: Int = 1) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while log.count(text) < times, ContinuousClock.now < end {
          try await Task.sleep(for: .milliseconds(50))
        }
        #expect(log.count(text) >= times, "\(text): \(log)")
      }

      /// What it stored, by name.
      func stored() throws -> [String: [UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder["drafts"])
        return try Dictionary(
          uniqueKeysWithValues: names.map { name in
            (name, Array(try Data(contentsOf: URL(fileURLWithPath: folder["drafts"] + "/" + name))))
          })
      }
    }

    private func accepted(_ played: PlayedShop, _ job: String) async throws -> JSONValue {
      let state = try await played.state("job/\(job)", "\(job) accepted", within: .seconds(30)) {
        $0["billing_state"]?.string == "accepted"
      }
      return try #require(state["drafts"]?.array?.first)
    }

    /// The next answer that was not looked at yet.
    private func answer(_ played: PlayedShop) async throws -> JSONValue {
      let ack = try await played.panel.next(on: played.shop.topics.ack)
      return try #require(ack.json)
    }

    private func send(_ played: PlayedShop, _ draft: [UInt8]) async throws {
      try await played.panel.deliver(Publication(topic: played.shop.topics.draft, payload: draft))
    }

    @Test(
      "the example accepts a job's draft, says duplicate when it comes again, and goes on after a kill",
      .timeLimit(.minutes(2)))
    func example() async throws {
      try await withShop(decide: { _ in .silent }) { played in
        let service = try Service(port: played.shop.broker.port)
        try await Desk.bill(played, "J-1")
        let first = try await accepted(played, "J-1")
        let id = try #require(first["draft_id"]?.string)
        #expect(first["reference"]?.string == "\(id).1")
        let bytes = try #require(played.shop.billing.ledger.deliveries.first).bytes
        #expect(try service.stored() == ["\(id).1.json": bytes])
        #expect(service.log.contains("invoice for acme: "), "\(service.log)")
        #expect(try await answer(played)["result"] == "accepted")

        try await send(played, bytes)
        let again = try await answer(played)
        #expect(again["result"] == "duplicate" && again["reference"]?.string == "\(id).1")

        try await service.program.kill()
        try await Desk.bill(played, "J-2")
        try await played.state("job/J-2", "the draft of J-2 out") { $0["billing_state"]?.string == "drafted" }
        try service.restart()
        _ = try await accepted(played, "J-2")
        #expect(try service.stored().count == 2)
        while try await answer(played)["draft_id"] == again["draft_id"] {}
        try await send(played, bytes)
        var late = try await answer(played)
        // The second draft may have come twice: from the session, and repeated.
        while late["draft_id"] != again["draft_id"] { late = try await answer(played) }
        #expect(late["result"] == "duplicate")
        #expect(try service.stored().count == 2)

        // It holds all that was sent; without its first draft it says so.
        try await played.shop.person.command("ledger.publish", [:])
        try await service.says("ledger: as here")
        let agreed = service.log.count("ledger: as here")
        try FileManager.default.removeItem(atPath: service.folder["drafts/\(id).1.json"])
        try await played.shop.person.command("ledger.publish", [:])
        try await service.says("ledger: 1 drafts of ")
        let receipt = try await played.shop.person.command("draft.resend", ["from_sequence": "1"])
        #expect(receipt.count == 2)
        try await service.says("\(id) revision 1: accepted", times: 2)
        #expect(try service.stored()["\(id).1.json"] == bytes)
        try await played.shop.person.command("ledger.publish", [:])
        try await service.says("ledger: as here", times: agreed + 1)
        try await Story.verify(played)
      }
    }

    @Test(
      "the example answers nothing damaged, and takes no other revision of what it acknowledged",
      .timeLimit(.minutes(2)))
    func refusals() async throws {
      try await withShop(decide: { _ in .silent }) { played in
        let service = try Service(port: played.shop.broker.port)
        try await Desk.bill(played, "J-1")
        let id = try #require(try await accepted(played, "J-1")["draft_id"]?.string)
        _ = try await answer(played)
        let bytes = try #require(played.shop.billing.ledger.deliveries.first).bytes
        let text = String(decoding: bytes, as: UTF8.self)
        for damaged in [text.replacing("acme", with: "acne"), "{", "[]", #"{"content_sha256":7}"#, "\u{0}"] {
          try await send(played, Array(damaged.utf8))
        }
        try await send(played, try Self.revised(bytes, to: 2))
        // Nothing came in between: what was damaged is not answered.
        let held = try await answer(played)
        #expect(held["revision"] == 1 && held["result"] == "duplicate", "\(held)")
        let refused = try await answer(played)
        #expect(refused["revision"] == 2 && refused["result"] == "rejected", "\(refused)")
        #expect(service.log.count("damaged, or no draft") == 5, "\(service.log)")
        #expect(service.program.isRunning)
        #expect(try service.stored() == ["\(id).1.json": bytes])
        try await Story.verify(played)
      }
    }

    @Test("chargehand demo takes no other word for who bills, and says which there are")
    func words() async throws {
      let result = try await Program.run(["demo", "--billing", "nobody"])
      #expect(result.status == 64 && result.output.contains("'simulated' and 'none'"), "\(result.output)")
      let help = try await Program.run(["demo", "--help"]).output
      #expect(help.contains("--billing <who>") && help.contains("simulated, none"), "\(help)")
    }

    /// The same draft as another revision, with the right hash.
    private static func revised(_ draft: [UInt8], to revision: Int) throws -> [UInt8] {
      var object = try #require(try JSONScanner.parse(draft, limits: .trusted).object)
      object["revision"] = .number(revision)
      object["content_sha256"] = nil
      let hash = SHA256.hexDigest(try JSONValue.object(object).canonicalBytes)
      object["content_sha256"] = .string(hash)
      return try JSONValue.object(object).canonicalBytes
    }

    @Test(
      "chargehand demo --billing none waits for the example, and tells how to start it",
      .timeLimit(.minutes(3)))
    func demo() async throws {
      let folder = try ScratchFolder("chargehand-demo")
      defer { folder.remove() }
      let demo = try ChildProgram(
        [try Program.path(), "demo", "--billing", "none"], log: folder["demo.txt"])
      defer { demo.send(signal: SIGTERM) }
      let command = /examples\/billing_service\.py 127\.0\.0\.1 (\d+) demo-shop drafts/
      let end = ContinuousClock.now + .seconds(20)
      while demo.log.firstMatch(of: command) == nil, demo.isRunning, ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(50))
      }
      let told = try #require(demo.log.firstMatch(of: command), "\(demo.log)")
      let service = try Service(port: try #require(UInt16(told.1)))
      #expect(try await demo.waitUntilEnded(within: .seconds(120)) == 0, "\(demo.log)")
      #expect(demo.log.contains("Accepted by billing as "), "\(demo.log)")
      #expect(try service.stored().count == 1)
    }
  }
}
