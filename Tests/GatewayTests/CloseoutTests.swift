import Contract
import Foundation
import JSON
import Jobs
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct CloseoutTests {
    private static let completion = """
      completion:
        checks: {photo: {name: Photo of the finished part, reference: required}}
        requires: [photo]
        outcomes: {warranty: {drafts: nothing}}
        sources: [erp]

      """

    @Test(
      "a job waits for its photo, then another system completes it, once, also over a restart",
      .timeLimit(.minutes(1)))
    func photo() async throws {
      try await withShop(edit: { $0 + Self.completion }) { played in
        try await Desk.create(played, "J-1")
        try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        let early = try await played.tool("job", "complete", "J-1")
        #expect(early.status == 1, "\(early.output)")
        #expect(
          early.output.contains(
            "job J-1 cannot be complete yet: it needs Photo of the finished part (job.check photo)"),
          "\(early.output)")
        let bare = try await played.tool("job", "check", "J-1", "photo")
        #expect(bare.status == 1 && bare.output.contains("needs a reference"), "\(bare.output)")
        let ticked = try await played.tool("job", "check", "J-1", "photo", "--reference", "IMG_2041")
        #expect(ticked.status == 0, "\(ticked.output)")
        let event: KeyValuePairs = ["job": "J-1", "source": "erp", "event_id": "order 77 done"]
        try await played.shop.person.command("job.complete", event)
        let draft = try await Story.draft(played.shop)
        #expect(
          draft.document["notes"]?.array?.first?.string?.hasPrefix("Photo of the finished part: IMG_2041")
            == true)
        try await played.state("job/J-1", "accepted") { $0["billing_state"]?.string == "accepted" }
        try await played.kill()
        try await played.start()
        try await played.shop.person.command("job.reopen", ["job": "J-1", "reason": "a fee was forgotten"])
        try await played.shop.person.command("job.complete", event)
        let state = try await played.state("job/J-1", "still open") {
          $0["production_state"]?.string == "open"
        }
        #expect(state["completed_on"]?.array?.count == 1)
        let warranty = try await played.tool("job", "complete", "J-1", "--outcome", "warranty")
        #expect(warranty.output.contains("nothing is billed of it: warranty"), "\(warranty.output)")
        try await played.state("job/J-1", "given back") {
          $0["drafts"]?.array?.last?["kind"]?.string == "credit" && $0["outcome"]?.string == "warranty"
        }
        try await Story.verify(played)
      }
    }

    @Test("a rejected draft is revised with the customer as configured now", .timeLimit(.minutes(1)))
    func revised() async throws {
      try await withShop(decide: { $0.revision == 1 ? .reject("no terms") : .accept }) { played in
        try await Desk.bill(played, "J-1")
        let state = try await played.state("job/J-1", "rejected") {
          $0["billing_state"]?.string == "rejected"
        }
        let id = try #require(state["drafts"]?.array?.first?["draft_id"]?.string)
        try played.shop.folder.write(
          played.configurationText.replacing("terms: net 15", with: "terms: net 30"), to: "chargehand.yaml")
        played.daemon?.send(signal: SIGHUP)
        try await played.logged("the configuration is reloaded")
        let revised = try await played.tool("draft", "revise", id, "--reason", "net 30 was agreed")
        #expect(revised.status == 0, "\(revised.output)")
        try await played.state("job/J-1", "accepted") { $0["billing_state"]?.string == "accepted" }
        let last = try DraftDocument.read(try #require(played.shop.billing.ledger.deliveries.last).bytes)
        #expect(last.document["terms"]?.string == "net 30" && last.document["revision"]?.int64 == 2)
        try await Story.verify(played)
      }
    }
  }
}
