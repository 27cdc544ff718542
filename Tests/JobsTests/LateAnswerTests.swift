import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// What billing says too late, or in another order than it happened.
struct LateAnswerTests {
  @Test("an acknowledgment that comes after the payment does not take the payment back")
  func ackAfterPaid() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.report(draft, "paid", "e1")
    floor.acknowledge(draft)
    #expect(floor.job("J1")?.billing == .paid)
    #expect(floor.job("J1")?.standingDraft?.state == .accepted)
  }

  @Test("what was observed before the newest state applied changes nothing, and its event is remembered")
  func delayedStatus() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.acknowledge(draft)
    floor.report(draft, "paid", "e1", ago: .minutes(1))
    floor.report(draft, "viewed", "e2", ago: .minutes(2))
    #expect(floor.job("J1")?.billing == .paid)
    #expect(floor.job("J1")?.standingDraft?.events == ["e1", "e2"])
    floor.report(draft, "gibberish", "e3")
    floor.report(draft, "void", "e4", ago: .minutes(1))
    #expect(floor.job("J1")?.billing == .void, "observed at the same time, said later")
    floor.report(draft, "sent", "e2")
    #expect(floor.job("J1")?.billing == .void, "an event counts once")
  }

  @Test("a superseded revision accepted late stands, and the newer ones give way to a credit and a new draft")
  func lateAck() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    floor.acknowledge(first, .accepted(reference: "INV-7"))
    #expect(floor.effects.contains(.superseded(second.id, revision: 2)))
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .credit, .invoice])
    let credit = floor.drafts[2]
    let new = floor.drafts[3]
    #expect(credit.supersedes == first.id && credit.totals == first.totals)
    #expect(new.id != first.id && new.supersedes == first.id && new.totals == second.totals)
    #expect(floor.job("J1")?.drafts.map(\.state) == [.credited, .superseded, .pending, .pending])
    #expect(floor.job("J1")?.drafts.first?.reference == "INV-7")
    #expect(floor.job("J1")?.billing == .drafted)
    let before = floor.shop.jobs
    floor.acknowledge(second)
    floor.acknowledge(first)
    #expect(floor.shop.jobs == before, "one revision of it was accepted already")
  }

  @Test("a superseded revision accepted while its job is open again waits for the completion")
  func lateAckWhileOpen() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    floor.acknowledge(second, .rejected(reason: "known already"))
    floor.reopen("J1")
    floor.acknowledge(first)
    #expect(floor.job("J1")?.billing == .accepted)
    #expect(floor.job("J1")?.drafts.map(\.state) == [.accepted, .superseded])
    #expect(floor.alarms.isEmpty)
    #expect(floor.drafts.count == 2)
    floor.complete("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .credit, .invoice])
  }

  @Test("a late acceptance for a job canceled unbilled is credited, and what it used is not released twice")
  func lateAckOfCanceled() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.start("J1", at: "bench")
    floor.pass(.minutes(10))
    floor.complete("J1")
    let first = try #require(floor.drafts.last)
    floor.reopen("J1")
    floor.cancel("J1", bill: false)
    floor.acknowledge(first)
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .credit], "nothing is left to bill")
    #expect(floor.drafts.last?.totals == first.totals)
    let canceled = try #require(floor.job("J1")?.canceled)
    #expect(
      floor.drafts.last?.lines.first?.evidence == [
        .noted(by: "alice", at: canceled.at, note: "job J1 was canceled: changed their mind")
      ])
    #expect(floor.job("J1")?.billing == .unbilled)
    #expect(floor.usages.map(\.quantity) == [Span.minutes(10).base])
  }

  @Test("what was paid before a draft was replaced is not taken back by older news of its successor")
  func paidThenReplaced() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.report(first, "paid", "e1", ago: .minutes(1))
    floor.correct("J1")
    floor.report(first, "viewed", "e2", ago: .minutes(2))
    floor.reopen("J1")
    floor.acknowledge(first)
    #expect(floor.job("J1")?.drafts.first?.payment == .paid)
    #expect(floor.job("J1")?.billing == .paid)
  }

  @Test("a clock of billing's that ran ahead once does not silence what billing says later")
  func billingAhead() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.acknowledge(draft)
    floor.report(draft, "sent", "e1", ago: .hours(-24 * 365))
    floor.pass(.minutes(1))
    floor.report(draft, "paid", "e2")
    #expect(floor.job("J1")?.billing == .paid)
    floor.report(draft, "viewed", "e3", ago: .minutes(5))
    #expect(floor.job("J1")?.billing == .paid)
  }

  @Test("news of the delivery never takes news of the money back, however late it was observed")
  func viewedAfterPaid() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.acknowledge(draft)
    floor.report(draft, "viewed", "e1")
    floor.report(draft, "sent", "e2")
    #expect(floor.job("J1")?.billing == .viewed)
    for (index, word) in ["partially_paid", "overdue", "paid", "void"].enumerated() {
      floor.report(draft, word, "m\(index)")
      let state = floor.job("J1")?.billing
      for later in ["created", "sent", "viewed"] { floor.report(draft, later, "\(later)\(index)") }
      #expect(floor.job("J1")?.billing == state, "\(word)")
    }
    floor.report(draft, "failed", "f1")
    floor.report(draft, "sent", "f2")
    #expect(floor.job("J1")?.billing == .sent, "what failed may be sent again")
  }

  @Test("what billing speaks of before it answered is not replaced: the correction waits for the answer")
  func paidWhilePending() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.report(first, "paid", "e1")
    #expect(floor.job("J1")?.billing == .paid)
    #expect(floor.job("J1")?.standingDraft?.state == .pending, "a status is no acknowledgment")
    floor.reopen("J1")
    floor.addService(to: "J1")
    #expect(floor.complete("J1").message.contains("until billing answers to draft \(first.id)"))
    floor.pass(.minutes(5))
    #expect(floor.drafts.count == 1, "billing holds it: another revision could be billed beside it")
    #expect(floor.job("J1")?.billing == .settling)
    floor.acknowledge(first)
    #expect(floor.drafts.map(\.kind) == [.invoice, .credit, .invoice])
    #expect(floor.drafts.map(\.revision) == [1, 1, 1])
  }

  @Test("a draft held by a wrong clock waits for billing's answer too, where billing speaks of the last")
  func paidWhileHeld() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.reopen("J1")
    floor.addService(to: "J1")
    let right = floor.now
    floor.now = Moment(
      boot: 1, uptime: right.uptime, wall: WallTime(milliseconds: 86_400_000), isWallTrusted: false)
    floor.complete("J1")
    #expect(floor.job("J1")?.holds.map(\.kind) == [.clockWrong])
    floor.report(first, "paid", "e1")
    floor.now = right.advanced(by: .minutes(2))
    floor.pass(.seconds(1))
    #expect(floor.drafts.count == 1)
    floor.acknowledge(first)
    floor.pass(.seconds(1))
    #expect(floor.drafts.map(\.kind) == [.invoice, .credit, .invoice])
  }
}
