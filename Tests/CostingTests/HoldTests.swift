import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct HoldTests {
  /// A printer job whose machine went silent for a minute in mid-run.
  func gapped(canceled: Bool = false) -> Shopfloor {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.states["printer-1"] = .running
    floor.pass(.minutes(5))
    floor.silent = ["printer-1"]
    floor.pass(.minutes(1))
    floor.silent = []
    floor.pass(.minutes(5))
    if canceled { floor.cancel("J1", bill: true) } else { floor.complete("J1") }
    floor.pass(.seconds(10))
    return floor
  }

  @Test("a gap nobody can vouch for holds the draft with its job, its line and its reason")
  func gap() throws {
    var floor = gapped()
    #expect(floor.drafts.isEmpty)
    #expect(floor.job("J1")?.billing == .held)
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.id == "gap.R1" && hold.kind == .gapUnsettled)
    #expect(hold.line == "Printing, MK4")
    #expect(
      hold.message.contains("R1") && hold.message.contains("printer-1") && hold.message.contains("accept"))
    #expect(floor.alarms == ["draft_held"])
    #expect(floor.settle("J1", "gap.R1", .accept).receipt?.draft == "settling")
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .machine })
    #expect(line.quantity == decimal("0.166111"))
    #expect(line.flags == ["gap_left_out"] && line.quality == .measuredWithGap && line.gaps.count == 1)
    #expect(floor.alarms.isEmpty)
  }

  @Test("a gap settled with a time is billed as an estimate of that time")
  func gapWithTime() throws {
    var floor = gapped()
    floor.settle("J1", "gap.R1", .span(.seconds(30)))
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .machine })
    #expect(line.quantity == decimal("0.174444"))
    #expect(line.estimatedQuantity == decimal("0.008333"))
    #expect(line.measuredQuantity == decimal("0.166111"))
    #expect(line.quality == .estimated)
  }

  @Test("a settlement with the wrong means, unit or sign is refused and settles nothing")
  func wrongMeans() {
    var floor = gapped()
    #expect(floor.settle("J1", "gap.R1", .price(price("5"))).code == .invalidArgument)
    #expect(floor.settle("J1", "gap.R1", .mass(grams("5"))).code == .invalidArgument)
    #expect(
      floor.settle("J1", "gap.R1", .mass(grams("5"))).message.contains(
        "with a time, such as 14 min, not with a mass"))
    #expect(floor.settle("J1", "gap.R1", .span(.minutes(-5))).code == .invalidArgument)
    #expect(floor.settle("J1", "gap.R9", .accept).code == .unknownHold)
    #expect(floor.settle("nope", "gap.R1", .accept).code == .unknownJob)
    #expect(floor.drafts.isEmpty)
    #expect(floor.job("J1")?.settlements.isEmpty == true)
  }

  @Test("a price that is missing holds the draft; it is never 0, and is settled in its own unit")
  func priceMissing() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.send(.materialRecord(job: "J1", part: nil, material: "exotic", mass: grams("250"), note: nil))
    floor.send(.laborRecord(job: "J1", operator: "ann", activity: "unpriced", span: .minutes(30)))
    floor.complete("J1")
    #expect(floor.job("J1")?.holds.map(\.id) == ["price.material.exotic", "price.labor.unpriced"])
    #expect(floor.job("J1")?.holds.map(\.kind) == [.priceMissing, .priceMissing])
    #expect(floor.settle("J1", "price.material.exotic", .accept).code == .invalidArgument)
    #expect(floor.settle("J1", "price.material.exotic", .price(price("9/h"))).code == .invalidArgument)
    #expect(
      floor.settle("J1", "price.material.exotic", .price(Price(decimal("-1"), per: .gram))).code
        == .invalidArgument)
    let first = floor.settle("J1", "price.material.exotic", .price(price("0.10/g")))
    #expect(first.receipt?.draft == "held" && first.message == "1 more to settle")
    #expect(floor.drafts.isEmpty)
    floor.settle("J1", "price.labor.unpriced", .price(price("40/h")))
    #expect(floor.text(of: floor.drafts.last) == ["Exotic 250 GRM 28.75", "Unpriced work 0.5 HUR 23.00"])
    #expect(floor.job("J1")?.settlements["price.material.exotic"]?.by == "alice")
  }

  @Test("a price settled for what had none never replaces a price that was copied")
  func settledPriceFillsOnly() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    func note() {
      floor.send(.materialRecord(job: "J1", part: nil, material: "exotic", mass: grams("100"), note: nil))
    }
    note()
    floor.configure(.sample("v2") { $0.priceList.materials["exotic"]?.price = price("1.00/g") })
    note()
    floor.complete("J1")
    floor.settle("J1", "price.material.exotic", .price(price("0.10/g")))
    #expect(floor.text(of: floor.drafts.last) == ["Exotic 100 GRM 11.50", "Exotic 100 GRM 115.00"])
  }

  @Test("material nobody named holds its draft in those words")
  func unknownMaterial() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1", parts: [])
    floor.start("J1", at: "mill-1")
    floor.work("mill-1", for: .minutes(5), using: 1000, from: "hopper-1")
    floor.complete("J1")
    floor.pass(.seconds(10))
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.kind == .materialUnknown && hold.id == "price.material-on.hopper-1")
    floor.settle("J1", hold.id, .price(price("2/kg")))
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .material })
    #expect(line.flags.contains("material_unknown") && line.netAmount == Money(minorUnits: 69))
  }

  @Test("a missing tax holds; accepted, the line is outside the scope of tax")
  func taxMissing() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.send(.materialRecord(job: "J1", part: nil, material: "untaxed", mass: grams("100"), note: nil))
    floor.complete("J1")
    #expect(floor.job("J1")?.holds.map(\.kind) == [.taxMissing])
    floor.settle("J1", "tax.material.untaxed", .accept)
    let draft = try #require(floor.drafts.last)
    #expect(draft.taxes.map(\.category) == ["O"])
    #expect(draft.totals.tax == .zero)
  }

  @Test("a scale that gave no reading in the whole run holds; a quantity or an accept settles it")
  func neverRead() throws {
    var floor = Shopfloor()
    floor.states["printer-1"] = .idle
    floor.counters["printer-1"] = 5
    floor.pass(.seconds(3))
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(1))
    floor.complete("J1")
    #expect(floor.drafts.isEmpty)
    floor.pass(.seconds(70))
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.kind == .neverRead && hold.message.contains("spool-1"))
    #expect(floor.settle("J1", hold.id, .span(.minutes(1))).code == .invalidArgument)
    floor.settle("J1", hold.id, .mass(grams("12.5")))
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .material })
    #expect(line.quantity == decimal("0.0125") && line.quality == .estimated)
    #expect(line.flags == ["never_read", "settled_by_hand"])
  }

  @Test("a labor timer across a reboot without a trusted clock holds until somebody says how long it was")
  func laborAcrossReboot() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    floor.send(.laborStart(job: "J1", operator: "ann", activity: "post-processing"))
    floor.now = Moment(
      boot: 2, uptime: .seconds(9), wall: floor.now.wall.advanced(by: .hours(1)), isWallTrusted: false)
    floor.complete("J1")
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.id == "gap.E2" && hold.line == "Post-processing")
    floor.settle("J1", hold.id, .span(.minutes(45)))
    #expect(floor.text(of: floor.drafts.last).first == "Post-processing 0.75 HUR 38.81")
  }

  @Test("an amount beyond exact arithmetic holds its line; another price, or leaving it out, frees it")
  func overflow() throws {
    for settlement in [HoldSettlement.price(price("1.00")), .accept] {
      var floor = Shopfloor()
      floor.create("J1", parts: [])
      floor.addService(to: "J1")
      let order = ServiceOrder.free(
        name: "Moon", price: decimal("1000000000000000000000000000000"), tax: "standard")
      floor.send(.serviceAdd(job: "J1", service: order, quantity: decimal("1000")))
      floor.complete("J1")
      let hold = try #require(floor.job("J1")?.holds.first)
      #expect(hold.kind == .overflow && hold.line == "Moon")
      floor.settle("J1", hold.id, settlement)
      #expect(floor.drafts.last?.lines.count == (settlement == .accept ? 1 : 2))
    }
  }

  @Test("a total that leaves the range holds instead of being clamped; voiding an entry frees it")
  func totalOverflow() throws {
    var floor = Shopfloor()
    floor.create("J1", markup: .zero, parts: [])
    let order = ServiceOrder.free(name: "Half the world", price: decimal("60000000000000000"), tax: "exempt")
    for _ in 0..<2 { floor.send(.serviceAdd(job: "J1", service: order, quantity: .one)) }
    floor.complete("J1")
    #expect(floor.job("J1")?.holds.map(\.kind) == [.overflow])
    #expect(floor.drafts.isEmpty)
    let entry = try #require(floor.job("J1")?.entries.first?.id)
    floor.send(.entryVoid(entry: entry, reason: "a slip"))
    #expect(floor.drafts.count == 1)
  }

  @Test("holds of things with very long names never become one")
  func longNames() throws {
    let stem = String(repeating: "m", count: 63)
    let one = try #require(MaterialID(stem + "1"))
    let two = try #require(MaterialID(stem + "2"))
    var floor = Shopfloor(
      .sample {
        $0.priceList.materials[one] = PricedItem(name: "One", price: nil, tax: "standard")
        $0.priceList.materials[two] = PricedItem(name: "Two", price: nil, tax: "standard")
      })
    floor.create("J1", parts: [])
    for material in [one, two] {
      floor.send(.materialRecord(job: "J1", part: nil, material: material, mass: grams("100"), note: nil))
    }
    floor.complete("J1")
    let holds = try #require(floor.job("J1")?.holds)
    #expect(holds.count == 2 && holds[0].id != holds[1].id)
    floor.settle("J1", holds[0].id, .price(price("1/kg")))
    #expect(floor.drafts.isEmpty)
  }

  @Test("reopening a held job lowers its alarm and forgets its holds; what was settled stays settled")
  func reopenHeld() {
    var floor = gapped()
    floor.reopen("J1")
    #expect(floor.alarms.isEmpty)
    #expect(floor.job("J1")?.holds.isEmpty == true)
    floor.complete("J1")
    #expect(floor.job("J1")?.billing == .held)
    floor.settle("J1", "gap.R1", .accept)
    floor.reopen("J1")
    floor.addService(to: "J1")
    floor.complete("J1")
    #expect(floor.drafts.count == 2)
  }

  @Test("a run moved away takes what held the draft along")
  func reassignHeld() {
    var floor = gapped()
    floor.create("J2")
    floor.reopen("J1")
    floor.addService(to: "J1")
    floor.complete("J1")
    #expect(floor.job("J1")?.billing == .held)
    floor.reassign("R1", to: "J2")
    #expect(floor.text(of: floor.drafts.last) == ["Design revision fee 1 C62 40.25"])
    #expect(floor.alarms.isEmpty)
  }

  @Test("two doubtful materials of one scale are two holds, and what settles one is not billed for both")
  func twinDoubts() throws {
    var floor = Shopfloor(.sample { $0.workCenters["printer-1"]?.energy = nil })
    floor.warmUp()
    floor.create("J1")
    let run = floor.start("J1").receipt?.run
    for material: MaterialID in ["pla-black", "pla-white"] {
      floor.apply(
        .fact(
          .segment(
            Segment(
              channel: ChannelID("spool-1", .weight), account: Account(run: run, material: material),
              from: floor.now, to: floor.now, first: 5, last: 0, amount: 5, marks: [.baselineLost]))))
    }
    floor.pass(.minutes(1))
    floor.complete("J1")
    floor.pass(.seconds(10))
    let holds = floor.job("J1")?.holds ?? []
    #expect(holds.map(\.line) == ["PLA, black", "PLA, white"])
    floor.settle("J1", "baseline_lost.R1.spool-1", .mass(grams("12.5")))
    #expect(floor.drafts.isEmpty)
    floor.settle("J1", try #require(holds.last?.id), .mass(grams("3")))
    let lines = floor.drafts.last?.lines.filter { $0.kind == .material } ?? []
    #expect(lines.map(\.quantity) == [decimal("0.0125"), decimal("3")])
  }

  @Test("a gap billed in a state that is not billed makes no line an estimate")
  func gapOfUnbilledState() throws {
    var floor = Shopfloor(.sample { $0.workCenters["printer-1"]?.energy = nil })
    floor.warmUp()
    floor.create("J1")
    let run = floor.start("J1").receipt?.run
    let start = floor.now
    floor.pass(.minutes(2))
    let states: [MachineState] = [.running, .paused]
    for (index, state) in states.enumerated() {
      let from = start.advanced(by: .seconds(Int64(index) * 60))
      let to = from.advanced(by: .seconds(60))
      floor.apply(
        .fact(
          .stretch(
            Stretch(
              channel: ChannelID("printer-1", .runState), account: Account(run: run), state: state,
              from: from, to: to, span: .seconds(60),
              gap: state == .paused ? Gap(from: from, to: to, settlement: .billed) : nil))))
    }
    floor.complete("J1")
    floor.pass(.seconds(10))
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .machine })
    #expect(line.quantity == decimal("0.016667"))
    #expect(line.estimatedQuantity == nil && line.quality == .measuredWithGap)
  }
}
