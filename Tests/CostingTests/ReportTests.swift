import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

@Suite("Reports")
struct ReportTests {
  private let usd = currency("USD")

  /// Two jobs, a print for nobody, another that is written off.
  private func lived() -> Shopfloor {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("A", for: "acme", markup: .zero)
    floor.start("A")
    floor.work(for: .minutes(10), using: 20)
    floor.send(.laborRecord(job: "A", operator: "ann", activity: "post-processing", span: .minutes(30)))
    floor.complete("A")
    floor.pass(.seconds(70))
    for _ in 0..<2 {
      floor.work(for: .minutes(5), using: 10)
      floor.pass(.minutes(11))
    }
    let material = floor.usages.filter { $0.kind == .material }.map(\.id)
    if let first = material.first { floor.send(.usageWriteOff(usage: first, reason: "a test print")) }
    floor.create("B", markup: .zero, parts: [])
    floor.send(.materialRecord(job: "B", part: nil, material: "pla-black", mass: grams("100"), note: nil))
    floor.complete("B")
    return floor
  }

  private func report(
    _ floor: Shopfloor, _ grouping: Report.Grouping, from: WallTime = Shopfloor.start, to: WallTime? = nil
  ) -> Report {
    let end = to ?? floor.now.wall.advanced(by: .hours(1))
    return Report(of: floor.shop, by: grouping, in: from..<end, currency: usd)
  }

  @Test(
    "what was used is in one column each: by jobs, by nobody, written off",
    arguments: Report.Grouping.allCases)
  func whole(grouping: Report.Grouping) throws {
    let floor = lived()
    let total = report(floor, grouping).total
    let used = floor.runs(of: "A").flatMap(\.materials).reduce(Mass.zero) { $0 + $1.mass } + grams("100")
    #expect(total.used.material == used)
    let material = floor.usages.filter { $0.kind == .material }
    let nobodys = material.reduce(Int64(0)) { $0 + $1.quantity }
    #expect((total.unattributed.material + total.writtenOff.material).base == nobodys)
    #expect(total.writtenOff.material.base == material.first?.quantity)
    if grouping != .material {
      #expect(abs(total.used.time.milliseconds - 600_000) <= 2000)
      #expect(abs(total.unattributed.time.milliseconds - 600_000) <= 4000)
      #expect(total.used.energy == (floor.runs(of: "A").first?.energy?.energy ?? .zero))
    }
  }

