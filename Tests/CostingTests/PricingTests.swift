import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct PricingTests {
  func noted(
    _ mass: String, of material: MaterialID = "pla-black", for customer: CustomerID = "plain",
    markup: Decimal? = nil, _ rules: Rules = .sample()
  ) -> InvoiceDraft? {
    var floor = Shopfloor(rules)
    floor.create("J1", for: customer, markup: markup, parts: [])
    floor.send(.materialRecord(job: "J1", part: nil, material: material, mass: grams(mass), note: nil))
    floor.complete("J1")
    return floor.drafts.last
  }

  /// The mill for so long, without its material.
  func milled(_ spans: [Span], _ rules: Rules = .sample()) -> Shopfloor {
    var floor = Shopfloor(rules)
    floor.states["mill-1"] = .idle
    floor.pass(.seconds(2))
    floor.create("J1", markup: .zero, parts: [])
    for span in spans {
      floor.start("J1", at: "mill-1")
      floor.states["mill-1"] = .running
      floor.pass(span)
      floor.states["mill-1"] = .idle
      floor.pass(.seconds(1))
      floor.stop(at: "mill-1")
    }
    return floor
  }

  func completed(_ floor: Shopfloor) -> [String] {
    var floor = floor
    floor.complete("J1")
    floor.pass(.seconds(70))
    for hold in floor.job("J1")?.holds ?? [] { floor.settle("J1", hold.id, .accept) }
    return floor.text(of: floor.drafts.last).filter { !$0.contains("Material") }
  }

  func withoutHopper(_ change: (inout MachinePrice) -> Void = { _ in }) -> Rules {
    .sample { rules in
      rules.workCenters["mill-1"]?.scales = []
      if var mill = rules.priceList.machines["mill"] {
        change(&mill)
        rules.priceList.machines["mill"] = mill
      }
    }
  }

  @Test("a job's markup by kind leaves the other kinds to the customer's and the shop's")
  func markupByKind() throws {
    var floor = Shopfloor()
    floor.send(
      .jobCreate(
        JobOrder(job: "J1", customer: "acme", markup: Percentages([.labor: decimal("50")]), parts: [])))
    floor.addService(to: "J1")
    floor.send(.laborRecord(job: "J1", operator: "ann", activity: "post-processing", span: .minutes(60)))
    floor.complete("J1")
    let costs = try #require(floor.drafts.last).lines.map {
      "\($0.kind) \($0.cost.markupPercent) \($0.cost.markupFrom)"
    }
    #expect(costs == ["labor 50 job", "service 20 customer"])
  }

  @Test("a markup of the job wins over the customer's, the customer's over the shop's, and none is none")
  func markups() throws {
    func cost(_ draft: InvoiceDraft?) throws -> (String, String, String) {
      let line = try #require(draft?.lines.first)
      return (line.unitPrice.description, "\(line.cost.markupPercent)", line.cost.markupFrom)
    }
    #expect(try cost(noted("100", for: "acme", markup: decimal("50"))) == ("37.35", "50", "job"))
    #expect(try cost(noted("100", for: "acme")) == ("29.88", "20", "customer"))
    #expect(try cost(noted("100")) == ("28.635", "15", "shop"))
    #expect(try cost(noted("100", .sample { $0.priceList.markup = Percentages() })) == ("24.9", "0", "none"))
    let plain = Rules.sample { $0.priceList.materials["pla-black"]?.hasMarkup = false }
    #expect(try cost(noted("100", markup: decimal("50"), plain)) == ("24.9", "0", "none"))
    let line = try #require(noted("100", for: "acme")?.lines.first)
    #expect(line.cost.amount == Money(minorUnits: 249) && line.netAmount == Money(minorUnits: 299))
  }

  @Test("prices below a cent keep their exact amounts")
  func subCent() throws {
    let line = try #require(noted("137.3", of: "pla-white", markup: .zero)?.lines.first)
    #expect(line.unitPrice == decimal("0.0249") && line.unit == .gram)
    // 137.3 × 0.0249 = 3.41877
    #expect(line.netAmount == Money(minorUnits: 342))
  }

  @Test(
    "amounts are rounded half-up, once, from the exact product",
    arguments: [
      ("0.5", 1), ("0.49", 0), ("1.5", 2), ("2.5", 3), ("2.499", 2),
    ])
  func halfUp(cents: String, expected: Int64) throws {
    // One gram at so many cents a gram.
    let amount = try #require(decimal(cents).percent(.one))
    let rules = Rules.sample { $0.priceList.materials["pla-white"]?.price = Price(amount, per: .gram) }
    let line = try #require(noted("1", of: "pla-white", markup: .zero, rules)?.lines.first)
    #expect(line.netAmount == Money(minorUnits: expected))
  }

  @Test("machine time is rounded up to its increment, brought to its minimum, with a setup of its own")
  func increments() {
    #expect(
      completed(milled([.minutes(4)], withoutHopper())) == [
        "Milling, setup 1 C62 20.00", "Milling 0.25 HUR 21.25",
      ])
    #expect(
      completed(milled([.minutes(19)], withoutHopper())) == [
        "Milling, setup 1 C62 20.00", "Milling 0.4 HUR 34.00",
      ])
    #expect(
      completed(milled([.minutes(24)], withoutHopper())) == [
        "Milling, setup 1 C62 20.00", "Milling 0.4 HUR 34.00",
      ])
  }

  @Test("several runs of a part are rounded, brought to the minimum and set up once")
  func oncePerPart() {
    let floor = milled([.minutes(7), .minutes(7), .minutes(7)], withoutHopper())
    #expect(completed(floor) == ["Milling, setup 1 C62 20.00", "Milling 0.4 HUR 34.00"])
  }

  @Test("what was measured is beside what is billed where the two differ")
  func measuredQuantity() throws {
    var floor = milled([.minutes(19)], withoutHopper())
    floor.complete("J1")
    let line = try #require(floor.drafts.last?.lines.last)
    #expect(line.measuredQuantity == decimal("0.316667"))
    var exact = milled([.minutes(24)], withoutHopper())
    exact.complete("J1")
    #expect(exact.drafts.last?.lines.last?.measuredQuantity == nil)
  }

  @Test("a price that changed under way makes two lines, and still one setup and one minimum")
  func priceChange() {
    var floor = milled([.minutes(5)], withoutHopper { $0.increment = nil })
    floor.configure(
      .sample("v2") { rules in
        rules.workCenters["mill-1"]?.scales = []
        rules.priceList.machines["mill"]?.increment = nil
        rules.priceList.machines["mill"]?.item.price = price("170.00/h")
      })
    floor.start("J1", at: "mill-1")
    floor.states["mill-1"] = .running
    floor.pass(.minutes(6))
    floor.states["mill-1"] = .idle
    floor.pass(.seconds(1))
    #expect(
      completed(floor) == [
        "Milling, setup 1 C62 20.00", "Milling 0.083333 HUR 7.08", "Milling 0.166667 HUR 28.33",
      ])
  }

  @Test("prices are those of when the run began, whatever the list says later")
  func copiedPrices() {
    var floor = milled([.minutes(30)], withoutHopper())
    floor.configure(.sample("v2") { $0.priceList.machines = [:] })
    #expect(completed(floor) == ["Milling, setup 1 C62 20.00", "Milling 0.5 HUR 42.50"])
  }

  @Test("tax is computed once per category and rate, on the sum of its lines")
  func taxPerCategory() throws {
    var floor = Shopfloor()
    floor.create("J1", markup: .zero, parts: [])
    floor.addService(to: "J1")
    for tax: TaxID in ["standard", "standard", "food"] {
      let order = ServiceOrder.free(name: "Part", price: decimal("0.30"), tax: tax)
      floor.send(.serviceAdd(job: "J1", service: order, quantity: .one))
    }
    floor.complete("J1")
    let draft = try #require(floor.drafts.last)
    let groups = draft.taxes.map { "\($0.category) \($0.rate) \($0.taxable.base) \($0.tax.base)" }
    // Per line it would be 0.02 + 0.02; on the sum of 0.60 it is 0.0495.
    #expect(groups == ["E 0 3500 0", "S 5 30 2", "S 8.25 60 5"])
    #expect(draft.taxes.first?.reason == "Exempt service")
    #expect(draft.totals.payable == Money(minorUnits: 3597))
  }

  @Test(
    "currencies without a minor unit and with three digits are rounded to their own",
    arguments: [
      ("JPY", "2864", "3"), ("KWD", "2.864", "2.864"),
    ])
  func currencies(code: String, yen: String, expected: String) throws {
    let rules = Rules.sample { $0.priceList.currency = currency(code) }
    let draft = try #require(noted("100", rules))
    #expect(draft.lines.first?.netAmount.text(in: draft.currency) == expected)
  }

  @Test("nothing used is no line; a scale in doubt is one, even at zero")
  func zeroLines() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.pass(.minutes(1))
    floor.complete("J1")
    floor.pass(.seconds(10))
    #expect(floor.drafts.isEmpty)
    #expect(floor.job("J1")?.billing == .unbilled)
    var doubt = Shopfloor()
    doubt.create("J1")
    doubt.start("J1")
    doubt.complete("J1")
    doubt.pass(.seconds(70))
    for hold in doubt.job("J1")?.holds ?? [] { doubt.settle("J1", hold.id, .accept) }
    #expect(doubt.drafts.last?.lines.map(\.quality).contains(.estimated) == true)
    #expect(doubt.drafts.last?.totals.payable == .zero)
  }

  @Test("lines stand in the job's order of parts, each part with its material before its machine")
  func order() throws {
    var floor = Shopfloor()
    floor.warmUp()
    typealias Part = JobOrder.PartOrder
    floor.create(
      "J1",
      parts: [
        Part(part: "z", workCenter: "printer-1", material: "pla-black"), Part(part: "a", workCenter: "bench"),
      ])
    floor.addService(to: "J1")
    floor.start("J1", "a", at: "bench")
    floor.start("J1", "z")
    floor.draw["printer-1"] = 100
    floor.work(for: .minutes(10), using: 20)
    floor.draw["printer-1"] = 0
    floor.complete("J1")
    floor.pass(.seconds(10))
    let lines = try #require(floor.drafts.last).lines
    #expect(
      lines.map { "\($0.part?.text ?? "-") \($0.kind.rawValue)" } == [
        "z material", "z machine", "a machine", "- energy", "- service",
      ])
    #expect(lines.map(\.id) == ["L1", "L2", "L3", "L4", "L5"])
    #expect(lines[3].name == "Energy, MK4 on bench 1" && lines[3].quantity == decimal("0.0601"))
  }

  @Test("auto_send stays only while every line is measured or manual")
  func delivery() throws {
    var floor = Shopfloor()
    let sure = floor.serviceJob("J1", for: "auto")
    #expect(sure?.delivery == .autoSend)
    floor.create("J2", for: "auto")
    floor.start("J2")
    floor.complete("J2")
    floor.pass(.seconds(70))
    for hold in floor.job("J2")?.holds ?? [] { floor.settle("J2", hold.id, .accept) }
    #expect(floor.drafts.count == 2)
    #expect(floor.drafts.last?.delivery == .draft)
  }
}
