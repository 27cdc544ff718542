import Contract
import Foundation
import JSON
import Jobs
import Journal
import MQTT
import ShopSimulator
import Synchronization
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct FullDiskTests {
    @Test(
      "a full disk: nothing asked for is promised, nothing measured is lost, and with space it goes on",
      .timeLimit(.minutes(3)))
    func full() async throws {
      try await withShop { played in
        let shop = played.shop
        try await played.everythingHeard()
        try await Story.order(shop)
        try await shop.person.command(
          "job.start", ["work_center": "printer-1", "job": "J-1", "part": "bracket"])
        try await shop.person.command("job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
        shop.mill.start()
        try await played.workCenter("mill-1", "the mill at work") { $0["run_state"]?.string == "running" }
        // It says everything once: what comes of it later was kept by the broker, so it was not acknowledged.
        let sender = BrokerClient(
          "sender", port: shop.broker.port, filters: [shop.topics.replyFilter("sender")], wantsRetained: false
        )
        try await sender.connected()

        let disk = try await FullDisk(played)
        // Two who never wait, so that hardly a reading comes in a round whose commit nobody waits for.
        let pests = try ["a", "b"].map { try Pest($0, played) }
        shop.printer.start(milligrams: 8_000)
        let labor =
          #"{"id":"x1","job":"J-1","operator":"mira","activity":"post-processing","minutes":60}"#
        try await sender.deliver(
          .init(topic: shop.topics.command("sender", "labor.record"), payload: Array(labor.utf8)))
        try await played.logged("nothing is acknowledged until the disk takes writes again")
        let head = try played.journal().head()
        // The whole print is over before there is space again.
        while shop.printer.word != .finished { try await Task.sleep(for: .milliseconds(50)) }
        try await disk.refuses(10)
        #expect(played.daemon?.isRunning == true)
        #expect(try played.journal().head() == head)
        #expect(sender.unread.isEmpty, "something was replied to that is not on the disk")
        for pest in pests {
          #expect(try await pest.stop() > 3)
          #expect(pest.promises == [])
        }
        let listed = try await played.tool("service", "add", "--job", "J-1", "--service", "design-revision")
        #expect(listed.status != 0)
        #expect(listed.output.contains("cannot store anything right now"), "\(listed.output)")

        try await disk.free()
        try await played.logged("the state directory takes writes again", within: .seconds(30))
        let reply = try await sender.next("the reply", within: .seconds(30)) { $0.topic.hasSuffix("/x1") }
        #expect(try Reply.decode(reply.payload).code == nil)
        try await played.workCenter("printer-1", "the print's end", within: .seconds(20)) { $0["run"] == nil }
        shop.mill.stop()
        try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
        try await shop.person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(shop)
        #expect(Recomputed.faults(in: draft) == [])
        #expect(draft.lines.filter { $0.type == "labor" }.map(\.quantity) == ["1"])
        #expect(!draft.lines.contains { $0.type == "service" }, "what was refused took effect")
        let filament = try #require(draft.lines.first { $0.type == "material" && $0.part == "bracket" })
        #expect(abs(Story.number(filament.quantity) - 0.008) <= 0.002, "\(filament)")
        let printing = try #require(draft.lines.first { $0.type == "machine" && $0.part == "bracket" })
        // 8 g at 2 g/s.
        #expect(abs(Story.seconds(printing) - 4) <= 0.3, "\(printing)")
        let plate = try #require(draft.lines.first { $0.type == "material" && $0.part == "plate" })
        let used = Double(shop.scale.usedMilligrams) / 1e6
        #expect(abs(Story.number(plate.quantity) - used) <= 0.002, "\(plate), truly \(used) kg")
        try await Story.verify(played)
        sender.close()
      }
    }

    @Test(
      "a draft that finds the disk full is sent once there is space, and only then", .timeLimit(.minutes(2)))
    func dueDraft() async throws {
      // Without devices, which always have something to store, the draft alone is what the disk refuses.
      let edit: @Sendable (String) -> String = { text in
        let devices = text.ranges(of: "buses:").first?.lowerBound ?? text.endIndex
        let prices = text.ranges(of: "price_list:").first?.lowerBound ?? text.endIndex
        return text[..<devices].replacing("draft_delay: 0s", with: "draft_delay: 5s")
          + "work_centers:\n  - {id: bench}\n" + text[prices...]
      }
      try await withShop(edit: edit) { played in
        try await Desk.bill(played, "J-1")
        let disk = try await FullDisk(played)
        try await played.logged(
          "nothing is acknowledged until the disk takes writes again", within: .seconds(20))
        try await disk.refuses(3)
        #expect(played.shop.billing.ledger.deliveries.isEmpty)
        #expect(try played.journal().snapshot().drafts.isEmpty)
        try await disk.free()
        let draft = try await Story.draft(played.shop)
        #expect(draft.sequence == 1)
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        #expect(try played.journal().snapshot().drafts.map(\.state) == [.acknowledged])
        try await Story.verify(played)
      }
    }
  }
}

/// A disk without space: the kernel is made to refuse, after a while, whatever SQLite writes to its log.
private struct FullDisk {
  private let tracer: Tracer

  init(_ played: PlayedShop) async throws {
    // While one commit is being refused, what comes gathers for the next.
    tracer = try await Tracer(
      played,
      [
        "-P", played.stateDirectory + "/chargehand.sqlite-wal", "-e", "trace=pwrite64",
        "-e", "inject=pwrite64:error=ENOSPC:delay_exit=200000",
      ])
  }

  /// Waits until so many writes were refused.
  func refuses(_ count: Int) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while tracer.lines.count(where: { $0.contains("INJECTED") }) < count {
      guard ContinuousClock.now < end else {
        throw PlayedShopError("\(count) writes were to be refused: \(tracer.lines.suffix(5)) \(tracer.log)")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  func free() async throws { try await tracer.stop() }
}

/// Asks for a service at the control socket, again and again, each time under another id.
private final class Pest: Sendable {
  private struct Book: Sendable {
    var count = 0
    /// What was answered otherwise than with `unavailable`.
    var promises: [String] = []
    var isOver = false
    var hasEnded = false
  }

  private let book = Watched(Book())

  init(_ name: String, _ played: PlayedShop) throws {
    let (book, path) = (book, played.stateDirectory + "/control.sock")
    Thread.detachNewThread {
      while !book.value.isOver {
        let id = "\(name)\(book.value.count)"
        let command = #"{"id":"\#(id)","job":"J-1","service":"design-revision"}"#
        let answer: String
        do {
          let reply = try Reply.decode(try ControlLine(path: path).ask("service.add", Array(command.utf8)))
          answer = reply.code == .unavailable ? "" : "\(reply)"
        } catch {
          answer = "\(error)"
        }
        book.change { book in
          book.count += 1
          if !answer.isEmpty { book.promises.append(answer) }
        }
      }
      book.change { $0.hasEnded = true }
    }
  }

  var promises: [String] { book.value.promises }

  /// - Returns: how often it asked.
  func stop() async throws -> Int {
    book.change { $0.isOver = true }
    return try await book.wait(for: "the last answer", within: .seconds(15)) { $0.hasEnded ? $0.count : nil }
  }
}
