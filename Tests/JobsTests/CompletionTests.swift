import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct CompletionTests {
  typealias PartOrder = JobOrder.PartOrder

  @Test("completing at a work center completes the part there, and the job with its last part")
  func byWorkCenter() {
    var floor = Shopfloor()
    floor.create(
      "J1", parts: [PartOrder(part: "a", workCenter: "bench"), PartOrder(part: "b", workCenter: "shelf")])
    floor.start("J1", "a", at: "bench")
    let first = floor.complete(at: "bench")
    #expect(first.receipt?.state == .open)
    #expect(first.message.contains("still waits for b"))
    floor.addService(to: "J1")
    floor.start("J1", "b", at: "shelf")
    let second = floor.complete(at: "shelf")
    #expect(second.receipt?.state == .complete)
    #expect(second.receipt?.draft == "settling")
    #expect(floor.drafts.count == 1)
  }

  @Test("completing by job ends every run of it, everywhere")
  func byJob() {
    var floor = Shopfloor()
    floor.create(
      "J1", parts: [PartOrder(part: "a", workCenter: "bench"), PartOrder(part: "b", workCenter: "shelf")])
    floor.start("J1", "a", at: "bench")
    floor.start("J1", "b", at: "shelf")
    floor.complete("J1")
    #expect(floor.place("bench").run == nil)
    #expect(floor.place("shelf").run == nil)
    #expect(floor.job("J1")?.parts.map(\.isComplete) == [true, true])
  }

  @Test("a job with nothing on it is not completed, and stays as it was")
  func nothingRan() {
    var floor = Shopfloor()
    floor.create("J1")
    #expect(floor.complete("J1").code == .notRunning)
    #expect(floor.complete("nope").code == .unknownJob)
    #expect(floor.complete(at: "bench").code == .notRunning)
    #expect(floor.complete(at: "nowhere").code == .unknownWorkCenter)
    #expect(floor.job("J1")?.production == .open)
    floor.addService(to: "J1")
    #expect(floor.complete("J1").receipt != nil)
    #expect(floor.complete("J1").code == .wrongState)
  }

  @Test("the machine ended the run a moment before the operator says complete")
  func endedByItself() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .seconds(30))
    floor.states["printer-1"] = .running
    floor.pass(.seconds(5))
    floor.states["printer-1"] = .done
    floor.pass(.seconds(2))
    #expect(floor.place("printer-1").run == nil)
    #expect(floor.complete(at: "printer-1").receipt?.job == "J1")
  }

  @Test("a second press of complete never completes the job that ran there before")
  func doubleComplete() {
    var floor = Shopfloor()
    floor.create("old", parts: [PartOrder(part: "x", workCenter: "bench")])
    floor.start("old", at: "bench")
    floor.pass(.seconds(10))
    floor.stop(at: "bench")
    floor.create("new", parts: [PartOrder(part: "x", workCenter: "bench")])
    floor.start("new", at: "bench")
    floor.pass(.seconds(10))
    floor.complete(at: "bench")
    #expect(floor.complete(at: "bench").code == .notRunning)
    #expect(floor.job("old")?.production == .open)
  }

  @Test("a part finished at one place is not resumed at another")
  func finishedElsewhere() {
    var floor = Shopfloor()
    floor.create("J1", parts: [PartOrder(part: "a"), PartOrder(part: "b")])
    floor.start("J1", "a", at: "bench")
    floor.pause(at: "bench")
    floor.start("J1", "a", at: "shelf")
    floor.complete(at: "shelf")
    #expect(floor.resume(at: "bench").code == .notRunning)
  }

  @Test("labor and services alone make a job complete from open, and a timer nobody stopped ends with it")
  func laborOnly() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.send(.laborStart(job: "J1", operator: "bo", activity: "post-processing"))
    floor.pass(.minutes(30))
    floor.complete("J1")
    let draft = try #require(floor.drafts.last)
    #expect(floor.text(of: draft) == ["Post-processing 0.5 HUR 25.88"])
    #expect(draft.lines.first?.quality == .manual)
  }

  @Test("a canceled job that is billed sends its draft with what was used")
  func cancelBilled() {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.start("J1", at: "bench")
    floor.pass(.minutes(10))
    let result = floor.cancel("J1", bill: true)
    #expect(result.receipt?.draft == "settling")
    #expect(floor.runs(of: "J1").first?.outcome == .canceled)
    #expect(floor.text(of: floor.drafts.last) == ["Bench work 10 MIN 17.25"])
    #expect(floor.job("J1")?.production == .canceled)
    #expect(floor.cancel("J1", bill: true).code == .wrongState)
    #expect(floor.reopen("J1").code == .wrongState)
  }

  @Test("a canceled job that is not billed leaves the same totals as unattributed usage")
  func cancelUnbilled() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.draw["printer-1"] = 40
    floor.work(for: .minutes(5), using: 100)
    floor.draw["printer-1"] = 0
    floor.pass(.seconds(10))
    floor.cancel("J1", bill: false)
    floor.pass(.minutes(2))
    let run = try #require(floor.runs(of: "J1").first)
    #expect(floor.drafts.isEmpty)
    #expect(floor.job("J1")?.billing == .unbilled)
    func total(_ kind: Usage.Kind) -> Int64 {
      floor.usages.filter { $0.kind == kind }.reduce(0) { $0 + $1.quantity }
    }
    #expect(total(.material) == run.materials.reduce(0) { $0 + $1.amount })
    #expect(total(.material) == 30_000)
    #expect(total(.energy) == run.energy?.amount)
    #expect(total(.machineTime) == Span.minutes(5).base)
    #expect(floor.usages.allSatisfy { !$0.isOpen })
  }

  @Test("time taken by hand is released too when its job is canceled unbilled")
  func cancelUnbilledManual() {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.start("J1", at: "bench")
    floor.pass(.minutes(10))
    floor.cancel("J1", bill: false)
    #expect(floor.usages.map(\.quantity) == [Span.minutes(10).base])
    #expect(floor.usages.first?.isMeasured == false)
  }

  @Test("a job canceled with nothing on it is simply gone")
  func cancelEmpty() {
    var floor = Shopfloor()
    floor.create("J1")
    #expect(floor.cancel("J1", bill: true).receipt?.draft == nil)
    #expect(floor.job("J1")?.billing == .unbilled)
    #expect(floor.drafts.isEmpty)
    #expect(floor.cancel("nope", bill: false).code == .unknownJob)
  }

  @Test("the draft waits for the grace after completion, in which a reopening cancels it unseen")
  func draftDelay() {
    var floor = Shopfloor(.sample { $0.draftDelay = .minutes(5) })
    #expect(floor.serviceJob("J1") == nil)
    floor.pass(.minutes(4))
    floor.reopen("J1")
    floor.pass(.minutes(4))
    #expect(floor.drafts.isEmpty)
    floor.complete("J1")
    floor.pass(.minutes(5))
    #expect(floor.drafts.count == 1)
    #expect(floor.drafts.first?.revision == 1)
  }

  @Test("a reboot does not cut the grace short, where the clock can tell how long it took")
  func draftDelayOverReboot() {
    var floor = Shopfloor(.sample { $0.draftDelay = .minutes(30) })
    _ = floor.serviceJob("J1")
    floor.reboot(after: .minutes(2), isWallTrusted: true)
    floor.pass(.minutes(27))
    #expect(floor.drafts.isEmpty)
    floor.pass(.minutes(2))
    #expect(floor.drafts.count == 1)
  }

  @Test("a held job, or one that still settles, keeps no deadline of the grace due for ever")
  func draftDelayHeld() {
    var floor = Shopfloor(.sample { $0.draftDelay = .minutes(1) })
    floor.create("J1", parts: [])
    floor.send(.materialRecord(job: "J1", part: nil, material: "exotic", mass: grams("5"), note: nil))
    floor.complete("J1")
    floor.pass(.minutes(3))
    #expect(floor.job("J1")?.billing == .held)
    #expect(!floor.books.isDue(at: floor.now))
  }

  @Test("only a complete job is reopened, and its parts are open again")
  func reopening() {
    var floor = Shopfloor()
    floor.create("J1", parts: [PartOrder(part: "x", workCenter: "bench")])
    #expect(floor.reopen("nope").code == .unknownJob)
    #expect(floor.reopen("J1").code == .wrongState)
    #expect(floor.reopen("J1").message.contains("open"))
    floor.start("J1", at: "bench")
    floor.complete("J1")
    #expect(floor.reopen("J1").receipt?.state == .open)
    #expect(floor.job("J1")?.parts.map(\.isComplete) == [false])
    #expect(floor.start(at: "bench").receipt?.job == "J1")
  }

  @Test("the reply to a completion says what the draft waits for, and until when at most")
  func settlingSays() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(2), using: 100)
    let until = floor.now.wall.advanced(by: .seconds(60))
    let reply = floor.complete("J1")
    #expect(reply.receipt?.draft == "settling")
    for text in ["spool-1", "printer-1", "\(until)"] {
      #expect(reply.message.contains(text), "\(text) is not in: \(reply.message)")
    }
  }

  @Test("a grace is said in the reply, and a draft that is made at once waits for nothing")
  func graceSays() throws {
    var floor = Shopfloor(.sample { $0.draftDelay = .minutes(5) })
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    let message = floor.complete("J1").message
    #expect(message.contains("draft_delay"))
    #expect(message.contains("\(floor.now.wall.advanced(by: .minutes(5)))"))
    floor.configure(.sample("v2"))
    floor.create("J2", parts: [])
    floor.addService(to: "J2")
    #expect(floor.complete("J2").receipt?.message == nil)
  }
}
