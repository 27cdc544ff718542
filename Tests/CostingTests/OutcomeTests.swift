import Costing
import Jobs
import Measures
import TestShop
import Testing

@Suite("Runs that failed or were canceled")
struct OutcomeTests {
  /// A print of 12 minutes and 14.4 g that ends so, and then one that is done.
  private func printed(_ outcome: Outcome, _ share: Percentages?, silent: Bool = false) throws -> InvoiceDraft
  {
    var floor = Shopfloor(
      .sample {
        $0.priceList.outcomes[outcome] = share
        $0.workCenters["printer-1"]?.energy = nil
      })
    floor.warmUp()
    floor.create("J1", markup: .zero)
    floor.start("J1")
    floor.work(for: .minutes(12), using: 20)
    if silent {
      floor.silent = ["spool-1", "printer-1"]
      floor.pass(.minutes(2))
    }
    floor.stop(outcome)
    floor.pass(.seconds(20))
    floor.silent = []
    floor.pass(.seconds(20))
    floor.start("J1")
    floor.work(for: .minutes(5), using: 20)
    floor.complete("J1")
    floor.pass(.seconds(30))
    return try #require(floor.drafts.last, "\(floor.job("J1")?.holds.map(\.message) ?? [])")
  }

  @Test("without a rule, whatever ran is billed, and the line says how it ended")
  func plain() throws {
    let draft = try printed(.failed, nil)
    #expect(draft.lines.map(\.kind) == [.material, .machine])
    #expect(draft.lines.last?.flags == ["outcome_failed"])
    #expect(draft.notes.isEmpty)
  }

  @Test("billed in part, the line says of how much")
  func part() throws {
    let draft = try printed(.failed, Percentages(decimal("50")))
    let failed = draft.lines.filter { $0.flags.contains("outcome_failed") }
    #expect(failed.map(\.kind) == [.material, .machine])
    for line in failed {
      #expect(line.measuredQuantity == line.quantity.multiplied(by: Decimal(2)), "\(line.name)")
    }
    #expect(draft.lines.count == 4)
  }

  @Test("billed not at all, the notes say what that was")
  func nothing() throws {
    let draft = try printed(.canceled, Percentages(.zero))
    #expect(draft.lines.map(\.kind) == [.material, .machine])
    #expect(
      draft.notes == [
        "12 min of Printing, MK4, run R1: not billed, for it was canceled",
        "14.4 g of PLA, black, run R1: not billed, for it was canceled",
      ])
  }

  @Test("what is not billed holds no draft, whatever is in doubt about it")
  func inDoubt() throws {
    let draft = try printed(.failed, Percentages(.zero), silent: true)
    #expect(draft.notes.count == 2)
    #expect(draft.lines.allSatisfy { $0.quality == .measured })
  }

  @Test(
    "a print that fails after a pause has failed whole, whatever ends it",
    arguments: ["stop", "stop while paused", "cancel while paused", "go on, then stop"])
  func pausedBefore(_ end: String) throws {
    var floor = Shopfloor(
      .sample {
        for outcome: Outcome in [.failed, .canceled] {
          $0.priceList.outcomes[outcome] = Percentages(decimal("50"))
        }
        $0.workCenters["printer-1"]?.energy = nil
        $0.workCenters["printer-1"]?.runState = nil
      })
    floor.warmUp()
    floor.create("J1", markup: .zero)
    floor.start("J1")
    floor.work(for: .minutes(12), using: 20)
    floor.pause()
    floor.pass(.seconds(70))
    switch end {
    case "stop while paused": floor.stop(.failed)
    case "cancel while paused": break
    default:
      floor.resume()
      floor.work(for: .minutes(12), using: 20)
      if end == "go on, then stop" {
        floor.pause()
        floor.pass(.seconds(70))
        floor.start("J1")
      }
      floor.stop(.failed)
    }
    if end == "cancel while paused" { floor.cancel("J1", bill: true) } else { floor.complete("J1") }
    floor.pass(.seconds(70))
    let draft = try #require(floor.drafts.last)
    let outcome = end == "cancel while paused" ? "outcome_canceled" : "outcome_failed"
    #expect(draft.lines.map(\.kind) == [.material, .machine])
    #expect(draft.lines.allSatisfy { $0.flags.contains(outcome) })
  }

  @Test("another job in between does not part a print from what was paused of it")
  func displaced() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.create("J2")
    floor.start("J1")
    floor.work(for: .minutes(3), using: 100)
    floor.pause()
    floor.start("J2")
    floor.work(for: .minutes(1), using: 100)
    floor.stop()
    floor.start("J1")
    floor.work(for: .minutes(1), using: 100)
    floor.stop(.failed)
    #expect(floor.runs(of: "J1").map(\.outcome) == [.failed, .failed])
  }
}
