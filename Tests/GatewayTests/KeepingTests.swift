import Contract
import Foundation
import JSON
import Journal
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// What is kept across a restart, and for how long.
  @Suite(.serialized) struct KeepingTests {
    @Test("replies are kept for ninety days, by a clock that is trusted", .timeLimit(.minutes(1)))
    func replies() async throws {
      try await withShop { played in
        #expect(try await played.stop() == 0)
        let day: Int64 = 24 * 3_600_000
        try Self.withStore(played) { store in
          var batch = store.newBatch()
          for (id, days) in [("old", 91), ("young", 89)] as [(String, Int64)] {
            batch.put(
              reply: ReplyRow(
                actor: "operator-1", id: id, contentHash: [UInt8](repeating: 7, count: 32),
                verb: "job.create",
                body: Array(id.utf8), atMilliseconds: Self.milliseconds(CLOCK_REALTIME) - days * day))
          }
          try store.commit(batch)
        }
        for (word, kept) in [("unsynchronized", ["old", "young"]), ("synchronized", ["young"])] {
          let now = Self.milliseconds(CLOCK_BOOTTIME)
          try played.shop.folder.write("\(word) \(now)\n", to: "clock")
          // It is online a tick after it began, and what a tick did is on the disk once it has stopped.
          try await played.start(environment: ["CHARGEHAND_CLOCK_FILE": played.shop.folder["clock"]])
          #expect(try await played.stop() == 0)
          try Self.withStore(played) { store in
            let found = try ["old", "young"].filter { try store.reply(actor: "operator-1", id: $0) != nil }
            #expect(found == kept, "the clock is \(word)")
          }
        }
      }
    }

    @Test("a scale that is wired no more still bills the run that it counted for", .timeLimit(.minutes(2)))
    func lostWiring() async throws {
      try await withShop { played in
        let shop = played.shop
        try await played.everythingHeard()
        try await Story.order(shop)
        try await shop.person.command("job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
        shop.mill.start()
        try await Task.sleep(for: .seconds(2))
        shop.mill.stop()
        try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
        let used = Double(shop.scale.usedMilligrams) / 1000
        try await played.workCenter("mill-1", "what was used") { center in
          let shown = center["tallies"]?["materials"]?.array?.first?["quantity"]
          return abs(Story.number(shown?.string) - used) <= 2
        }
        #expect(try await played.stop() == 0)
        let wired = ["mill-1/run_state", "printer-1/energy", "printer-1/run_state"]
        var kept = try Self.meters(played)
        #expect(kept == (wired + ["scale-2/weight", "spool-scale-1/weight"]).sorted())

        let edited = played.configurationText
          .replacing("scales: [spool-scale-1]", with: "scales: []")
          .replacing("scales: [scale-2]", with: "scales: []")
        try shop.folder.write(edited, to: "chargehand.yaml")
        try await played.start()
        // The spool's counted for nobody.
        kept = try Self.meters(played)
        #expect(kept == (wired + ["scale-2/weight"]).sorted())
        try await shop.person.command("job.stop", ["work_center": "mill-1", "outcome": "done"])
        try await shop.person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(shop)
        let plate = try #require(draft.lines.first { $0.type == "material" })
        #expect(abs(Story.number(plate.quantity) * 1000 - used) <= 2, "\(plate), truly \(used) g")
        try await Story.verify(played)
        // Nobody counts on it any more: the next restart forgets it.
        #expect(try await played.stop() == 0)
        try await played.start()
        kept = try Self.meters(played)
        #expect(kept == wired)
      }
    }

    private static func milliseconds(_ clock: clockid_t) -> Int64 {
      var time = timespec()
      clock_gettime(clock, &time)
      return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// The file of a daemon that has stopped, which is let go of again.
    private static func withStore(_ played: PlayedShop, _ body: (JournalStore) throws -> Void) throws {
      let store = try JournalStore(directory: played.stateDirectory)
      try body(store)
      try store.close()
    }

    /// The channels of which a checkpoint is on disk.
    private static func meters(_ played: PlayedShop) throws -> [String] {
      try played.journal().state(kind: "meter").map(\.id)
    }
  }
}
