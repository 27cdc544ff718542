import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

@Suite("Two revisions of one draft accepted")
struct TwoRevisionsTests {
  @Test("two revisions accepted of one draft raise an alarm, for billing may bill both")
  func acceptedTwice() throws {
    for isLate in [true, false] {
      var floor = Shopfloor()
      let made = floor.serviceJob("J1")
      let first = try #require(made)
      floor.correct("J1")
      let second = try #require(floor.drafts.last)
      #expect(second.revision == 2)
      floor.acknowledge(isLate ? second : first)
      #expect(floor.alarms.isEmpty)
      let jobs = floor.shop.jobs
      floor.acknowledge(isLate ? first : second)
      #expect(floor.shop.jobs == jobs)
      #expect(floor.alarms == ["accepted_twice"])
      let alarm = try #require(floor.shop.alarms.ids.first.flatMap { floor.shop.alarms[$0] })
      for text in ["revision 1", "revision 2", first.id.text, "J1"] { #expect(alarm.message.contains(text)) }
      floor.report(try #require(floor.drafts.last), "paid", "e1")
      #expect(floor.alarms.isEmpty, "once the job is paid it is over")
    }
  }

  @Test("an alarm of two revisions accepted is over wherever the job is paid, void or unbilled")
  func acceptedTwiceIsOver() throws {
    // Paid before the second acceptance comes.
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    floor.acknowledge(second)
    floor.report(second, "paid", "e1")
    floor.acknowledge(first)
    #expect(floor.alarms.isEmpty)

    // Canceled unbilled: the empty revision, and the one it took the place of.
    for isLate in [true, false] {
      var floor = Shopfloor()
      let made = floor.serviceJob("J1")
      let first = try #require(made)
      floor.reopen("J1")
      floor.cancel("J1", bill: false)
      let empty = try #require(floor.drafts.last)
      floor.acknowledge(isLate ? empty : first)
      floor.acknowledge(isLate ? first : empty)
      if floor.job("J1")?.billing == .unbilled { #expect(floor.alarms.isEmpty) }
    }

    // Paid while it settles once more.
    floor = Shopfloor()
    _ = floor.serviceJob("J1")
    floor.correct("J1")
    let (one, two) = (floor.drafts[0], floor.drafts[1])
    floor.acknowledge(two)
    floor.acknowledge(one)
    #expect(floor.alarms == ["accepted_twice"])
    floor.reopen("J1")
    floor.deadlinesAreHeeded = false
    floor.complete("J1")
    floor.report(two, "paid", "e1")
    #expect(floor.job("J1")?.billing == .settling)
    #expect(floor.alarms.isEmpty)
  }

  @Test("billing says by its void of the other revision that it does not bill both")
  func otherRevisionVoid() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1")
    let first = try #require(made)
    floor.correct("J1")
    let second = try #require(floor.drafts.last)
    floor.acknowledge(second)
    floor.acknowledge(first)
    #expect(floor.alarms == ["accepted_twice"])
    floor.report(first, revision: 1, "void", "e1")
    #expect(floor.alarms.isEmpty)
    #expect(floor.job("J1")?.billing == .accepted)
  }
}
