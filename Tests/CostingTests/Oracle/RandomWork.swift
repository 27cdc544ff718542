import Jobs
import Measures
import TestShop

/// Jobs by chance, and what is done for them.
struct RandomWork {
  let jobs: [JobOrder]

  init(_ random: inout SeededGenerator, count: Int) {
    jobs = (["A", "B"] as [JobID]).prefix(count).map { id in
      JobOrder(
        job: id, customer: random.pick(RandomShop.customers, or: "plain"),
        markup: random.chance(40) ? RandomShop.markup(&random) : nil,
        parts: (["lid", "box", "axle"] as [PartID]).prefix(random.pick([0, 1, 1, 2, 3], or: 1)).map {
          .init(part: $0)
        })
    }
  }

  /// What failed is often made once more, and well.
  func deeds(_ count: ClosedRange<Int64>, _ random: inout SeededGenerator) -> [Deed] {
    (0..<random.int(count)).flatMap { _ in
      let deed = deed(&random)
      guard case .run(var again) = deed, again.outcome != .done, random.chance(60) else { return [deed] }
      again.outcome = .done
      again.slices[0].span = span(&random)
      return [deed, .run(again)]
    }
  }

  private func deed(_ random: inout SeededGenerator) -> Deed {
    let order = random.pick(jobs, or: jobs[0])
    switch random.int(0...9) {
    case 0...3: return .run(run(for: order, &random))
    case 4, 5:
      let person = random.pick(["ann", "bo"] as [OperatorID], or: "ann")
      let activity = random.pick(RandomShop.activities, or: "finish")
      let span = span(&random)
      return random.chance(70)
        ? .labor(order.job, person, activity, span) : .timer(order.job, person, activity, span)
    case 6, 7:
      let part = random.pick([nil] + order.parts.map(\.part), or: nil)
      let material = random.pick(RandomShop.materials, or: "black")
      let mass = mass(&random)
      return random.chance(70)
        ? .material(order.job, part, material, mass) : .weighing(order.job, part, material, mass)
    case 8: return service(for: order.job, &random)
    default: return .mistake(order.job)
    }
  }

  /// A whole number of quarters of an hour, or anything up to ten minutes, or to ten hours.
  private func span(_ random: inout SeededGenerator) -> Span {
    switch random.int(0...2) {
    case 0: .minutes(random.int(1...40) * 15)
    case 1: Span(base: random.int(1...600_000))
    default: Span(base: random.int(1...36_000_000))
    }
  }

  /// A whole number of 50 g, or anything up to 3 kg.
  private func mass(_ random: inout SeededGenerator) -> Mass {
    Mass(milligrams: random.chance(40) ? random.int(1...60) * 50_000 : random.int(1...3_000_000))
  }

  func service(for job: JobID, _ random: inout SeededGenerator) -> Deed {
    let listed = ServiceOrder.listed(random.pick(RandomShop.services, or: "fee"))
    let free = ServiceOrder.free(
      name: "Shipping", price: RandomShop.price(.piece, &random).amount,
      tax: random.pick(["normal", "reduced", "exempt"], or: "normal"))
    let quantity =
      random.chance(50)
      ? Decimal(random.int(1...9)) : RandomShop.decimal(1...99_999, scale: Int(random.int(0...6)), &random)
    return .service(job, random.chance(70) ? listed : free, quantity)
  }

  func run(for order: JobOrder, _ random: inout SeededGenerator) -> RunDeed {
    let slice = RunDeed.Slice(
      span: span(&random),
      materials: Dictionary(
        uniqueKeysWithValues: RandomShop.materials.filter { _ in random.chance(30) }.map {
          ($0, mass(&random).base)
        }),
      energy: random.chance(50) ? random.int(1...3_000_000) : 0)
    let shares = random.chance(60) ? [] : plate(&random)
    let one = PlateShare(job: order.job, part: random.pick(order.parts.map(\.part), or: nil), weight: 1)
    return RunDeed(
      place: random.pick(RandomShop.places, or: "mill"), shares: shares.count > 1 ? shares : [one],
      slices: [slice],
      outcome: random.chance(55) ? .done : random.pick([.failed, .canceled], or: .done))
  }

  /// Some of all parts of all jobs, each with its weight, in any order.
  private func plate(_ random: inout SeededGenerator) -> [PlateShare] {
    let all = jobs.flatMap { job in
      (job.parts.isEmpty ? [nil] : job.parts.map(\.part)).map { (part: PartID?) in
        PlateShare(job: job.job, part: part, weight: random.int(1...200_000_000))
      }
    }
    return all.filter { _ in random.chance(70) }.shuffled(using: &random)
  }

  /// What a job is expected to need: nothing without a price or a tax.
  func estimate(of order: JobOrder, _ random: inout SeededGenerator) -> [Estimate.Item] {
    (0..<random.int(1...5)).map { _ in
      let part = random.pick([nil] + order.parts.map(\.part), or: nil)
      switch random.int(0...4) {
      case 0:
        return Estimate.Item(
          .material(random.pick(["black", "white"], or: "black"), mass(&random)),
          part: part)
      case 1:
        return Estimate.Item(
          .machine(random.pick(RandomShop.places, or: "mill"), span(&random)),
          part: part)
      case 2:
        return Estimate.Item(
          .labor(random.pick(["finish", "paint"], or: "paint"), span(&random)))
      default:
        return Estimate.Item(
          .service(
            random.chance(70)
              ? .listed("fee") : .free(name: "Design", price: Decimal(random.int(1...999)), tax: "reduced"),
            quantity: Decimal(random.int(1...9))))
      }
    }
  }
}
