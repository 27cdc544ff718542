import Costing
import Jobs
import Measures
import TestShop
import Testing

@Suite("Several parts on one plate")
struct PlateTests {
  private func share(_ job: JobID, _ part: PartID? = nil, _ weight: Int64) -> PlateShare {
    PlateShare(job: job, part: part, weight: weight * 1_000_000)
  }

  /// A plate for jobs A and B, three to one, printed for so long.
  private func printed(
    pausing: Bool = false, _ rules: Rules = .sample(), weights: (Int64, Int64) = (3, 1)
  ) -> Shopfloor {
    var floor = Shopfloor(rules)
    floor.warmUp()
    floor.create("A", markup: .zero)
    floor.create("B", markup: .zero)
    floor.send(
      .plateStart(workCenter: "printer-1", [share("A", "body", weights.0), share("B", "body", weights.1)]))
    floor.draw["printer-1"] = 10
    floor.work(for: .minutes(10), using: 20)
    if pausing {
      floor.pause()
      floor.resume()
    }
    floor.work(for: .minutes(7), using: 20)
    floor.draw["printer-1"] = nil
    return floor
  }

  @Test("time, material and energy are split, and the parts add up to the whole", arguments: [false, true])
  func split(pausing: Bool) throws {
    var floor = printed(pausing: pausing)
    let run = try #require(floor.runs(of: "A").first)
    #expect(floor.runs(of: "B").map(\.id) == floor.runs(of: "A").map(\.id))
    floor.complete(at: "printer-1")
    floor.pass(.seconds(70))
    #expect(floor.job("A")?.production == .complete && floor.job("B")?.production == .complete)
    let drafts = floor.drafts.filter { $0.kind == .invoice }
    #expect(drafts.map { $0.jobs.map(\.id) } == [["A"], ["B"]])
    #expect(drafts.allSatisfy { $0.lines.map(\.kind) == [.material, .machine, .energy] })
    #expect(drafts.allSatisfy { $0.lines.allSatisfy { $0.flags.contains("shared_plate") } })
    let runs = floor.runs(of: "A")
    let grams = runs.flatMap(\.materials).reduce(Mass.zero) { $0 + $1.mass }
    let quantities = drafts.map { $0.lines[0].quantity }
    #expect(quantities[0].adding(quantities[1]) == grams.kilograms)
    let third = try #require(quantities[1].multiplied(by: Decimal(3)))
    #expect(try #require(third.subtracting(quantities[0])) <= decimal("0.000003"))
    #expect(run.work.jobs == ["A", "B"])
  }

