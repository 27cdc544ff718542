import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// `draft.revise`: a draft that billing has not accepted, made anew.
struct RevisionTests {
  private func revise(_ floor: inout Shopfloor, _ draft: InvoiceDraft) -> Result<Receipt, Refusal> {
    floor.send(.draftRevise(draft: draft.id, reason: "net 30 was agreed"))
  }

  @Test("rejected for its terms, a draft goes out again with the customer as the configuration has it now")
  func customer() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1", for: "acme")
    let first = try #require(made)
    floor.acknowledge(first, .rejected(reason: "no terms"))
    floor.configure(
      .sample("v2") { rules in
        rules.customers["acme"] = Customer(
          ref: "acme", name: "Acme Inc.", markup: Percentages(decimal("90")), terms: "net 30",
          delivery: .autoSend, batch: .monthly)
        rules.priceList.services["design-revision"]?.price = price("99")
      })
    #expect(revise(&floor, first).code == nil)
    let second = try #require(floor.drafts.last)
    #expect(second.id == first.id && second.revision == 2 && second.sequence == 2)
    #expect(second.customer.name == "Acme Inc." && second.customer.terms == "net 30")
    #expect(second.delivery == .autoSend)
    #expect(second.totals == first.totals, "what was agreed when the job began stays")
    #expect(second.notes == ["revised: net 30 was agreed (alice)"])
    #expect(floor.job("J1")?.drafts.map(\.state) == [.superseded, .pending])
    #expect(floor.alarms.isEmpty)
    floor.acknowledge(second)
    #expect(floor.job("J1")?.billing == .accepted)
  }

  @Test("while it is pending too, once; the next revision is free of the note")
  func pending() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    _ = revise(&floor, try #require(made))
    #expect(floor.drafts.map(\.revision) == [1, 2])
    floor.correct("J1")
    #expect(floor.drafts.last?.revision == 3 && floor.drafts.last?.notes == [])
  }

  @Test(
    "an accepted draft is not revised, nor one of an open job, nor a deposit, nor one that billing speaks of")
  func refused() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let draft = try #require(made)
    floor.report(draft, "sent", "e1")
    #expect(revise(&floor, draft).message.contains("is known to billing already"))
    floor.acknowledge(draft)
    #expect(revise(&floor, draft).code == .wrongState)
    #expect(revise(&floor, draft).message.contains("is accepted, and never changes"))
    let second = floor.serviceJob("J2")
    floor.reopen("J2")
    #expect(revise(&floor, try #require(second)).message.contains("is of job J2, which is open"))
    floor.create("J3", parts: [])
    floor.send(.bill(.deposit, job: "J3", .amount(decimal("10"))))
    #expect(revise(&floor, try #require(floor.drafts.last)).message.contains("is a deposit"))
    #expect(floor.send(.draftRevise(draft: "K7Q2ZP-000099", reason: nil)).code == .unknownDraft)
    #expect(floor.drafts.count == 3)
  }

  @Test("a draft of several jobs is made anew for all of them")
  func batch() throws {
    var floor = Shopfloor()
    for job: JobID in ["J1", "J2"] { _ = floor.serviceJob(job, for: "gathered") }
    floor.send(.batch(customer: "gathered", jobs: nil))
    let first = try #require(floor.drafts.last)
    _ = revise(&floor, first)
    #expect(floor.drafts.count == 2)
    #expect(floor.drafts.last?.revision == 2 && floor.drafts.last?.jobs.count == 2)
  }

  @Test("accepted before the revision is made, a draft stays as it is, for each of its jobs")
  func acceptedMeanwhile() throws {
    var floor = Shopfloor()
    for job: JobID in ["J1", "J2"] { _ = floor.serviceJob(job, for: "gathered") }
    floor.send(.batch(customer: "gathered", jobs: nil))
    let first = try #require(floor.drafts.last)
    floor.deadlinesAreHeeded = false
    floor.send(.draftRevise(draft: first.id, reason: "x"))
    floor.acknowledge(first)
    floor.deadlinesAreHeeded = true
    floor.observe()
    #expect(floor.drafts.count == 1)
  }

  @Test("reopened, a job forgets that a revision was asked for")
  func reopened() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let d = try #require(made)
    floor.deadlinesAreHeeded = false
    floor.send(.draftRevise(draft: d.id, reason: "x"))
    floor.acknowledge(d)
    floor.reopen("J1")
    floor.deadlinesAreHeeded = true
    floor.complete("J1")
    #expect(floor.drafts.count == 1, "completed again with the same lines sends nothing")
  }

  @Test("accepted while the revision waits for the clock, a draft stays as it is")
  func heldMeanwhile() throws {
    var floor = Shopfloor(.sample { $0.requiresSynchronizedClock = true })
    let made = floor.serviceJob("J1")
    let d = try #require(made)
    let t = floor.now
    floor.now = Moment(
      boot: 1, uptime: t.uptime + .seconds(60), wall: t.wall.advanced(by: .seconds(60)), isWallTrusted: false)
    #expect(floor.send(.draftRevise(draft: d.id, reason: "terms")).code == nil)
    floor.now = floor.now.advanced(by: .hours(2))
    floor.acknowledge(d)
    floor.now = Moment(
      boot: 1, uptime: floor.now.uptime + .seconds(60), wall: floor.now.wall.advanced(by: .seconds(60)),
      isWallTrusted: true)
    floor.observe()
    #expect(floor.drafts.count == 1, "accepted: it never changes")
  }
}
