import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct EntryTests {
  @Test("jobs are refused that exist, name unknown things, or are out of range")
  func create() {
    var floor = Shopfloor()
    typealias Part = JobOrder.PartOrder
    #expect(floor.create("J1").receipt?.state == .open)
    #expect(floor.create("J1").code == .alreadyExists)
    #expect(floor.create("J2", for: "stranger").code == .unknownCustomer)
    #expect(floor.create("J2", parts: [Part(part: "a"), Part(part: "a")]).code == .invalidArgument)
    #expect(floor.create("J2", parts: [Part(part: "a", quantity: 0)]).code == .invalidArgument)
    #expect(floor.create("J2", parts: [Part(part: "a", workCenter: "x")]).code == .unknownWorkCenter)
    #expect(floor.create("J2", parts: [Part(part: "a", material: "x")]).code == .unknownMaterial)
    #expect(floor.create("J2", markup: decimal("-100.1")).code == .invalidArgument)
    let order = JobOrder(job: "J2", customer: "stranger", customerName: "A Stranger")
    #expect(floor.send(.jobCreate(order)).receipt?.job == "J2")
    #expect(floor.job("J2")?.customer.name == "A Stranger")
    #expect(floor.shop.jobs.ids == ["J1", "J2"])
  }

  @Test("a labor timer runs per person and activity, and every wrong way to use it is refused")
  func labor() {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    func start(_ person: OperatorID, _ activity: ActivityID = "post-processing", _ job: JobID = "J1")
      -> RefusalCode?
    {
      floor.send(.laborStart(job: job, operator: person, activity: activity)).code
    }
    func stop(_ person: OperatorID, _ activity: ActivityID = "post-processing") -> Result<Receipt, Refusal> {
      floor.send(.laborStop(job: "J1", operator: person, activity: activity))
    }
    #expect(start("ann") == nil)
    #expect(start("bo") == nil)
    #expect(start("ann") == .alreadyRunning)
    #expect(start("ann", "juggling") == .unknownActivity)
    #expect(start("ann", "post-processing", "nope") == .unknownJob)
    floor.pass(.hours(1), step: .minutes(1))
    #expect(stop("ann").message.contains("1 h 00 min"))
    #expect(stop("ann").code == .notRunning)
    #expect(stop("ann", "juggling").code == .unknownActivity)
    floor.complete("J1")
    #expect(stop("bo").code == .wrongState)
    #expect(start("cy") == .wrongState)
    // Two people for one hour are two hours.
    #expect(floor.text(of: floor.drafts.last) == ["Post-processing 2 HUR 103.50"])
  }

  @Test("a timer is stopped even if its activity has left the price list since")
  func laborDropped() {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.send(.laborStart(job: "J1", operator: "ann", activity: "post-processing"))
    floor.configure(.sample("v2") { $0.priceList.labor = [:] })
    floor.pass(.hours(1), step: .minutes(1))
    #expect(floor.send(.laborStop(job: "J1", operator: "ann", activity: "post-processing")).receipt != nil)
    floor.complete("J1")
    #expect(floor.text(of: floor.drafts.last) == ["Post-processing 1 HUR 51.75"])
  }

  @Test("what is noted by hand must be named in the price list and more than nothing")
  func noted() {
    var floor = Shopfloor()
    floor.create("J1")
    func labor(_ span: Span, _ activity: ActivityID = "post-processing", _ job: JobID = "J1") -> RefusalCode?
    {
      floor.send(.laborRecord(job: job, operator: "ann", activity: activity, span: span)).code
    }
    func material(_ mass: String, _ material: MaterialID = "pla-black", part: PartID? = nil) -> RefusalCode? {
      floor.send(.materialRecord(job: "J1", part: part, material: material, mass: grams(mass), note: "x"))
        .code
    }
    func free(_ price: String, _ tax: TaxID = "standard") -> RefusalCode? {
      let order = ServiceOrder.free(name: "Shipping", price: decimal(price), tax: tax)
      return floor.send(.serviceAdd(job: "J1", service: order, quantity: .one)).code
    }
    #expect(labor(.minutes(5)) == nil)
    #expect(labor(.zero) == .invalidArgument)
    #expect(labor(.minutes(-1)) == .invalidArgument)
    #expect(labor(Span(base: .max)) == .invalidArgument)
    #expect(labor(.minutes(1), "juggling") == .unknownActivity)
    #expect(labor(.minutes(1), "post-processing", "nope") == .unknownJob)
    #expect(material("5") == nil)
    #expect(material("5", part: "body") == nil)
    #expect(material("0") == .invalidArgument)
    #expect(material("-1") == .invalidArgument)
    #expect(material("5", "gold") == .unknownMaterial)
    #expect(material("5", part: "tail") == .unknownPart)
    #expect(floor.addService("x", to: "J1").code == .unknownService)
    #expect(floor.addService("x", to: "J1").message.contains("design-revision"))
    #expect(floor.addService("design-revision", "0", to: "J1").code == .invalidArgument)
    #expect(floor.addService("design-revision", "0.0000001", to: "J1").code == .invalidArgument)
    #expect(floor.addService("design-revision", "2.5", to: "J1").code == nil)
    #expect(floor.addService(to: "nope").code == .unknownJob)
    #expect(free("12.5") == nil)
    #expect(free("-1") == .invalidArgument)
    #expect(free("1", "nope") == .invalidArgument)
  }

  @Test("a voided entry counts no more, once, and not behind a draft's back")
  func void() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    let first = try #require(floor.addService(to: "J1").receipt?.entry)
    let second = try #require(floor.addService("design-revision", "2", to: "J1").receipt?.entry)
    func void(_ entry: EntryID) -> RefusalCode? { floor.send(.entryVoid(entry: entry, reason: "twice")).code }
    #expect(void(first) == nil)
    #expect(void(first) == .wrongState)
    #expect(void("E99") == .unknownEntry)
    floor.complete("J1")
    #expect(floor.text(of: floor.drafts.last) == ["Design revision fee 2 C62 80.50"])
    #expect(void(second) == .wrongState)
  }

  @Test("a voided entry that held the draft frees it")
  func voidHeld() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.addService(to: "J1")
    let result = floor.send(
      .materialRecord(job: "J1", part: nil, material: "exotic", mass: grams("5"), note: nil))
    floor.complete("J1")
    #expect(floor.job("J1")?.billing == .held)
    floor.send(.entryVoid(entry: try #require(result.receipt?.entry), reason: "not used"))
    #expect(floor.drafts.count == 1)
    #expect(floor.alarms.isEmpty)
  }

  @Test("a load is refused on an unknown scale or of an unknown material")
  func load() {
    var floor = Shopfloor()
    func load(_ scale: DeviceID, _ material: MaterialID) -> Result<Receipt, Refusal> {
      floor.send(.materialLoad(scale: scale, material: material, lot: nil))
    }
    #expect(load("bathroom", "pla-black").code == .unknownScale)
    #expect(load("bathroom", "pla-black").message.contains("spool-1"))
    #expect(load("spool-1", "gold").code == .unknownMaterial)
    #expect(load("spool-1", "pla-white").receipt?.workCenter == "printer-1")
  }
}
