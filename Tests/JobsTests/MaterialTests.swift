import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct MaterialTests {
  func load(_ floor: inout Shopfloor, _ scale: DeviceID, _ material: MaterialID, lot: String? = nil) {
    floor.send(.materialLoad(scale: scale, material: material, lot: lot))
  }

  @Test("what is on the scale wins over what the part asked for")
  func loadWins() throws {
    var floor = Shopfloor()
    floor.warmUp()
    load(&floor, "spool-1", "pla-white", lot: "L7")
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(10), using: 20)
    floor.complete("J1")
    floor.pass(.seconds(10))
    let tally = try #require(floor.runs(of: "J1").first?.materials.first)
    #expect(tally.material == "pla-white" && tally.lot == "L7")
    #expect(tally.amount == 12_000)
    #expect(floor.text(of: floor.drafts.last).first == "PLA, white 12 GRM 0.34")
  }

  @Test("another lot in mid-run stays on one line where its price is the same, with a tally of its own")
  func lots() throws {
    var floor = Shopfloor()
    floor.warmUp()
    load(&floor, "spool-1", "pla-black", lot: "L7")
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(5), using: 20)
    load(&floor, "spool-1", "pla-black", lot: "L8")
    floor.weights["spool-1"] = 1_000_000
    floor.pass(.seconds(30))
    floor.work(for: .minutes(5), using: 20)
    floor.complete("J1")
    floor.pass(.seconds(10))
    let lines = try #require(floor.drafts.last?.lines).filter { $0.kind == .material }
    #expect(lines.count == 1)
    #expect(floor.runs(of: "J1").first?.materials.map(\.lot) == ["L7", "L8"])
  }

  @Test("a swap nobody announced is billed as the same material, and says so; so is the next run")
  func assumedSwap() throws {
    var floor = Shopfloor()
    floor.warmUp()
    load(&floor, "spool-1", "pla-black")
    floor.pass(.minutes(10))
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(5), using: 20)
    floor.weights["spool-1"] = 1_000_000
    floor.pass(.minutes(3))
    floor.work(for: .minutes(5), using: 20)
    floor.complete("J1")
    floor.pass(.seconds(10))
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .material })
    #expect(isNear(line.quantity, "0.012", within: "0.0002"))
    #expect(line.flags.contains("material_assumed"))
    floor.create("J2")
    floor.start("J2")
    floor.work(for: .minutes(5), using: 20)
    floor.complete("J2")
    floor.pass(.seconds(10))
    #expect(floor.drafts.last?.lines.first?.flags.contains("material_assumed") == true)
    load(&floor, "spool-1", "pla-black")
    floor.create("J3")
    floor.start("J3")
    floor.work(for: .minutes(5), using: 20)
    floor.complete("J3")
    floor.pass(.seconds(10))
    #expect(floor.drafts.last?.lines.first?.flags.contains("material_assumed") == false)
  }

  @Test("a swap that was announced, before or just after, is no assumption", arguments: [true, false])
  func announcedSwap(before: Bool) throws {
    var floor = Shopfloor()
    floor.warmUp()
    load(&floor, "spool-1", "pla-black")
    floor.pass(.minutes(10))
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(5), using: 20)
    if before { load(&floor, "spool-1", "pla-white") }
    floor.weights["spool-1"] = 1_000_000
    floor.pass(.seconds(30))
    if !before { load(&floor, "spool-1", "pla-white") }
    floor.pass(.minutes(3))
    floor.work(for: .minutes(5), using: 20)
    floor.complete("J1")
    floor.pass(.seconds(10))
    let lines = try #require(floor.drafts.last).lines.filter { $0.kind == .material }
    #expect(lines.map(\.name) == ["PLA, black", "PLA, white"])
    // The anchors are means of several readings, so a slope costs a fraction of a division.
    #expect(isNear(lines[0].quantity, "0.006", within: "0.0002"))
    #expect(isNear(lines[1].quantity, "6", within: "0.2"))
    #expect(lines.allSatisfy { !$0.flags.contains("material_assumed") })
  }

  @Test("several scales, materials, work centers and jobs at once keep their own grams")
  func severalAtOnce() throws {
    var floor = Shopfloor()
    floor.warmUp()
    load(&floor, "spool-2", "pla-black")
    load(&floor, "spool-3", "pla-white")
    floor.create("J1")
    floor.create("J2", parts: [JobOrder.PartOrder(part: "two", workCenter: "printer-2")])
    floor.start("J1")
    floor.start("J2")
    floor.start("J2", at: "printer-2")
    floor.states["printer-1"] = .running
    floor.states["printer-2"] = .running
    floor.use = ["spool-1": 10, "spool-2": 20, "spool-3": 30]
    floor.pass(.minutes(10))
    floor.use = [:]
    floor.complete("J1")
    floor.complete("J2")
    floor.pass(.seconds(10))
    let amounts = floor.runs(of: "J2").flatMap(\.materials).map { [$0.material?.text ?? "-": $0.amount] }
    #expect(amounts == [["pla-black": 12_000], ["pla-white": 18_000]])
    #expect(floor.runs(of: "J1").flatMap(\.materials).map(\.amount) == [6_000])
    #expect(floor.drafts.count == 2)
  }

  @Test("a new run on the scale ends the settling with one anchor shared by both: no gram twice, none lost")
  func sharedAnchor() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.create("J2")
    floor.start("J1")
    floor.states["printer-1"] = .running
    floor.use["spool-1"] = 20
    floor.pass(.minutes(5))
    floor.complete("J1")
    floor.start("J2")
    floor.pass(.minutes(5))
    floor.use = [:]
    floor.complete("J2")
    floor.pass(.seconds(10))
    let tallies = (floor.runs(of: "J1") + floor.runs(of: "J2")).flatMap(\.materials)
    #expect(tallies.count == 2)
    #expect(tallies.first?.last == tallies.last?.first)
    #expect(tallies.map(\.amount).reduce(0, +) == 12_000)
    #expect(floor.drafts.count == 2)
  }

  @Test("what is used with no job open is kept, announced every ten minutes, and ends when a run begins")
  func unattributed() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.states["printer-1"] = .running
    floor.use["spool-1"] = 20
    floor.pass(.minutes(25))
    func announced(_ kind: Usage.Kind) -> Int {
      floor.effects.filter { effect in
        if case .usage(let id) = effect { floor.shop.usages[id]?.kind == kind } else { false }
      }.count
    }
    #expect(announced(.machineTime) == 2)
    #expect(floor.usages.allSatisfy { $0.isOpen })
    floor.create("J1")
    floor.start("J1")
    #expect(announced(.machineTime) == 3)
    #expect(floor.usages.allSatisfy { !$0.isOpen })
    #expect(floor.place("printer-1").openUsages.isEmpty)
    let time = floor.usages.filter { $0.kind == .machineTime }.map(\.quantity).reduce(0, +)
    #expect(time >= Span.minutes(24).base && time <= Span.minutes(25).base)
    floor.pass(.minutes(5))
    floor.use = [:]
    floor.complete("J1")
    floor.pass(.seconds(10))
    let used = floor.usages.filter { $0.kind == .material }.map(\.quantity).reduce(0, +)
    let billed = floor.runs(of: "J1").flatMap(\.materials).map(\.amount).reduce(0, +)
    #expect(used + billed == 36_000)
  }

  @Test("usage that went quiet for ten minutes is over")
  func quietUsage() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.work(for: .minutes(2))
    #expect(floor.usages.map(\.isOpen) == [true])
    floor.pass(.minutes(11))
    #expect(floor.usages.map(\.isOpen) == [false])
    #expect(floor.usages.map(\.quantity) == [Span.minutes(2).base])
  }

  @Test("a run moved to the right job takes its tallies and its evidence along")
  func reassign() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("wrong")
    floor.create("right")
    let run = try #require(floor.start("wrong").receipt?.run)
    floor.work(for: .minutes(5), using: 20)
    #expect(floor.reassign("R99", to: "right").code == .unknownRun)
    #expect(floor.reassign(run, to: "nope").code == .unknownJob)
    #expect(floor.reassign(run, to: "right", "tail").code == .unknownPart)
    #expect(floor.reassign(run, to: "right").receipt?.part == "body")
    #expect(floor.job("wrong")?.runs.isEmpty == true)
    #expect(floor.job("wrong")?.production == .open)
    #expect(floor.job("wrong")?.startedAt == nil)
    #expect(floor.job("right")?.production == .running)
    floor.complete("right")
    floor.pass(.seconds(10))
    let line = try #require(floor.drafts.last?.lines.first)
    #expect(line.job == "right" && line.quantity == decimal("0.006"))
    guard case .measured(let evidence) = line.evidence.first else {
      return #expect(Bool(false), "no evidence")
    }
    #expect(evidence.run == run)
    #expect(floor.complete("wrong").code == .notRunning)
    #expect(floor.reassign(run, to: "wrong").code == .wrongState)
  }

  @Test("a run that goes on cannot move to a closed job, nor any run to a part that must be guessed")
  func reassignRefused() throws {
    var floor = Shopfloor(.sample { $0.draftDelay = .minutes(5) })
    typealias Part = JobOrder.PartOrder
    floor.create("two", parts: [Part(part: "a"), Part(part: "b", workCenter: "mill-1"), Part(part: "c")])
    floor.create("one", parts: [])
    let run = try #require(floor.start("one", at: "bench").receipt?.run)
    #expect(floor.reassign(run, to: "two").code == .ambiguous)
    #expect(floor.reassign(run, to: "two", "b").receipt?.part == "b")
    _ = floor.serviceJob("closing")
    #expect(floor.reassign(run, to: "closing").code == .wrongState)
    floor.stop(at: "bench")
    #expect(floor.reassign(run, to: "closing").receipt?.job == "closing")
  }

  @Test("paused work moves with its run, so that a resume goes on for the right job")
  func reassignPaused() throws {
    var floor = Shopfloor()
    floor.create("wrong", parts: [])
    floor.create("right", parts: [])
    let run = try #require(floor.start("wrong", at: "bench").receipt?.run)
    floor.pass(.seconds(10))
    floor.pause(at: "bench")
    floor.reassign(run, to: "right")
    #expect(floor.job("wrong")?.production == .open)
    #expect(floor.job("right")?.production == .paused)
    #expect(floor.resume(at: "bench").receipt?.job == "right")
  }
}

/// Whether a quantity is as used, within two divisions of the scale.
private func isNear(_ quantity: Decimal, _ wanted: String, within tolerance: String) -> Bool {
  guard let difference = quantity.subtracting(decimal(wanted)) else { return false }
  return (difference.isNegative ? difference.negated : difference) <= decimal(tolerance)
}
