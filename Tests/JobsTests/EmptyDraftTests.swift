import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

@Suite("Drafts that bill nothing, and clocks that nobody believes")
struct EmptyDraftTests {
  @Test("where a draft billed nothing, nothing is credited")
  func nothingToCredit() throws {
    var floor = Shopfloor()
    _ = floor.serviceJob("J1")
    floor.reopen("J1")
    let entry = try #require(floor.job("J1")?.entries.first?.id)
    floor.send(.entryVoid(entry: entry, reason: "never happened"))
    floor.complete("J1")
    let empty = try #require(floor.drafts.last)
    #expect(empty.revision == 2 && empty.lines.isEmpty)
    floor.acknowledge(empty)
    floor.reopen("J1")
    floor.complete("J1")
    #expect(floor.drafts.count == 2, "nothing changed, so there is nothing to say")
    #expect(floor.job("J1")?.billing == .accepted)
    floor.correct("J1")
    #expect(floor.drafts.map(\.kind) == [.invoice, .invoice, .invoice])
    #expect(floor.drafts.last?.supersedes == empty.id)
  }

  @Test("a job that came to nothing is complete and unbilled, and no empty draft is made")
  func emptyFirst() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.start("J1", at: "bench")
    floor.complete("J1")
    #expect(floor.drafts.isEmpty)
    #expect(floor.job("J1")?.billing == .unbilled)
    #expect(floor.job("J1")?.production == .complete)
    #expect(floor.shop.undrafted.isEmpty && floor.shop.openJobs.isEmpty)
    floor.correct("J1")
    #expect(floor.drafts.map(\.revision) == [1])
  }

  @Test("a draft without lines is never sent by itself")
  func emptyIsNoAutoSend() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J1", for: "auto")
    #expect(made?.delivery == .autoSend)
    floor.reopen("J1")
    let entry = try #require(floor.job("J1")?.entries.first?.id)
    floor.send(.entryVoid(entry: entry, reason: "never happened"))
    floor.complete("J1")
    #expect(floor.drafts.last?.lines.isEmpty == true)
    #expect(floor.drafts.last?.delivery == .draft)
  }

  @Test("a clock that was accepted for one draft is not accepted for the next")
  func clockAcceptedOnce() {
    var floor = Shopfloor()
    let right = floor.now
    floor.now = Moment(
      boot: 1, uptime: right.uptime, wall: right.wall.advanced(by: .hours(9_000)), isWallTrusted: true)
    floor.create("J0")
    floor.now = right.advanced(by: .minutes(1))
    _ = floor.serviceJob("J1")
    floor.settle("J1", "clock", .accept)
    floor.pass(.seconds(1))
    #expect(floor.drafts.count == 1)
    floor.reopen("J1")
    floor.complete("J1")
    #expect(floor.drafts.count == 1)
    #expect(floor.job("J1")?.holds.map(\.kind) == [.clockWrong])
  }
}
