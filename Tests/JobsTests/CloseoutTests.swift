import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct CloseoutTests {
  private func shop(_ completion: CompletionRules) -> Shopfloor {
    var floor = Shopfloor(.sample { $0.completion = completion })
    floor.warmUp()
    return floor
  }

  private static let photo = CloseoutCheck(name: "Photo of the finished part", needsReference: true)

  private func labor(_ floor: inout Shopfloor, on job: JobID) {
    floor.send(.laborRecord(job: job, operator: "ann", activity: "post-processing", span: .minutes(30)))
  }

  @discardableResult
  private func complete(
    _ floor: inout Shopfloor, _ job: JobID, as outcome: JobOutcomeID? = nil, on event: CompletionEvent? = nil
  ) -> Result<Receipt, Refusal> {
    floor.send(.jobComplete(.job(job), outcome: outcome, event: event))
  }

  @Test("a job without what it needs is not complete, and the refusal says all of it and how")
  func required() {
    var floor = shop(
      CompletionRules(checks: ["photo": Self.photo], requires: [.labor, .check("photo"), .poNumber]))
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    let refusal = floor.complete("J1")
    #expect(refusal.code == .wrongState)
    #expect(
      refusal.message
        == "job J1 cannot be complete yet: it needs labor (labor.record); Photo of the finished part (job.check photo); "
        + "a po_number (job.amend)")
    #expect(floor.job("J1")?.production == .open && floor.drafts.isEmpty)
  }

  @Test("each thing that can be required is missed, and found")
  func requirements() {
    let all: [Requirement] = [.labor, .material, .machine, .service, .parts]
    for requirement in all {
      var floor = shop(CompletionRules(requires: [requirement]))
      floor.create("J1")
      if requirement == .service { labor(&floor, on: "J1") } else { floor.addService(to: "J1") }
      #expect(floor.complete("J1").code == .wrongState, "\(requirement)")
      switch requirement {
      case .labor: labor(&floor, on: "J1")
      case .service: floor.addService(to: "J1")
      case .material:
        floor.send(
          .materialRecord(job: "J1", part: nil, material: "pla-black", mass: grams("5"), note: nil))
      default:
        floor.start("J1")
        floor.work(for: .seconds(30))
        // "parts" is met by the completion of the last one.
        if requirement == .parts {
          floor.complete(at: "printer-1")
          #expect(floor.job("J1")?.isClosed == true)
        }
      }
      if requirement != .parts { #expect(floor.complete("J1").code == nil, "\(requirement)") }
    }
  }

  @Test(
    "a check is ticked off once, with its reference, stands on the draft, and counts no more once it is void")
  func ticked() throws {
    var floor = shop(CompletionRules(checks: ["photo": Self.photo], requires: [.check("photo"), .labor]))
    floor.create("J1", parts: [])
    func tick(_ check: CheckID, _ reference: String?) -> Result<Receipt, Refusal> {
      floor.send(.jobCheck(job: "J1", check: check, reference: reference))
    }
    #expect(tick("foto", nil).message == "there is no check foto; there are: photo")
    #expect(tick("photo", nil).message.contains("needs a reference"))
    let first = tick("photo", "IMG_1")
    #expect(first.message == "before it is complete, job J1 still needs labor (labor.record)")
    #expect(tick("photo", "IMG_2").code == .alreadyExists)
    let entry = try #require(first.receipt?.entry)
    floor.send(.entryVoid(entry: entry, reason: "blurred"))
    labor(&floor, on: "J1")
    #expect(floor.complete("J1").code == .wrongState)
    #expect(tick("photo", "IMG_2").code == nil)
    floor.complete("J1")
    #expect(floor.drafts.last?.notes == ["Photo of the finished part: IMG_2 (alice)"])
    #expect(floor.drafts.last?.lines.count == 1)
  }

  @Test("a job that was only ticked off has nothing to bill")
  func onlyTicked() {
    var floor = shop(CompletionRules(checks: ["photo": CloseoutCheck(name: "Photo")]))
    floor.create("J1", parts: [])
    floor.send(.jobCheck(job: "J1", check: "photo", reference: nil))
    #expect(floor.complete("J1").code == .notRunning)
  }

  @Test("an outcome says which lines are billed, and what else must be there")
  func lines() throws {
    let diagnosis = JobOutcome(id: "diagnosis", lines: [.labor], requires: [.labor])
    var floor = shop(CompletionRules(outcomes: ["diagnosis": diagnosis]))
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(3), using: 100)
    floor.stop()
    floor.addService(to: "J1")
    #expect(
      complete(&floor, "J1", as: "warranty").message == "there is no outcome warranty; there are: diagnosis")
    #expect(complete(&floor, "J1", as: "diagnosis").message.contains("it needs labor"))
    labor(&floor, on: "J1")
    complete(&floor, "J1", as: "diagnosis")
    floor.pass(.seconds(90))
    let draft = try #require(floor.drafts.last)
    #expect(draft.lines.map(\.kind) == [.labor])
    #expect(draft.notes == ["diagnosis: only labor is billed"])
    // And nothing that is not billed can hold it.
    floor.reopen("J1")
    #expect(floor.job("J1")?.outcome == nil)
    complete(&floor, "J1")
    floor.pass(.seconds(90))
    #expect(floor.drafts.last?.lines.count ?? 0 > 3)
  }

  @Test("an outcome that bills nothing closes the job without a draft, and holds what a deposit has too much")
  func nothing() throws {
    let warranty = JobOutcome(id: "warranty", lines: [])
    var floor = shop(CompletionRules(outcomes: ["warranty": warranty]))
    for job: JobID in ["J1", "J2"] {
      floor.create(job, parts: [])
      floor.addService(to: job)
    }
    #expect(complete(&floor, "J1", as: "warranty").message == "nothing is billed of it: warranty")
    #expect(
      floor.drafts.isEmpty && floor.job("J1")?.billing == .unbilled && floor.job("J1")?.isClosed == true)
    floor.send(.bill(.deposit, job: "J2", .amount(decimal("10"))))
    floor.acknowledge(try #require(floor.drafts.last))
    complete(&floor, "J2", as: "warranty")
    #expect(floor.job("J2")?.holds.map(\.kind) == [.depositExceeds])
  }

  @Test("what done means is what a completion means that says nothing")
  func usual() {
    var floor = shop(CompletionRules(outcomes: ["done": JobOutcome(id: "done", requires: [.poNumber])]))
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    #expect(floor.complete("J1").message.contains("po_number"))
  }

  // MARK: What else completes a job

  /// Two parts, each printed once.
  private func twoParts(_ floor: inout Shopfloor, quantity: Int64 = 1) {
    floor.create(
      "J1",
      parts: [
        JobOrder.PartOrder(part: "a", quantity: quantity, workCenter: "printer-1", material: "pla-black"),
        JobOrder.PartOrder(part: "b", workCenter: "printer-1", material: "pla-black"),
      ])
  }

  private func print(_ floor: inout Shopfloor, _ part: PartID, ending state: MachineState = .done) {
    floor.start("J1", part)
    floor.states["printer-1"] = .running
    floor.use["spool-1"] = 100
    floor.pass(.minutes(2))
    floor.use["spool-1"] = nil
    floor.states["printer-1"] = state
    floor.pass(.seconds(2))
    floor.states["printer-1"] = .idle
    floor.pass(.seconds(90))
  }

  @Test("the end of a print completes its part, and with the last part its job")
  func endOfRun() {
    var floor = shop(CompletionRules(runCompletesPart: true))
    twoParts(&floor)
    print(&floor, "a")
    #expect(floor.job("J1")?.parts.map(\.isComplete) == [true, false])
    #expect(floor.job("J1")?.isClosed == false)
    print(&floor, "b", ending: .failed)
    #expect(floor.job("J1")?.parts.map(\.isComplete) == [true, false], "a print that failed made nothing")
    print(&floor, "b")
    #expect(floor.job("J1")?.production == .complete)
    #expect(floor.drafts.count == 1)
  }

  @Test("of several that are wanted, one print does not complete the part")
  func several() {
    var floor = shop(CompletionRules(runCompletesPart: true))
    twoParts(&floor, quantity: 2)
    print(&floor, "a")
    print(&floor, "b")
    #expect(floor.job("J1")?.parts.map(\.isComplete) == [false, true])
    #expect(floor.job("J1")?.isClosed == false)
  }

  @Test("where something is missing, the last print raises an alarm, which the completion takes back")
  func incomplete() {
    var floor = shop(CompletionRules(requires: [.labor], runCompletesPart: true))
    twoParts(&floor)
    print(&floor, "a")
    print(&floor, "b")
    #expect(floor.job("J1")?.isClosed == false && floor.drafts.isEmpty)
    #expect(floor.alarms == ["closeout_open"])
    labor(&floor, on: "J1")
    floor.complete("J1")
    #expect(floor.alarms.isEmpty)
  }

  @Test("the last part leaves the job open where the rules say so")
  func lastPart() {
    var floor = shop(CompletionRules(runCompletesPart: true, lastPartCompletesJob: false))
    twoParts(&floor)
    print(&floor, "a")
    floor.start("J1", "b")
    #expect(floor.complete(at: "printer-1").message.contains("still waits for the job itself: job.complete"))
    #expect(floor.job("J1")?.parts.allSatisfy(\.isComplete) == true && floor.job("J1")?.isClosed == false)
    #expect(floor.complete("J1").code == nil)
  }

  @Test("another system's event completes a job once, however often it comes")
  func event() {
    var floor = shop(CompletionRules(sources: ["erp"]))
    let event = CompletionEvent(source: "erp", id: "4711")
    for job: JobID in ["J1", "J2"] {
      floor.create(job, parts: [])
      floor.addService(to: job)
    }
    #expect(
      complete(&floor, "J1", on: CompletionEvent(source: "crm", id: "1")).message.contains("which are: erp"))
    #expect(complete(&floor, "J1", on: event).code == nil)
    #expect(complete(&floor, "J1", on: event).message.contains("was applied before; nothing was done"))
    floor.reopen("J1")
    #expect(complete(&floor, "J1", on: event).message.contains("was applied before"))
    #expect(floor.job("J1")?.production == .open)
    floor.complete("J2")
    let late = CompletionEvent(source: "erp", id: "4712")
    #expect(complete(&floor, "J2", on: late).message.contains("complete already"))
    floor.reopen("J2")
    #expect(complete(&floor, "J2", on: late).message.contains("was applied before"))
    #expect(floor.drafts.count == 2)
  }

  @Test("a check costs nothing, in whatever currency")
  func otherCurrency() throws {
    let rules = CompletionRules(checks: ["photo": CloseoutCheck(name: "Photo")], requires: [.check("photo")])
    var floor = Shopfloor(.sample { $0.completion = rules })
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    floor.configure(
      .sample("v2") {
        $0.completion = rules; $0.priceList.currency = currency("EUR")
      })
    #expect(floor.send(.jobCheck(job: "J1", check: "photo", reference: nil)).code == nil)
  }

  @Test("a timer that has just begun is no labor")
  func justBegun() throws {
    var floor = Shopfloor(.sample { $0.completion = CompletionRules(requires: [.labor]) })
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    floor.send(.laborStart(job: "J1", operator: "ann", activity: "post-processing"))
    #expect(floor.complete("J1").code == .wrongState)
  }

  @Test("a run that used nothing is no material")
  func usedNothing() throws {
    var floor = Shopfloor(.sample { $0.completion = CompletionRules(requires: [.material]) })
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(2), using: 0)
    floor.stop()
    floor.pass(.seconds(90))
    #expect(floor.complete("J1").code == .wrongState)
  }

  @Test("what was nobody's and was put on the job is a run, and material")
  func assigned() throws {
    var floor = Shopfloor(.sample { $0.completion = CompletionRules(requires: [.machine, .material]) })
    floor.warmUp()
    floor.work(for: .minutes(5), using: 100)
    floor.pass(.minutes(12), step: .seconds(5))
    floor.create("J1")
    for usage in floor.usages {
      floor.send(.usageAssign(usage: usage.id, job: "J1", part: nil))
    }
    #expect(floor.complete("J1").code == nil)
  }

  @Test(
    "at the machine the work is done, whatever the office still lacks: its run ends, and an alarm says what")
  func atTheMachine() {
    var floor = shop(CompletionRules(requires: [.poNumber]))
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(2), using: 100)
    let told = floor.complete(at: "printer-1")
    #expect(told.message == "the work is done; job J1 stays open, for it needs a po_number (job.amend)")
    #expect(floor.place("printer-1").run == nil && floor.job("J1")?.parts.allSatisfy(\.isComplete) == true)
    #expect(floor.alarms == ["closeout_open"] && floor.job("J1")?.production == .open)
    #expect(floor.send(.jobAmend(job: "J1", title: nil, orderRef: nil, poNumber: "PO-7")).code == nil)
    #expect(floor.complete("J1").code == nil && floor.alarms.isEmpty)
    floor.pass(.seconds(90))
    #expect(floor.drafts.last?.jobs.first?.poNumber == "PO-7")
    #expect(
      floor.send(.jobAmend(job: "J1", title: "late", orderRef: nil, poNumber: nil)).code == .wrongState)
  }
}
