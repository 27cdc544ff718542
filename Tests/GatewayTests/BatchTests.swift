import Contract
import JSON
import Jobs
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct BatchTests {
    @Test(
      "two jobs of a customer wait, come onto one draft after a restart, and one of them is corrected by itself",
      .timeLimit(.minutes(1)))
    func gathered() async throws {
      try await withShop { played in
        for job in ["J-1", "J-2"] {
          try await played.shop.person.command(
            "job.create", ["job": job, "customer": "globex", "parts": "[]"])
          try await played.shop.person.command("service.add", ["job": job, "service": "design-revision"])
          try await played.shop.person.command("job.complete", ["job": job])
          try await played.state("job/\(job)", "waiting") { $0["batch"]?.string == "waiting" }
        }
        let listed = try await played.tool("job", "list")
        #expect(listed.output.contains("globex's batch, on command"), "\(listed.output)")
        try await played.kill()
        try await played.start()
        let billed = try await played.tool("billing", "batch", "globex")
        #expect(billed.output.contains("2 jobs of globex on one draft"), "\(billed.output)")
        let draft = try await Story.draft(played.shop)
        #expect(draft.document["jobs"]?.array?.compactMap { $0["id"]?.string } == ["J-1", "J-2"])
        #expect(Recomputed.faults(in: draft) == [])
        try await played.state("job/J-2", "accepted") { $0["billing_state"]?.string == "accepted" }
        let drafts = try await played.tool("draft", "list")
        #expect(drafts.output.contains("J-1, J-2"), "\(drafts.output)")
        try await played.shop.person.command("job.reopen", ["job": "J-1", "reason": "a fee was forgotten"])
        try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        let state = try await played.state("job/J-1", "billed by itself") {
          $0["drafts"]?.array?.last?["state"]?.string == "accepted" && $0["drafts"]?.array?.count == 3
        }
        #expect(
          state["drafts"]?.array?.compactMap { $0["kind"]?.string } == ["invoice", "credit", "invoice"])
        let refused = try await played.tool("billing", "batch", "globex")
        #expect(refused.status != 0 && refused.output.contains("no complete job of customer globex waits"))
        try await Story.verify(played)
      }
    }
  }
}
