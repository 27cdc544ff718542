import Costing
import Jobs
import Measures
import Metering

/// Commands as a careless shop would send them: mostly sense, some nonsense.
struct RandomCommands {
  static let jobs: [JobID] = ["J1", "J2", "J3", "J4", "J5", "J6", "nope"]
  static let places: [WorkCenterID] = ["printer-1", "mill-1", "bench", "printer-1", "mill-1", "nowhere"]
  static let parts: [PartID?] = [nil, nil, "a", "b", "x"]
  static let materials: [MaterialID] = ["pla-black", "pla-white", "exotic", "untaxed", "gold"]
  static let scales: [DeviceID] = ["spool-1", "hopper-1", "bathroom"]
  static let people: [OperatorID] = ["ann", "bo"]
  static let activities: [ActivityID] = ["post-processing", "unpriced", "juggling"]
  static let hostile: [Int64] = [0, -1, 1, .max, .min, 1_000_000, 60_000]

  static func next(_ random: inout SeededGenerator, in shop: Shop) -> Command {
    let job = random.pick(jobs, or: "J1")
    let place = random.pick(places, or: "bench")
    let part = random.pick(parts, or: nil)
    let material = random.pick(materials, or: "gold")
    let activity = random.pick(activities, or: "juggling")
    let person = random.pick(people, or: "ann")
    let amount = random.chance(10) ? random.pick(hostile, or: 0) : random.int(1...5_000_000)
    let run = RunID("R\(random.int(1...max(2, shop.counters.runs)))") ?? "R1"
    switch random.int(0...42) {
    case 0...2: return .jobCreate(order(job, material, &random))
    case 7 where random.chance(40):
      let others = (0..<random.int(0...2)).map { _ in
        PlateShare(
          job: random.pick(jobs, or: "J1"), part: random.pick(parts, or: nil),
          weight: random.int(1...9_000_000))
      }
      return .plateStart(workCenter: place, [PlateShare(job: job, part: part, weight: 1_000_000)] + others)
    case 3...7:
      return .jobStart(workCenter: place, job: random.chance(70) ? job : nil, part: part)
    case 8, 9: return .jobPause(workCenter: place)
    case 10: return .jobResume(workCenter: place)
    case 11, 12: return .jobStop(workCenter: place, outcome: random.pick(Outcome.allCases, or: .done))
    case 13: return .jobComplete(.workCenter(place))
    case 14, 15:
      return .jobComplete(
        .job(random.chance(70) ? random.pick(completable(in: shop), or: job) : job),
        outcome: random.chance(20) ? random.pick(["warranty", "diagnosis", "none"], or: "none") : nil,
        event: random.chance(10) ? CompletionEvent(source: "erp", id: "\(random.int(0...9))") : nil)
    case 40:
      return .jobCheck(job: job, check: random.pick(["photo", "nothing"], or: "photo"), reference: nil)
    case 41:
      return .draftRevise(draft: random.pick(shop.jobs[job]?.drafts.map(\.id) ?? [], or: "X-1"), reason: nil)
    case 16: return .jobCancel(job: job, reason: "so", bill: random.chance(50))
    case 17, 18: return .jobReopen(job: random.pick(closed(in: shop), or: job), reason: "so")
    case 19: return .jobReassign(run: run, job: job, part: part, reason: "so")
    case 20: return .laborStart(job: job, operator: person, activity: activity)
    case 21: return .laborStop(job: job, operator: person, activity: activity)
    case 22: return .laborRecord(job: job, operator: person, activity: activity, span: Span(base: amount))
    case 23: return .materialLoad(scale: random.pick(scales, or: "spool-1"), material: material, lot: nil)
    case 24:
      return .materialRecord(job: job, part: part, material: material, mass: Mass(base: amount), note: nil)
    case 25: return service(job, amount, &random)
    case 26:
      return .entryVoid(entry: random.pick(shop.jobs[job]?.entries.map(\.id) ?? [], or: "E1"), reason: "so")
    case 29:
      return .usageAssign(
        usage: random.pick(shop.usages.ids, or: "U1"),
        job: random.chance(50) ? random.pick(closed(in: shop), or: job) : job,
        part: part)
    case 31: return weighing(job, part, material, amount, &random)
    case 30: return .usageWriteOff(usage: random.pick(shop.usages.ids, or: "U1"), reason: "so")
    case 27, 28: return settle(job, amount, shop, &random)
    case 33, 42:
      return .jobEstimate(
        job: random.chance(60) ? random.pick(shop.openJobs.sorted(), or: job) : job,
        items: estimate(material, place, activity, amount, &random))
    // Two at least wait, mostly.
    case 37,
      39 where random.chance(3) || shop.jobs.ids.count { shop.jobs[$0]?.batch == .waiting } > 1:
      let named = random.chance(85) ? nil : [job, random.pick(jobs, or: job)]
      return .batch(
        customer: random.pick(["gathered", "gathered", "gathered", "plain", "nobody"], or: "plain"),
        jobs: named)
    case 34...36:
      let estimated = shop.openJobs.sorted().filter { shop.jobs[$0]?.estimate != nil }
      return bill(
        random.pick(random.chance(60) ? estimated : shop.openJobs.sorted(), or: job), amount, shop, &random)
    case 38 where random.chance(30): return .ledgerPublish
    case 32: return .draftsResend(from: random.int(1...max(2, shop.counters.sequence + 1)))
    default: return .draftResend(draft: random.pick(shop.jobs[job]?.drafts.map(\.id) ?? [], or: "X-1"))
    }
  }

