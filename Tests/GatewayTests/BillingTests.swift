import Contract
import JSON
import Jobs
import Journal
import MQTT
import Measures
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct BillingTests {
    @Test("a wrong hash and an unknown draft change nothing and are audited", .timeLimit(.minutes(1)))
    func wrongAnswers() async throws {
      try await withShop(decide: { $0.number == 1 ? .wrongHash : $0.number == 2 ? .silent : .accept }) {
        played in
        try await Desk.bill(played, "J-1")
        try await played.shop.billing.wait(for: "the second delivery") { $0.deliveries.count >= 2 ? () : nil }
        let state = try await played.state("job/J-1", "the job") { $0["billing_state"]?.string == "drafted" }
        #expect(state["drafts"]?.array?.first?["state"]?.string == "pending")
        let ghost = try #require(DraftID("ZZZZZZ-000001"))
        try await Desk.acknowledge(played, ghost, revision: 1, hash: String(repeating: "a", count: 64))
        // In the order they came: once this is replied to, that is in the journal.
        try await Desk.create(played, "J-2")
        let refused = try played.journal().rows(kind: "refused").map {
          String(decoding: $0.body, as: UTF8.self)
        }
        #expect(refused.contains { $0.contains("is not the one that was sent") })
        #expect(refused.contains { $0.contains("was never sent") })
        _ = try await Story.draft(played.shop)
        try await Story.verify(played)
      }
    }

    @Test(
      "a rejected draft raises an alarm, and draft.resend sends the same bytes again", .timeLimit(.minutes(1))
    )
    func rejection() async throws {
      try await withShop(decide: { $0.number == 1 ? .reject("no such customer") : .accept }) { played in
        try await Desk.bill(played, "J-1")
        try await played.state("job/J-1", "the job rejected") { $0["billing_state"]?.string == "rejected" }
        let alarm = try await played.panel.next("the alarm") { $0.topic.hasSuffix("event/alarm") }
        #expect(String(decoding: alarm.payload, as: UTF8.self).contains("no such customer"))
        let first = try #require(played.shop.billing.ledger.deliveries.first)
        try await played.shop.person.command("draft.resend", ["draft_id": first.draftID])
        _ = try await Story.draft(played.shop)
        #expect(played.shop.billing.ledger.deliveries.last?.bytes == first.bytes)
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        try await Story.verify(played)
      }
    }

    @Test("accepted and rejected for one draft in one round do not stop the daemon", .timeLimit(.minutes(1)))
    func contradiction() async throws {
      try await withShop(decide: { _ in .silent }) { played in
        try await Desk.bill(played, "J-1")
        let delivery = try await played.shop.billing.wait(for: "the draft") { $0.deliveries.first }
        try await played.kill()
        let draft = try #require(DraftID(delivery.draftID))
        for outcome in [BillingAck.Outcome.accepted, .duplicate, .rejected, .accepted] {
          try await Desk.acknowledge(played, draft, revision: 1, hash: delivery.contentSHA256, outcome)
        }
        try await played.start()
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        try await Desk.create(played, "J-2")
        #expect(played.daemon?.isRunning == true)
        try await Story.verify(played)
      }
    }

    @Test("a late answer to a replaced revision leaves its successor alone", .timeLimit(.minutes(1)))
    func lateAnswer() async throws {
      try await withShop(decide: { $0.revision == 1 ? .silent : .accept }) { played in
        try await Desk.bill(played, "J-1")
        let delivery = try await played.shop.billing.wait(for: "the draft") { $0.deliveries.first }
        try await played.shop.person.command("job.reopen", ["job": "J-1", "reason": "a fee was forgotten"])
        try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        let second = try await Story.draft(played.shop)
        #expect(second.revision == 2)
        #expect(second.sequence == 2)
        let draft = try #require(DraftID(delivery.draftID))
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        try await Desk.acknowledge(played, draft, revision: 1, hash: delivery.contentSHA256)
        try await Desk.create(played, "J-2")
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        try await played.state("alarm/twice.\(draft)", "the alarm") { $0["kind"]?.string == "accepted_twice" }
        try await Story.verify(played)
      }
    }

    @Test(
      "a revision that billing refuses for one whose acknowledgment was lost is settled by repeating that",
      .timeLimit(.minutes(1)))
    func lostAcknowledgment() async throws {
      try await withShop(decide: { $0.number == 1 ? .lost : .accept }) { played in
        // Reopened before the first revision is repeated.
        try await Desk.bill(played, "J-1")
        _ = try await played.shop.billing.wait(for: "the draft") { $0.deliveries.first }
        try await played.shop.person.command("job.reopen", ["job": "J-1", "reason": "a fee was forgotten"])
        try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        let drafts = try played.journal().snapshot().drafts
        #expect(drafts.map(\.state) == [.acknowledged, .superseded, .acknowledged, .acknowledged])
        #expect(
          played.shop.billing.ledger.invoices.map(\.revision) == [1, 1, 1], "no second revision of any")
        try await Story.verify(played)
      }
    }

    @Test(
      "a replaced revision accepted late is credited, and its successor sent no more", .timeLimit(.minutes(1))
    )
    func lateAcceptance() async throws {
      try await withShop(decide: { $0.draftID.hasSuffix("-000001") ? .silent : .accept }) { played in
        try await Desk.bill(played, "J-1")
        let first = try await played.shop.billing.wait(for: "the draft") { $0.deliveries.first }
        try await played.shop.person.command("job.reopen", ["job": "J-1", "reason": "a fee was forgotten"])
        try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        _ = try await played.shop.billing.wait(for: "revision 2") { $0.deliveries.first { $0.revision == 2 } }
        let draft = try #require(DraftID(first.draftID))
        try await Desk.acknowledge(played, draft, revision: 1, hash: first.contentSHA256)
        _ = try await Story.draft(played.shop, number: 2)
        try await played.state("job/J-1", "the job accepted") { $0["billing_state"]?.string == "accepted" }
        #expect(
          try played.journal().snapshot().drafts.map(\.state) == [
            .acknowledged, .superseded, .acknowledged, .acknowledged,
          ])
        try await Story.verify(played)
      }
    }

    @Test(
      "a missing price holds the draft, names job and reason, and hold.settle releases it",
      .timeLimit(.minutes(1)))
    func missingPrice() async throws {
      let edit: @Sendable (String) -> String = { $0.replacing("price: 35.00, ", with: "") }
      try await withShop(edit: edit) { played in
        try await Desk.create(played, "J-1")
        try await played.shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try await played.shop.person.command("job.complete", ["job": "J-1"])
        let job = try await played.state("job/J-1", "the job held") { $0["billing_state"]?.string == "held" }
        let hold = try #require(job["holds"]?.array?.first)
        #expect(hold["message"]?.string?.contains("Design revision fee") == true)
        let alarm = try await played.panel.next("the alarm") { $0.topic.hasSuffix("event/alarm") }
        #expect(String(decoding: alarm.payload, as: UTF8.self).contains("job J-1: the draft is held"))
        let listed = try await played.tool("hold", "list")
        #expect(listed.output.contains("J-1"))
        #expect(played.shop.billing.ledger.deliveries.isEmpty)
        let id = try #require(hold["hold"]?.string)
        try await played.shop.person.command(
          "hold.settle", ["job": "J-1", "hold": id, "reason": "as agreed", "price": "35.00"])
        let draft = try await Story.draft(played.shop)
        #expect(draft.lines.map(\.netAmount) == ["42.00"])
        #expect(Recomputed.faults(in: draft) == [])
        let person = played.shop.person.actor
        let explained = try await played.tool("explain", draft.id)
        for text in ["settled   \(person), ", "hold \(id) with 35.00: as agreed", "price_settled_by_hand"] {
          #expect(explained.output.contains(text), "\(text) is not in:\n\(explained.output)")
        }
        let shown = try await played.tool("draft", "show", draft.id)
        #expect(shown.output.contains("settled by \(person)"), "\(shown.output)")
        try await Story.verify(played)
      }
    }

    @Test(
      "draft list says whose each draft is, of what kind, and what became of it; draft show takes a revision",
      .timeLimit(.minutes(1)))
    func listing() async throws {
      try await withShop(decide: { $0.number == 1 ? .reject("no such customer") : .accept }) { played in
        let person = played.shop.person
        try await Desk.bill(played, "J-1")
        try await played.state("job/J-1", "the job rejected") { $0["billing_state"]?.string == "rejected" }
        let first = try #require(played.shop.billing.ledger.deliveries.first)
        for (count, command) in ["draft.resend", "job.complete", "job.complete"].enumerated() {
          if count == 0 {
            try await person.command(command, ["draft_id": first.draftID])
          } else {
            try await person.command("job.reopen", ["job": "J-1", "reason": "a fee was forgotten"])
            try await person.command("service.add", ["job": "J-1", "service": "design-revision"])
            try await person.command(command, ["job": "J-1"])
          }
          _ = try await Story.draft(played.shop, number: 1 + 2 * count)
          // The state from before the correction says accepted too.
          try await played.state("job/J-1", "all drafts accepted") { job in
            let states = job["drafts"]?.array?.map { $0["state"]?.string } ?? []
            return states.count == 1 + 2 * count && !states.contains("pending")
          }
        }
        let listed = try await played.tool("draft", "list", "--json")
        #expect(listed.status == 0, "\(listed.output)")
        let drafts = try #require(try JSONScanner.parse(Array(listed.output.utf8), limits: .trusted).array)
        #expect(drafts.map { $0["kind"]?.string } == ["invoice", "credit", "invoice", "credit", "invoice"])
        #expect(
          drafts.map { $0["state"]?.string } == ["credited", "accepted", "credited", "accepted", "accepted"])
        #expect(drafts.allSatisfy { $0["job"] == "J-1" && $0["customer"]?["ref"] == "acme" })
        #expect(drafts.first?["reason"] == nil, "an accepted draft keeps no reason of a rejection")
        #expect(drafts.first?["payable"]?.string?.isEmpty == false)
        let table = try await played.tool("draft", "list").output
        for text in ["J-1", "credited", "credit", "USD", "customer"] {
          #expect(table.contains(text), "\(table)")
        }
        #expect(!table.contains("no such customer"))
        let shown = try await played.tool("draft", "show", first.draftID, "--revision", "1")
        #expect(shown.output.contains("\(first.draftID) revision 1"), "\(shown.output)")
        for revision in ["2", "-1"] {
          let none = try await played.tool("draft", "show", first.draftID, "--revision", revision)
          #expect(none.status == 1 && none.output.contains("revision \(revision)"), "\(none.output)")
        }
        let bytes = try await played.tool("draft", "show", first.draftID, "--json").output
        #expect(Array(bytes.utf8) == first.bytes, "to the byte")
        let credit = try #require(drafts[1]["draft_id"]?.string)
        let explained = try await played.tool("explain", credit).output
        #expect(explained.contains("job J-1 was reopened: a fee was forgotten"), "\(explained)")
        let job = try await played.state("job/J-1", "why it was reopened") { $0["reopened"] != nil }
        #expect(job["reopened"]?["reason"] == "a fee was forgotten")
        try await Story.verify(played)
      }
    }

    @Test(
      "a draft that is paid before it is acknowledged repeats until it is, and its job stays in sight",
      .timeLimit(.minutes(1)))
    func paidBeforeAnswer() async throws {
      try await withShop(decide: { $0.number == 1 ? .silent : .accept }) { played in
        try await Desk.bill(played, "J-1")
        let delivery = try await played.shop.billing.wait(for: "the draft") { $0.deliveries.first }
        let paid = BillingStatusMessage(
          draft: try #require(DraftID(delivery.draftID)), state: .paid, event: "e1",
          observedAt: WallTime(milliseconds: 1_900_000_000_000))
        try await played.panel.deliver(
          Publication(topic: played.shop.topics.billingStatus, payload: paid.bytes))
        let job = try await played.state("job/J-1", "the job paid") { $0["billing_state"]?.string == "paid" }
        #expect(job["drafts"]?.array?.first?["state"]?.string == "pending")
        _ = try await Story.draft(played.shop)
        #expect(played.shop.billing.ledger.deliveries.map(\.bytes).count >= 2)
        try await Story.verify(played)
      }
    }

    @Test(
      "a gap is settled with no more than its length, and draft show and explain say by whom and why",
      .timeLimit(.minutes(2)))
    func settledGap() async throws {
      try await withShop { played in
        let shop = played.shop
        try await played.everythingHeard()
        try await Story.order(shop)
        try await shop.person.command("job.start", ["work_center": "mill-1", "job": "J-1", "part": "plate"])
        shop.mill.start()
        try await played.workCenter("mill-1", "the mill at work") { $0["run_state"]?.string == "running" }
        try await Task.sleep(for: .seconds(1))
        shop.floorBus.stop()
        try await Task.sleep(for: .seconds(12))
        let server = try ModbusServer.tcp(port: shop.floorBus.port, map: shop.floorBus.map)
        try await played.workCenter("mill-1", "the mill seen again", within: .seconds(30)) {
          $0["run_state"]?.string == "running" && $0["tallies"]?["seconds"]?["unknown"] != nil
        }
        shop.mill.stop()
        try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
        try await shop.person.command("job.complete", ["job": "J-1"])
        let job = try await played.state("job/J-1", "the job held", within: .seconds(75)) {
          $0["billing_state"]?.string == "held"
        }
        let hold = try #require(job["holds"]?.array?.first)
        #expect(Story.number(hold["most"]?.string) > 11 && Story.number(hold["most"]?.string) < 45, "\(hold)")
        let listed = try await played.tool("hold", "list", "--json").output
        let held = try JSONScanner.parse(Array(listed.utf8), limits: .trusted).array
        #expect(held?.map { $0["job"] } == ["J-1"] && held?.first?["hold"] == "gap.R1", "\(listed)")
        func settle(_ quantity: String) async throws -> (status: Int32, output: String) {
          try await played.tool(
            "hold", "settle", "--job", "J-1", "--hold", "gap.R1", "--reason", "I stood by", "--quantity",
            quantity)
        }
        let refused = try await settle("12 h")
        #expect(refused.status == 1 && refused.output.contains("at most"), "\(refused.output)")
        let settled = try await settle("11 s")
        #expect(settled.status == 0, "\(settled.output)")
        let draft = try await Story.draft(shop)
        let line = try #require(draft.lines.first { $0.type == "machine" })
        #expect(line.settlements.map(\.with) == ["11 s"])
        #expect(Story.seconds(line) < 5, "what was settled was not measured: \(line)")
        let shown = try await played.tool("draft", "show", draft.id).output
        #expect(shown.contains("settled by") && shown.contains("I stood by"), "\(shown)")
        let explained = try await played.tool("explain", draft.id, line.id).output
        for text in ["hold gap.R1 with 11 s: I stood by", "Z, settled", "(gap, held, and settled since)"] {
          #expect(explained.contains(text), "\(text) is not in:\n\(explained)")
        }
        try await Story.verify(played)
        server.stop()
      }
    }

    @Test("a draft that nobody answers is repeated byte for byte", .timeLimit(.minutes(1)))
    func repetition() async throws {
      try await withShop(decide: { $0.number < 3 ? .silent : .accept }) { played in
        try await Desk.bill(played, "J-1")
        _ = try await Story.draft(played.shop)
        let deliveries = played.shop.billing.ledger.deliveries
        #expect(deliveries.count >= 3)
        #expect(Set(deliveries.map(\.bytes)).count == 1)
      }
    }
  }
}

/// Paperwork that needs no machine.
enum Desk {
  static func create(_ played: PlayedShop, _ job: String) async throws {
    try await played.shop.person.command("job.create", ["job": job, "customer": "acme", "parts": "[]"])
  }

  /// A job of one noted hour, complete.
  static func bill(_ played: PlayedShop, _ job: String) async throws {
    try await create(played, job)
    try await played.shop.person.command(
      "labor.record", ["job": job, "operator": "mira", "activity": "post-processing", "minutes": "60"])
    try await played.shop.person.command("job.complete", ["job": job])
  }

  static func acknowledge(
    _ played: PlayedShop, _ draft: DraftID, revision: Int, hash: String,
    _ outcome: BillingAck.Outcome = .accepted
  ) async throws {
    let ack = BillingAck(
      draft: draft, revision: revision, contentSHA256: hash, outcome: outcome,
      reference: outcome == .rejected ? nil : "INV-1", reason: outcome == .rejected ? "no" : nil)
    try await played.panel.deliver(Publication(topic: played.shop.topics.ack, payload: ack.bytes))
  }
}
