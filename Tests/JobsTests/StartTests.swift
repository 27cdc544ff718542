import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct StartTests {
  typealias PartOrder = JobOrder.PartOrder

  @Test("a job starts by its id, and its run is listed by the job and shown at the work center")
  func startById() throws {
    var floor = Shopfloor()
    floor.create("J1")
    let receipt = try floor.start("J1").get()
    let run = try #require(receipt.run)
    #expect(receipt.part == "body")
    #expect(receipt.state == .running)
    #expect(floor.place("printer-1").run == run)
    #expect(floor.job("J1")?.runs == [run])
    #expect(floor.job("J1")?.production == .running)
    #expect(floor.place("printer-1").lastAction?.ok == true)
  }

  @Test("a start without a job takes the one part that waits there")
  func startWaiting() throws {
    var floor = Shopfloor()
    floor.create("J1")
    #expect(try floor.start().get().job == "J1")
  }

  @Test("a start without a job takes what was paused there before anything that waits")
  func startPaused() throws {
    var floor = Shopfloor()
    floor.create("J1")
    floor.create("J2")
    floor.start("J2")
    floor.pause()
    #expect(floor.job("J2")?.production == .paused)
    #expect(try floor.start().get().job == "J2")
  }

  @Test("a start is ambiguous when several parts wait, and says which")
  func ambiguous() {
    var floor = Shopfloor()
    floor.create("J1")
    floor.create("J2")
    let result = floor.start()
    #expect(result.code == .ambiguous)
    #expect(result.message.contains("J1/body, J2/body"))
    floor.create("J3", parts: [PartOrder(part: "a"), PartOrder(part: "b")])
    let parts = floor.start("J3")
    #expect(parts.code == .ambiguous)
    #expect(parts.message.contains("a, b"))
  }

  @Test("a start is refused with a reason for every way it can be wrong")
  func refusals() {
    var floor = Shopfloor()
    floor.create("J1")
    floor.create("J2", parts: [PartOrder(part: "far", workCenter: "mill-1")])
    #expect(floor.start("J1", at: "nowhere").code == .unknownWorkCenter)
    #expect(floor.start("J1", at: "nowhere").message.contains("printer-1"))
    #expect(floor.start("nope").code == .unknownJob)
    #expect(floor.start("J1", "tail").code == .unknownPart)
    #expect(floor.start("J2").code == .wrongState)
    #expect(floor.start(at: "saw-1").code == .unknownJob)
    floor.start("J1")
    let taken = floor.start("J2", "far")
    #expect(taken.code == .alreadyRunning)
    #expect(taken.message.contains("J1"))
    floor.complete("J1")
    #expect(floor.start("J1").code == .wrongState)
  }

  @Test("a finished part is not started again")
  func finishedPart() {
    var floor = Shopfloor()
    floor.create(
      "J1", parts: [PartOrder(part: "a", workCenter: "bench"), PartOrder(part: "b", workCenter: "bench")])
    floor.start("J1", "a", at: "bench")
    floor.complete(at: "bench")
    #expect(floor.start("J1", "a", at: "bench").code == .wrongState)
    #expect(floor.start(at: "bench").receipt?.part == "b")
  }

  @Test("another job started over paused work leaves the paused one open, not paused for ever")
  func startOverPaused() {
    var floor = Shopfloor()
    floor.create("J1")
    floor.create("J2")
    floor.start("J1")
    floor.pause()
    floor.start("J2")
    #expect(floor.job("J1")?.production == .open)
    #expect(floor.job("J2")?.production == .running)
  }

  @Test("nothing is in force before the first configuration")
  func unconfigured() {
    var shop = Shop()
    let at = Moment(boot: 1, uptime: .zero, wall: Shopfloor.start, isWallTrusted: true)
    let effects = shop.apply(.command(.jobPause(workCenter: "printer-1"), by: "alice", at: at))
    guard case .refused(let refusal) = effects.first else { return #expect(Bool(false), "not refused") }
    #expect(refusal.code == .unavailable)
  }

  @Test("a work center timed by hand without a rate is tallied and not billed")
  func unratedPlace() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [PartOrder(part: "x", workCenter: "shelf")])
    floor.start("J1", at: "shelf")
    floor.pass(.minutes(3))
    floor.addService(to: "J1")
    floor.complete("J1")
    #expect(floor.runs(of: "J1").first?.time.states[.running] == .minutes(3))
    #expect(try #require(floor.drafts.last).lines.map(\.kind) == [.service])
  }

  @Test("a job in another currency than the shop's of today is not started or added to")
  func otherCurrency() {
    var floor = Shopfloor()
    floor.create("J1")
    floor.configure(.sample("v2") { $0.priceList.currency = currency("EUR") })
    #expect(floor.start("J1").code == .wrongState)
    #expect(floor.addService(to: "J1").code == .wrongState)
  }
}