  private static func weighing(
    _ job: JobID, _ part: PartID?, _ material: MaterialID, _ amount: Int64, _ random: inout SeededGenerator
  ) -> Command {
    let words: [ScaleWord] = [.moving, .unheard, .unknown, .doubted(.overload)]
    let level = ScaleWord.level(Mass(base: amount))
    return .materialWeigh(
      job: job,
      WeighingOrder(
        part: part, material: material, scale: random.pick(scales, or: "spool-1"),
        step: random.chance(50) ? .before : .after),
      says: random.chance(85) ? level : random.pick(words, or: .moving))
  }

  /// There is something on them.
  private static func completable(in shop: Shop) -> [JobID] {
    shop.openJobs.sorted().filter { id in
      shop.jobs[id].map { !$0.entries.isEmpty || !$0.runs.isEmpty } ?? false
    }
  }

  private static func closed(in shop: Shop) -> [JobID] {
    shop.jobs.ids.filter { shop.jobs[$0]?.production == .complete }
  }

  private static func order(_ job: JobID, _ material: MaterialID, _ random: inout SeededGenerator) -> JobOrder
  {
    typealias Part = JobOrder.PartOrder
    let parts = [
      Part(part: "a", workCenter: random.pick(["printer-1", "bench", nil], or: nil), material: material),
      Part(part: "b", quantity: random.chance(5) ? 0 : 2, workCenter: random.pick(["mill-1", nil], or: nil)),
    ]
    let anyone = random.pick(["acme", "plain", "auto", "stranger", "gathered"] as [CustomerID], or: "acme")
    return JobOrder(
      // Two of them wait for each other now and then.
      job: job, customer: job.text < "J4" && random.chance(70) ? "gathered" : anyone,
      markup: random.pick(
        [nil, nil, Percentages(Decimal(10)), Percentages([.labor: Decimal(5)]), Percentages(Decimal(-200))],
        or: nil),
      parts: Array(parts.prefix(Int(random.int(0...2)))))
  }

  private static func service(_ job: JobID, _ amount: Int64, _ random: inout SeededGenerator) -> Command {
    let quantity = Decimal(significand: Int128(amount), scale: Int(random.int(0...7))) ?? .one
    let price = Decimal(significand: Int128(amount) * (random.chance(5) ? 1 << 60 : 1), scale: 3) ?? .one
    let free = ServiceOrder.free(
      name: "Shipping", price: price, tax: random.pick(["standard", "food", "no"], or: "no"))
    return .serviceAdd(
      job: job, service: random.chance(50) ? .listed("design-revision") : free, quantity: quantity)
  }

  private static func estimate(
    _ material: MaterialID, _ place: WorkCenterID, _ activity: ActivityID, _ amount: Int64,
    _ random: inout SeededGenerator
  ) -> [Estimate.Item] {
    let items: [Estimate.Item.Content] = [
      .material(material, Mass(base: amount)), .machine(place, Span(base: amount)),
      .energy(place, Energy(base: amount)), .labor(activity, Span(base: amount)),
      .service(.listed("design-revision"), quantity: Decimal(random.int(1...9))),
    ]
    return items.filter { _ in random.chance(60) }.map { Estimate.Item($0) }
  }

  private static func bill(
    _ job: JobID, _ amount: Int64, _ shop: Shop, _ random: inout SeededGenerator
  ) -> Command {
    if random.chance(60), let kept = shop.jobs.ids.first(where: { shop.jobs[$0]?.retained ?? .zero > .zero })
    {
      return .bill(
        .retainageRelease, job: kept, random.chance(50) ? .all : .percent(Decimal(random.int(1...100))))
    }
    let kinds: [DraftRecord.Kind] = [.deposit, .progress, .progress, .retainageRelease]
    let shares: [BillRequest.Share] = [
      .percent(Decimal(random.int(-1...101))),
      .amount(Decimal(significand: Int128(amount), scale: 2) ?? .one),
      .phase(random.pick(["first", "rest", "none"], or: "rest"), percent: .zero),
    ]
    let kind = random.pick(kinds, or: .deposit)
    let share = kind == .retainageRelease && random.chance(50) ? .all : random.pick(shares, or: .all)
    return .bill(kind, job: job, share)
  }

  private static func settle(
    _ job: JobID, _ amount: Int64, _ shop: Shop, _ random: inout SeededGenerator
  ) -> Command {
    let none = Hold(id: "gap.R1", kind: .overflow, line: "", message: "", settleWith: [])
    let held = shop.undrafted.sorted().filter { shop.jobs[$0]?.holds.isEmpty == false }
    let job = random.chance(80) ? random.pick(held, or: job) : job
    let hold = random.pick(shop.jobs[job]?.holds ?? [], or: none)
    let settlements: [HoldSettlement] = [
      .accept, .accept, .mass(Mass(base: amount)), .span(Span(base: amount)),
      .price(Price(Decimal(amount), per: random.pick(hold.units, or: .hour))),
    ]
    let fitting: HoldSettlement =
      hold.settleWith.first == .price ? .price(Price(Decimal(5), per: hold.units.first ?? .hour)) : .accept
    return .holdSettle(
      job: job, hold: hold.id,
      settlement: random.chance(70) ? fitting : random.pick(settlements, or: .accept), reason: "so")
  }
}
