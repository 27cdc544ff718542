import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

/// What is to be seen of a job before its draft.
@Suite("Before the draft") struct BeforeDraftTests {
  @Test("a settling job's state says what it waits for, and until when at most")
  func settling() throws {
    var shop = try Workshop.busy()
    try shop.order("job.complete", #""job":"J-1001""#, at: at(1400))
    let job = try #require(shop.books.shop.jobs[try .named("J-1001")])
    let state = try JSONScanner.parse(StatePayloads.job(job, shop: shop.books.shop), limits: .trusted)
    #expect(state["billing_state"] == "settling")
    #expect(state["settling"]?["waits_for"]?.array?.map { $0["device"] } == ["scale-2"])
    #expect(state["settling"]?["until"] == "2026-11-21T08:24:20Z")
  }

  @Test("what a hand took stands beside the live tally before any draft")
  func removed() throws {
    var shop = try Workshop.busy()
    let account = Account(run: try .named("R1"), material: try .named("pla-black"), lot: "L 7")
    shop.apply(
      .fact(
        .segment(
          Segment(
            channel: shop.scale, account: account, from: at(1300), to: at(1301), first: 935_000,
            last: 934_000, amount: 1_000, marks: [.removedByHand], removed: 250_000))))
    let place: WorkCenterID = try .named("mill-1")
    let run = try #require(shop.books.shop.runs[try .named("R1")])
    let bytes = StatePayloads.workCenter(
      place, try #require(shop.books.shop.workCenters[place]), rules: nil, run: run, tallies: nil)
    let state = try JSONScanner.parse(bytes, limits: .trusted)
    #expect(state["tallies"]?["materials"]?.array?.first?["removed"] == "250")
  }
}
