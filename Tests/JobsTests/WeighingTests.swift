import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

@Suite("Material weighed on a bench")
struct WeighingTests {
  private func floor() -> Shopfloor {
    var floor = Shopfloor()
    floor.create("J1")
    return floor
  }

  @discardableResult
  private func weigh(
    _ step: WeighingOrder.Step, _ says: ScaleWord, part: PartID? = "body", scale: DeviceID = "bench-scale",
    in floor: inout Shopfloor
  ) -> Result<Receipt, Refusal> {
    let order = WeighingOrder(part: part, material: "pla-black", scale: scale, step: step)
    return floor.send(.materialWeigh(job: "J1", order, says: says))
  }

  private func level(_ mass: String) -> ScaleWord { .level(grams(mass)) }

  @Test("what is missing after is billed, and both weights are its evidence")
  func used() throws {
    var floor = floor()
    #expect(weigh(.before, level("500"), in: &floor).message == "500 g before")
    #expect(weigh(.after, level("380"), in: &floor).message == "120 g used")
    floor.complete("J1")
    let line = try #require(floor.drafts.last?.lines.first)
    #expect(line.quantity == decimal("0.12") && line.part == "body" && line.quality == .manual)
    guard case .noted(_, _, let note) = line.evidence.first else { return #expect(Bool(false)) }
    #expect(note == "weighed on bench-scale: 500 g before, 380 g after")
  }

  @Test("an offcut that is returned is a credit on the same line, and never more than was taken")
  func offcut() throws {
    var floor = floor()
    weigh(.before, level("500"), in: &floor)
    weigh(.after, level("380"), in: &floor)
    weigh(.before, level("1000"), in: &floor)
    let much = weigh(.after, level("1121"), in: &floor)
    #expect(much.code == .invalidArgument && much.message.contains("only 120 g"))
    #expect(weigh(.after, level("1040"), in: &floor).message == "40 g came back")
    floor.complete("J1")
    #expect(floor.drafts.last?.lines.map(\.quantity) == [decimal("0.08")])
  }

  @Test("what an offcut's credit was taken from cannot be voided before that credit")
  func voidOfWhatCameBack() throws {
    var floor = floor()
    let first = try #require(weigh(.before, level("500"), in: &floor).receipt?.entry)
    weigh(.after, level("380"), in: &floor)
    let second = try #require(weigh(.before, level("1000"), in: &floor).receipt?.entry)
    weigh(.after, level("1040"), in: &floor)
    let refused = floor.send(.entryVoid(entry: first, reason: "wrong spool"))
    #expect(refused.code == .wrongState && refused.message.contains("40 g more of pla-black came back"))
    #expect(floor.send(.entryVoid(entry: second, reason: "wrong spool")).receipt != nil)
    #expect(floor.send(.entryVoid(entry: first, reason: "wrong spool")).receipt != nil)
    floor.complete("J1")
    #expect(floor.drafts.allSatisfy { $0.lines.allSatisfy { !$0.quantity.isNegative } })
  }

  @Test("a scale that is not at rest, not believed, not heard or not there is refused with the reason")
  func refused() {
    var floor = floor()
    for (word, code, text) in [
      (ScaleWord.moving, RefusalCode.notStable, "at rest"), (.doubted(.overload), .notStable, "overload"),
      (.unheard, .notStable, "heard"), (.unknown, .unknownScale, "bench-scale"),
      (level("-3"), .notStable, "zero"),
    ] {
      let result = weigh(.before, word, in: &floor)
      #expect(result.code == code && result.message.contains(text), "\(result.message)")
    }
    #expect(floor.job("J1")?.entries.isEmpty == true)
  }

  @Test("before comes first and once, on one scale")
  func order() {
    var floor = floor()
    #expect(weigh(.after, level("380"), in: &floor).code == .wrongState)
    weigh(.before, level("500"), in: &floor)
    #expect(weigh(.before, level("500"), in: &floor).code == .alreadyRunning)
    let other = weigh(.after, level("380"), scale: "other", in: &floor)
    #expect(other.code == .invalidArgument && other.message.contains("bench-scale"))
    #expect(
      weigh(.before, level("100"), part: nil, in: &floor).receipt != nil, "of no part: another weighing")
    #expect(weigh(.before, level("100"), part: "x", in: &floor).code == .unknownPart)
  }

  @Test("a job that is complete before the second weighing is held, and weighing settles it")
  func open() throws {
    var floor = floor()
    weigh(.before, level("500"), in: &floor)
    floor.complete("J1")
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.kind == .weighingOpen && floor.drafts.isEmpty)
    #expect(weigh(.after, level("380"), in: &floor).receipt != nil)
    floor.pass(.seconds(2))
    #expect(floor.drafts.last?.lines.map(\.quantity) == [decimal("0.12")])
  }

  @Test("… or a quantity does, or it is left out, said in the notes")
  func settled() throws {
    for (settlement, quantities) in [
      (HoldSettlement.mass(grams("90")), [decimal("0.09")]), (.accept, []),
    ] {
      var floor = floor()
      floor.addService(to: "J1")
      weigh(.before, level("500"), in: &floor)
      floor.complete("J1")
      let hold = try #require(floor.job("J1")?.holds.first)
      #expect(floor.settle("J1", hold.id, settlement).receipt != nil)
      floor.pass(.seconds(2))
      let draft = try #require(floor.drafts.last)
      #expect(draft.lines.filter { $0.kind == .material }.map(\.quantity) == quantities)
      #expect(draft.notes.isEmpty == !quantities.isEmpty)
    }
  }

  @Test(
    "what came back at another price than it was taken holds the draft, with prices before tax or with it",
    arguments: [false, true])
  func priceBetween(includesTax: Bool) throws {
    var floor = Shopfloor(.sample { $0.priceList.includesTax = includesTax })
    floor.create("J1")
    weigh(.before, level("100"), in: &floor)
    weigh(.after, level("50"), in: &floor)
    floor.configure(
      .sample("v2") {
        $0.priceList.includesTax = includesTax
        $0.priceList.materials["pla-black"]?.price = price("30.00/kg")
      })
    weigh(.before, level("100"), in: &floor)
    weigh(.after, level("140"), in: &floor)
    floor.complete("J1")
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.kind == .negativeResult && floor.job("J1")?.holds.count == 1)
    #expect(
      hold.message
        == "PLA, black: it comes to -40 g, for more came back than was taken at this price; accept to leave that out, or void "
        + "the entry that gave it back")
    floor.settle("J1", hold.id, .accept)
    let draft = try #require(floor.drafts.last)
    #expect(draft.lines.map(\.quantity) == [decimal("0.05")])
    #expect(draft.notes.first?.hasPrefix("-40 g of PLA, black is left out: accepted by alice") == true)
  }
}
