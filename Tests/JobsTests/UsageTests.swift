import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

@Suite("What was nobody's: put on a job, or written off")
struct UsageTests {
  /// Two minutes of printing before anybody opened a job: 20 g, 120 s and some energy.
  private func idlePrint() -> Shopfloor {
    var floor = Shopfloor()
    floor.warmUp()
    floor.send(.materialLoad(scale: "spool-1", material: "pla-black", lot: nil))
    floor.work(for: .minutes(2), using: 100)
    floor.pass(.minutes(11))
    floor.create("J1")
    return floor
  }

  private func id(_ kind: Usage.Kind, in floor: Shopfloor) throws -> UsageID {
    try #require(floor.usages.first { $0.kind == kind }?.id)
  }

  @discardableResult
  private func assign(
    _ usage: UsageID, to job: JobID, _ part: PartID? = nil, in floor: inout Shopfloor
  ) -> Result<Receipt, Refusal> {
    floor.send(.usageAssign(usage: usage, job: job, part: part))
  }

  private func total(_ draft: InvoiceDraft?, _ kind: LineKind) -> Decimal? {
    draft?.lines.first { $0.kind == kind }?.quantity
  }

  @Test("usage that is assigned is billed like a run's own, and says where it comes from")
  func assigned() throws {
    var floor = idlePrint()
    for usage in floor.usages { #expect(assign(usage.id, to: "J1", in: &floor).receipt != nil) }
    floor.complete("J1")
    let draft = try #require(floor.drafts.last)
    let material = try #require(draft.lines.first { $0.kind == .material })
    #expect(material.part == "body" && material.name == "PLA, black")
    #expect(decimal("0.0119") <= material.quantity && material.quantity <= decimal("0.0121"))
    #expect(material.quality == .measured && material.flags == ["assigned_usage"])
    #expect(total(draft, .machine) == decimal("0.033333"))
    #expect(draft.lines.contains { $0.kind == .energy } == floor.usages.contains { $0.kind == .energy })
  }

  @Test("usage goes to the part that is made at its work center: no setup and no minimum is due once more")
  func partMadeThere() throws {
    var floor = idlePrint()
    floor.create(
      "J7",
      parts: [
        JobOrder.PartOrder(part: "plate", workCenter: "mill-1"),
        JobOrder.PartOrder(part: "body", workCenter: "printer-1", material: "pla-black"),
      ])
    assign(try id(.machineTime, in: floor), to: "J7", in: &floor)
    guard case .usage(_, let part) = floor.job("J7")?.entries.first?.content else {
      return #expect(Bool(false))
    }
    #expect(part == "body")
  }

  @Test("usage goes to one job only, and to none once it is written off")
  func once() throws {
    var floor = idlePrint()
    floor.create("J2")
    let usage = try id(.material, in: floor)
    #expect(assign(usage, to: "J1", in: &floor).receipt?.usages == [usage])
    let again = assign(usage, to: "J2", in: &floor)
    #expect(again.code == .wrongState && again.message.contains("J1"))
    #expect(floor.send(.usageWriteOff(usage: usage, reason: "lost")).code == .wrongState)
    let time = try id(.machineTime, in: floor)
    #expect(floor.send(.usageWriteOff(usage: time, reason: "a test print")).receipt != nil)
    let late = assign(time, to: "J1", in: &floor)
    #expect(late.code == .wrongState && late.message.contains("a test print"))
    #expect(assign("U99", to: "J1", in: &floor).code == .unknownUsage)
    #expect(assign(usage, to: "J9", in: &floor).code == .wrongState)
  }

  @Test("usage still going on is cut where it is assigned, and what comes after is another one")
  func cut() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.states["printer-1"] = .running
    floor.pass(.minutes(11))
    let first = try id(.machineTime, in: floor)
    #expect(floor.shop.usages[first]?.isOpen == true)
    #expect(assign(first, to: "J1", in: &floor).receipt != nil)
    let quantity = floor.shop.usages[first]?.quantity
    floor.pass(.minutes(11))
    floor.states["printer-1"] = .idle
    floor.pass(.minutes(11))
    #expect(floor.shop.usages[first]?.quantity == quantity)
    #expect(floor.usages.filter { $0.kind == .machineTime }.count == 2)
  }

  @Test("on a job whose draft is not accepted yet it makes another revision")
  func revised() throws {
    var floor = idlePrint()
    floor.addService(to: "J1")
    floor.complete("J1")
    let first = try #require(floor.drafts.last)
    let receipt = try #require(assign(try id(.material, in: floor), to: "J1", in: &floor).receipt)
    #expect(receipt.draft == "settling")
    floor.pass(.seconds(2))
    let second = try #require(floor.drafts.last)
    #expect(second.id == first.id && second.revision == 2)
    #expect(second.lines.count == first.lines.count + 1)
  }

  @Test("on a job whose draft was accepted it makes a credit and a new draft")
  func credited() throws {
    var floor = idlePrint()
    floor.addService(to: "J1")
    floor.complete("J1")
    let first = try #require(floor.drafts.last)
    floor.apply(.acknowledged(first.id, revision: 1, .accepted(reference: "B-1"), at: floor.now))
    assign(try id(.material, in: floor), to: "J1", in: &floor)
    floor.pass(.seconds(2))
    #expect(floor.drafts.suffix(2).map(\.kind) == [.credit, .invoice])
    #expect(floor.drafts.last?.supersedes == first.id)
    #expect(floor.job("J1")?.production == .complete)
  }

  @Test("an entry of usage that is voided, or a job canceled unbilled, gives it back")
  func givenBack() throws {
    var floor = idlePrint()
    let usage = try id(.material, in: floor)
    let entry = try #require(assign(usage, to: "J1", in: &floor).receipt?.entry)
    floor.send(.entryVoid(entry: entry, reason: "another job's"))
    #expect(floor.shop.usages[usage]?.decision == nil)
    assign(usage, to: "J1", in: &floor)
    floor.cancel("J1", bill: false)
    floor.pass(.seconds(2))
    #expect(floor.shop.usages[usage]?.decision == nil)
    let refused = assign(usage, to: "J1", in: &floor)
    #expect(refused.code == .wrongState && refused.message.contains("canceled"))
  }

  @Test("material of which nobody said what it is holds the draft until it has a price")
  func unknownMaterial() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.work(for: .minutes(2), using: 100)
    floor.pass(.minutes(11))
    floor.create("J1")
    assign(try id(.material, in: floor), to: "J1", in: &floor)
    floor.complete("J1")
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.kind == .materialUnknown)
    floor.settle("J1", hold.id, .price(Price(Decimal(30), per: .kilogram)))
    #expect(floor.drafts.last?.lines.first?.kind == .material)
  }

  @Test("time at a work center without a rate has no price: assigning it says so")
  func unpriced() throws {
    var floor = Shopfloor(.sample { $0.workCenters["printer-1"]?.machineRate = nil })
    floor.warmUp()
    floor.work(for: .minutes(2))
    floor.pass(.minutes(11))
    floor.create("J1")
    let refused = assign(try id(.machineTime, in: floor), to: "J1", in: &floor)
    #expect(refused.code == .wrongState && refused.message.contains("machine_rate"))
  }
}
