import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// What follows an invoice that billing voided.
struct VoidedInvoiceTests {
  @Test("a first revision void and then accepted late is billed anew, without a credit")
  func voidThenAcceptedLate() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    floor.report(first, revision: 1, "void", "e1")
    floor.acknowledge(first)
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .invoice])
    #expect(floor.drafts.last?.totals == second.totals)
    #expect(floor.drafts.last?.supersedes == first.id)
  }

  @Test("a voided invoice has no credit: the new draft alone takes its place")
  func noCredit() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.acknowledge(first)
    floor.report(first, "void", "e1")
    floor.correct("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice])
    let new = try #require(floor.drafts.last)
    #expect(new.id != first.id && new.supersedes == first.id && new.revision == 1)
    #expect(floor.job("J1")?.standingDraft?.id == new.id)
    floor.acknowledge(new)
    #expect(floor.job("J1")?.billing == .accepted)
    floor.correct("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .credit, .invoice])
    #expect(floor.drafts[2].supersedes == new.id, "each is taken back once")
  }

  @Test("a voided invoice whose job came to nothing needs no draft at all, until something is to bill")
  func emptied() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.acknowledge(first)
    floor.report(first, "void", "e1")
    floor.reopen("J1")
    let entry = try #require(floor.job("J1")?.entries.first?.id)
    floor.send(.entryVoid(entry: entry, reason: "never happened"))
    floor.complete("J1")
    #expect(floor.drafts.count == 1)
    #expect(floor.job("J1")?.billing == .void && floor.shop.undrafted.isEmpty)
    floor.correct("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice])
  }

  @Test(
    "a void invoice that is collected after another took its place raises an alarm, until one of them is void"
  )
  func voidUndone() throws {
    for (isNew, word) in [(true, "overdue"), (false, "partially_paid"), (false, "paid")] {
      var floor = Shopfloor()
      let made = floor.serviceJob("J1")
      let first = try #require(made)
      floor.acknowledge(first)
      floor.report(first, "void", "e1")
      floor.report(first, "paid", "e2")
      #expect(floor.job("J1")?.billing == .paid && floor.alarms.isEmpty, "it stands again, and alone")
      floor.report(first, "void", "e3")
      floor.correct("J1")
      let new = try #require(floor.drafts.last)
      floor.acknowledge(new)
      floor.report(first, "sent", "e4")
      #expect(floor.alarms.isEmpty, "news of the delivery, from before")
      floor.report(first, word, "e5")
      #expect(floor.alarms == ["void_undone"], "\(word)")
      let alarm = try #require(floor.shop.alarms.ids.first.flatMap { floor.shop.alarms[$0] })
      for text in [first.id.text, new.id.text, "J1"] { #expect(alarm.message.contains(text)) }
      #expect(floor.job("J1")?.billing == .accepted)
      floor.report(new, "paid", "e6")
      #expect(floor.alarms == ["void_undone"], "now both are paid")
      floor.report(isNew ? new : first, "void", "e7")
      #expect(floor.alarms.isEmpty)
    }
  }
}