  @Test("a pause that splits the run changes no quantity and no fee")
  func pause() throws {
    func rules() -> Rules {
      .sample {
        $0.priceList.machines["mk4"]?.increment = .minutes(6)
        $0.priceList.machines["mk4"]?.minimum = .minutes(30)
        $0.priceList.machines["mk4"]?.setup = decimal("20")
        $0.workCenters["printer-1"]?.energy = nil
      }
    }
    func machine(_ floor: Shopfloor) -> [[String]] {
      var floor = floor
      floor.complete(at: "printer-1")
      floor.pass(.seconds(70))
      return floor.drafts.map { floor.text(of: $0).filter { !$0.contains("PLA") } }
    }
    let whole = machine(printed(rules(), weights: (2, 1)))
    #expect(
      whole == [
        ["Printing, MK4, setup 0.666667 C62 13.33", "Printing, MK4 0.333333 HUR 2.00"],
        ["Printing, MK4, setup 0.333333 C62 6.67", "Printing, MK4 0.166667 HUR 1.00"],
      ])
    #expect(machine(printed(pausing: true, rules(), weights: (2, 1))) == whole)
  }

  @Test("a plate is one run: neither of its jobs ends it alone, and it is nobody's to move")
  func together() throws {
    var floor = printed()
    #expect(floor.complete("A").code == .wrongState)
    #expect(floor.cancel("B", bill: false).code == .wrongState)
    let run = try #require(floor.runs(of: "B").first)
    #expect(floor.reassign(run.id, to: "A").code == .wrongState)
    floor.stop()
    #expect(floor.complete("A").code == nil)
    // What the canceled one has of it is nobody's: a quarter.
    floor.cancel("B", bill: false)
    floor.pass(.seconds(70))
    let material = try #require(floor.usages.first { $0.kind == .material })
    let grams = try #require(floor.runs(of: "A").first?.materials.first).mass
    #expect(abs(material.quantity - grams.base / 4) <= 1)
    let billed = try #require(floor.drafts.last { $0.jobs[0].id == "A" }).lines[0].quantity
    #expect(billed.adding(Mass(base: material.quantity).kilograms) == grams.kilograms)
  }

  @Test("what cannot be one plate is refused, and nothing starts")
  func refused() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("A")
    floor.create(
      "B",
      parts: [
        JobOrder.PartOrder(part: "lid", workCenter: "printer-1", material: "pla-white"),
        JobOrder.PartOrder(part: "box", workCenter: "printer-1"),
      ])
    func start(_ shares: [PlateShare]) -> Result<Receipt, Refusal> {
      floor.send(.plateStart(workCenter: "printer-1", shares))
    }
    #expect(start([share("A", nil, 1)]).code == .invalidArgument)
    #expect(start([share("A", nil, 1), share("A", "body", 2)]).code == .invalidArgument)
    #expect(start([share("A", nil, 1), share("B", "lid", 2)]).message.contains("pla-black, pla-white"))
    #expect(start([share("A", nil, 1), share("B", nil, 2)]).code == .ambiguous)
    #expect(start([share("A", nil, 1), share("C", nil, 2)]).code == .unknownJob)
    #expect(floor.place("printer-1").run == nil)
    #expect(start([share("A", nil, 1), share("B", "box", 2)]).code == nil)
    // The lid is not made yet.
    #expect(
      floor.complete(at: "printer-1").message.hasSuffix("; job B: part complete; job B still waits for lid"))
    #expect(floor.job("A")?.production == .complete && floor.job("B")?.production == .open)
  }

  @Test(
    "a part on two plates with the same fractions has a line of each: a setup and a minimum are of one plate")
  func twoPlates() throws {
    var floor = Shopfloor(
      .sample {
        $0.priceList.machines["mk4"]?.minimum = .minutes(30)
        $0.priceList.machines["mk4"]?.setup = decimal("20")
        $0.workCenters["printer-1"]?.energy = nil
        $0.workCenters["printer-1"]?.scales = []
      })
    floor.warmUp()
    for job: JobID in ["A", "B", "C"] { floor.create(job, markup: .zero) }
    for other: JobID in ["B", "C"] {
      floor.send(.plateStart(workCenter: "printer-1", [share("A", "body", 1), share(other, "body", 1)]))
      floor.work(for: .minutes(10))
      floor.stop()
    }
    for job: JobID in ["A", "B", "C"] { floor.complete(job) }
    floor.pass(.seconds(70))
    let net = floor.drafts.reduce(Money.zero) { $0 + $1.totals.linesNet }
    // Twice half an hour at 6.00, and two setups.
    #expect(net.base == 2 * (300 + 2000))
  }

  @Test("completing at a work center what is on another plate too is refused, and its run goes on")
  func onTwo() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("A", parts: [])
    floor.create("B")
    floor.send(.plateStart(workCenter: "printer-1", [share("A", nil, 1), share("B", "body", 1)]))
    floor.start("A", at: "mill-1")
    let run = try #require(floor.place("mill-1").run)
    #expect(floor.complete(at: "mill-1").code == .wrongState)
    #expect(floor.place("mill-1").run == run)
    #expect(floor.runs(of: "A").allSatisfy { $0.endedAt == nil })
    #expect(floor.complete(at: "printer-1").code == nil)
  }

  @Test("a paused plate whose one job is complete waits for nobody")
  func pausedPlate() {
    var floor = printed()
    floor.pause()
    #expect(floor.complete("A").code == nil)
    #expect(floor.place("printer-1").paused == nil)
    #expect(floor.job("B")?.production == .open)
  }
}
