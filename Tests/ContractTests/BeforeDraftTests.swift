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
}