  @Test("by job and by customer all that was invoiced is there, by material and machine their own lines")
  func billed() throws {
    let floor = lived()
    let net = floor.drafts.reduce(Money.zero) { $0 + $1.totals.linesNet }
    #expect(report(floor, .job).total.billed == net)
    #expect(report(floor, .customer).rows.map(\.key) == ["-", "acme", "plain"])
    #expect(report(floor, .customer).total.billed == net)
    func lines(_ kinds: Set<LineKind>, measured: Bool = false) -> Money {
      floor.drafts.flatMap(\.lines).filter { line in
        let isMeasured = line.evidence.contains { if case .measured = $0 { true } else { false } }
        return kinds.contains(line.kind) && (isMeasured || !measured)
      }.reduce(.zero) { $0 + $1.netAmount }
    }
    let materials = report(floor, .material)
    #expect(materials.total.billed == lines([.material]))
    #expect(materials.rows.first { $0.key == "pla-black" }?.name == "PLA, black")
    let machines = report(floor, .machine)
    #expect(
      machines.rows.first { $0.key == "printer-1" }?.billed
        == lines([.material, .machine, .energy], measured: true))
    #expect(report(floor, .job).rows.first { $0.key == "A" }?.labor == .minutes(30))
  }

  @Test("a credit and the invoice after it come to what is billed in the end, each when it was made")
  func credited() throws {
    var floor = Shopfloor()
    let made = floor.serviceJob("J")
    let first = try #require(made)
    floor.acknowledge(first)
    let month = floor.now.wall.advanced(by: .hours(24))
    floor.now = floor.now.advanced(by: .hours(48))
    floor.reopen("J")
    floor.addService(to: "J")
    floor.complete("J")
    #expect(floor.drafts.map(\.kind) == [.invoice, .credit, .invoice])
    let net = first.totals.linesNet
    #expect(report(floor, .job, to: month).total.billed == net)
    #expect(report(floor, .job, from: month).total.billed == net)
    #expect(report(floor, .job).total.billed == net + net)
  }

  @Test("a plate's shares are their jobs', and add up")
  func plate() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("A")
    floor.create("B")
    floor.send(
      .plateStart(
        workCenter: "printer-1",
        [PlateShare(job: "A", part: "body", weight: 1), PlateShare(job: "B", part: "body", weight: 2)]))
    floor.work(for: .minutes(10), using: 20)
    floor.complete(at: "printer-1")
    floor.pass(.seconds(70))
    let report = report(floor, .job)
    let run = try #require(floor.runs(of: "A").first)
    #expect(report.total.used.material == run.materials[0].mass)
    let rows = Dictionary(uniqueKeysWithValues: report.rows.map { ($0.key, $0.used.material.base) })
    #expect(abs(2 * (rows["A"] ?? 0) - (rows["B"] ?? 0)) <= 2)
  }

  @Test("nothing outside of the period counts")
  func period() {
    let floor = lived()
    let later = floor.now.wall.advanced(by: .hours(2))
    let empty = report(floor, .job, from: later, to: later.advanced(by: .hours(1)))
    #expect(empty.rows.isEmpty && empty.total.billed == .zero)
  }

  @Test("what a canceled job was not billed for counts once, as nobody's")
  func released() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("A")
    floor.start("A")
    floor.work(for: .minutes(10), using: 20)
    floor.stop()
    floor.pass(.seconds(70))
    let used = try #require(floor.runs(of: "A").first?.materials.first).mass
    floor.cancel("A", bill: false)
    let total = report(floor, .material).total
    #expect(total.used.material == .zero && total.unattributed.material == used)
  }

  @Test("time, and a setup, by hand are billed at their work center as well")
  func byHand() throws {
    var floor = Shopfloor(.sample { $0.priceList.machines["hand"]?.setup = decimal("4.00") })
    floor.warmUp()
    floor.create("A", parts: [])
    floor.start("A", at: "bench")
    floor.pass(.minutes(20))
    floor.stop(at: "bench")
    floor.complete("A")
    let draft = try #require(floor.drafts.last)
    #expect(draft.lines.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [.fee, .machine])
    let bench = report(floor, .machine).rows.first { $0.key == "bench" }
    #expect(bench?.billed == draft.totals.linesNet)
  }

  @Test("what deposits, draws and releases were to pay is in advance; what was given back is not")
  func inAdvance() throws {
    var floor = Shopfloor()
    for job: JobID in ["A", "B"] {
      floor.create(job, markup: .zero, parts: [])
      let item = Estimate.Item(.service(.listed("design-revision"), quantity: Decimal(4)))
      floor.send(.jobEstimate(job: job, items: [item]))
      floor.send(.bill(.deposit, job: job, .amount(Decimal(42))))
      floor.acknowledge(try #require(floor.drafts.last))
      floor.send(.bill(.progress, job: job, .percent(Decimal(50))))
      floor.acknowledge(try #require(floor.drafts.last))
    }
    #expect(report(floor, .customer).total.inAdvance == Money(minorUnits: 21_000))
    #expect(report(floor, .customer).total.billed == .zero)
    floor.addService("design-revision", "4", to: "A")
    floor.complete("A")
    floor.cancel("B", bill: false)
    let rows = report(floor, .job).rows
    #expect(rows.first { $0.key == "B" }?.inAdvance == .zero, "it was given back")
    #expect(rows.first { $0.key == "A" }?.customer == "Plain & Co")
    let total = report(floor, .job).total
    #expect(total.billed == Money(minorUnits: 14_000) && total.inAdvance == Money(minorUnits: 10_500))
    floor.send(.bill(.retainageRelease, job: "A", .all))
    let released = try #require(floor.drafts.last)
    #expect(released.kind == .retainageRelease)
    #expect(report(floor, .job).total.inAdvance == Money(minorUnits: 10_500) + released.totals.payable)
    #expect(report(floor, .machine).total.inAdvance == .zero)
  }

  @Test("usage that was put on a job is billed where it ran")
  func assigned() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.work(for: .minutes(10))
    floor.pass(.minutes(11))
    floor.create("A", markup: .zero, parts: [])
    for usage in floor.usages where usage.kind != .material {
      floor.send(.usageAssign(usage: usage.id, job: "A", part: nil))
    }
    floor.complete("A")
    let draft = try #require(floor.drafts.last)
    #expect(draft.totals.linesNet >= Money(minorUnits: 100))
    let printer = report(floor, .machine).rows.first { $0.key == "printer-1" }
    #expect(printer?.billed == draft.totals.linesNet)
  }

  @Test("a line of two machines is split by what each used of it, not by how long it ran")
  func twoMachines() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("A", markup: .zero, parts: [])
    for (place, scale, rate) in [
      ("printer-1", "spool-1", 400), ("printer-2", "spool-2", 80),
    ] as [(DeviceID, DeviceID, Int64)] {
      floor.send(.materialLoad(scale: scale, material: "pla-black", lot: nil))
      let center = WorkCenterID(stringLiteral: place.text)
      floor.start("A", at: center)
      floor.work(place, for: .minutes(10), using: rate, from: scale)
      floor.stop(at: center)
      floor.pass(.seconds(70))
    }
    floor.complete("A")
    let draft = try #require(floor.drafts.last)
    let material = try #require(draft.lines.first { $0.kind == .material }).netAmount
    let rows = Dictionary(uniqueKeysWithValues: report(floor, .machine).rows.map { ($0.key, $0.billed) })
    let difference = try #require(rows["printer-1"]) - (try #require(rows["printer-2"]))
    // Five parts and one part; they ran as long, and one of them has an energy meter.
    #expect(abs(difference.base - material.base * 4 / 6) <= 2, "\(difference) of \(material)")
    #expect(report(floor, .machine).total.billed == draft.totals.linesNet)
  }
}
