import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

@Suite("Billing rejects, and says other things besides")
struct RejectionTests {
  @Test("what billing spoke of and then rejected it does not hold: its correction is a revision")
  func rejectedAfterPaid() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.report(first, "sent", "e1")
    floor.correct("J1")
    #expect(floor.drafts.count == 1)
    floor.acknowledge(first, .rejected(reason: "no such customer"))
    #expect(floor.drafts.map(\.revision) == [1, 2])
    #expect(floor.job("J1")?.billing == .drafted)
  }

  @Test("a rejection after the acceptance changes nothing")
  func rejectedAfterAccepted() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.acknowledge(draft)
    let before = floor.shop
    floor.acknowledge(draft, .rejected(reason: "on second thought"))
    #expect(floor.shop == before)
  }

  @Test("a draft that is accepted after all keeps no reason of an earlier rejection")
  func acceptedAfterRejected() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.acknowledge(draft, .rejected(reason: "no such customer"))
    floor.acknowledge(draft)
    #expect(floor.job("J1")?.standingDraft?.state == .accepted)
    #expect(floor.job("J1")?.standingDraft?.reason == nil)
    #expect(floor.job("J1")?.billing == .accepted)
  }

  @Test("news of a draft that comes after its rejection does not keep its correction waiting")
  func statusAfterRejected() throws {
    for word in ["created", "sent", "paid", "void"] {
      var floor = Shopfloor()
      let made = floor.serviceJob("J1")
      let first = try #require(made)
      floor.acknowledge(first, .rejected(reason: "no such customer"))
      floor.report(first, word, "e1")
      #expect(floor.job("J1")?.billing == .rejected)
      floor.correct("J1")
      #expect(floor.drafts.map(\.revision) == [1, 2], "\(word)")
      let second = try #require(floor.drafts.last)
      floor.acknowledge(second)
      #expect(floor.job("J1")?.billing == .accepted, "what was said of the first is none of the second")
    }
  }

  @Test("a draft that is accepted after its rejection is in the state that was reported meanwhile")
  func paidAfterRejected() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.acknowledge(first, .rejected(reason: "no such customer"))
    floor.report(first, "paid", "e1")
    floor.acknowledge(first)
    #expect(floor.job("J1")?.billing == .paid)
  }

  @Test(
    "where billing refuses a revision for one it holds, the repeated acknowledgment of that one settles it")
  func lostAcknowledgment() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    for isRejectedFirst in [true, false] {
      var floor = floor
      if isRejectedFirst { floor.acknowledge(second, .rejected(reason: "revision 1 is accepted")) }
      floor.acknowledge(first, .accepted(reference: "INV-7"))
      if !isRejectedFirst { floor.acknowledge(second, .rejected(reason: "revision 1 is accepted")) }
      #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .credit, .invoice])
      #expect(floor.drafts.last?.totals == second.totals)
      #expect(floor.job("J1")?.billing == .drafted)
      #expect(floor.alarms.isEmpty)
    }
  }

  @Test("for a credit that billing rejects, the only advice is to send it again")
  func rejectedCredit() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    floor.acknowledge(try #require(made))
    floor.correct("J1")
    floor.acknowledge(floor.drafts[1], .rejected(reason: "closed period"))
    let alarm = try #require(floor.shop.alarms.ids.first.flatMap { floor.shop.alarms[$0] })
    #expect(alarm.message.contains("credit \(floor.drafts[1].id)") && alarm.message.contains("draft.resend"))
    #expect(!alarm.message.contains("complete the job again"))
  }
}
