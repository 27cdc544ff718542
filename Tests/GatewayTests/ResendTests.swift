import Contract
import Foundation
import JSON
import Journal
import Jobs
import Measures
import ShopSimulator
import Synchronization
import TestGateway
import Testing

extension GatewayTests {
  /// Drafts that are sent again to a billing service that lost them.
  @Suite(.serialized) struct ResendTests {
    /// What billing does about the next drafts.
    private final class Mood: Sendable {
      private let answer = Mutex(SimulatedBilling.Answer.accept)
      var now: SimulatedBilling.Answer {
        get { answer.withLock { $0 } }
        set { answer.withLock { $0 = newValue } }
      }
    }

    private func waiting(_ played: PlayedShop, _ count: Int) async throws {
      let end = ContinuousClock.now + .seconds(15)
      while ContinuousClock.now < end {
        let status = try await played.tool("status", "--json").output
        let found = try? JSONScanner.parse(Array(status.utf8), limits: .trusted)["drafts_waiting"]?.int64
        if found == Int64(count) { return }
        try await Task.sleep(for: .milliseconds(100))
      }
      throw PlayedShopError(
        "never \(count) drafts waited: \(try await played.tool("status", "--json").output)")
    }

    @Test(
      "accepted drafts are sent again byte for byte and in order, stay accepted, and are sent no more once answered",
      .timeLimit(.minutes(2)))
    func again() async throws {
      let mood = Mood()
      try await withShop(decide: { _ in mood.now }) { played in
        let (shop, billing) = (played.shop, played.shop.billing)
        for job in ["J-1", "J-2", "J-3"] {
          try await Desk.bill(played, job)
          try await played.state("job/\(job)", "\(job) accepted") {
            $0["billing_state"]?.string == "accepted"
          }
        }
        let sent = billing.ledger.deliveries.map(\.bytes)
        #expect(sent.count == 3)
        let drafts = try played.journal().snapshot().drafts

        let receipt = try await shop.person.command(
          "draft.resend", ["from_sequence": "2", "reason": "a backup"])
        #expect(receipt.count == 2 && receipt.draft == nil)
        let deliveries = try await billing.wait(for: "two drafts again") {
          $0.deliveries.count >= 5 ? $0.deliveries : nil
        }
        #expect(deliveries.map(\.bytes) == sent + sent[1...])
        try await waiting(played, 0)
        #expect(try played.journal().snapshot().drafts == drafts, "not even the time of a change")

        // Another answer than the first: audited, and nothing else.
        mood.now = .reject("never seen")
        _ = try await shop.person.command("draft.resend", ["from_sequence": "3"])
        _ = try await billing.wait(for: "the third again") { $0.deliveries.count >= 6 ? () : nil }
        try await waiting(played, 0)
        let refused = try played.journal().rows(kind: "refused").map {
          String(decoding: $0.body, as: UTF8.self)
        }
        #expect(refused.count == 1 && refused[0].contains("was accepted before"), "\(refused)")

        for sequence in ["4", "9007199254740991"] {
          let high = try await played.tool("draft", "resend", "--from-sequence", sequence)
          #expect(high.status == 1 && high.output.contains("unknown_draft"), "\(high.output)")
          #expect(high.output.contains("the newest is of 3"), "\(high.output)")
        }

        // While billing does not answer, each is repeated; a restart forgets that it was asked for.
        mood.now = .silent
        let told = try await played.tool("draft", "resend", "--from-sequence", "1")
        #expect(told.status == 0 && told.output.contains("count 3"), "\(told.output)")
        _ = try await billing.wait(for: "three twice") { $0.deliveries.count >= 12 ? () : nil }
        try await waiting(played, 3)
        let ghost = try #require(billing.ledger.deliveries.first)
        try await Desk.acknowledge(
          played, try #require(DraftID(ghost.draftID)), revision: 1, hash: String(repeating: "a", count: 64))
        try await waiting(played, 3)
        try await played.kill()
        try await played.start()
        try await waiting(played, 0)
        let count = billing.ledger.deliveries.count
        mood.now = .accept
        try await Desk.bill(played, "J-4")
        try await played.state("job/J-4", "J-4 accepted") { $0["billing_state"]?.string == "accepted" }
        #expect(billing.ledger.deliveries.count == count + 1)
        #expect(billing.ledger.invoices.count == 4 && billing.ledger.faults == [])
        for job in ["J-1", "J-2", "J-3"] {
          try await played.state("job/\(job)", "\(job) still accepted") {
            $0["billing_state"]?.string == "accepted"
          }
        }
        try await Story.verify(played)
      }
    }
  }
}
