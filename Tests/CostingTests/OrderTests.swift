import Costing
import Jobs
import Measures
import TestShop
import Testing

@Suite("One order of events or another")
struct OrderTests {
  @Test(
    "the same work in another order, with slips in between, is billed the same",
    arguments: 0..<OracleTests.groups)
  func order(group: UInt64) {
    for seed in OracleTests.seeds(of: group) {
      var random = SeededGenerator(seed: seed)
      var shop = RandomShop(&random)
      // What lacks of a minimum is on the last line, be it billed in full or in part.
      if random.chance(50) { shop.rules.priceList.outcomes = [:] } else { shop.dropMinimums() }
      let work = RandomWork(&random, count: 1)
      let story = Story(work, shop, &random)
      let told = story.bills(&random, seed)
      #expect(!told.isEmpty, "seed \(seed)")
      let retold = story.shuffled(&random).bills(&random, seed)
      #expect(retold.differences(from: told) == [], "seed \(seed)")
    }
  }
}

extension RandomShop {
  fileprivate mutating func dropMinimums() {
    for rate in rules.priceList.machines.keys { rules.priceList.machines[rate]?.minimum = nil }
  }
}

/// One job with an estimate, a deposit and work; its steps may come in any order.
private struct Story {
  enum Step {
    case deed(Deed)
    case deposit(BillRequest.Share)
  }

  let shop: RandomShop
  let job: JobOrder
  let estimate: [Estimate.Item]
  var steps: [Step]

  init(_ work: RandomWork, _ shop: RandomShop, _ random: inout SeededGenerator) {
    self.shop = shop
    job = work.jobs[0]
    estimate = work.estimate(of: job, &random)
    let deposit = BillRequest.Share.percent(RandomShop.decimal(1...3000, scale: 2, &random))
    steps = (work.deeds(3...10, &random) + [work.service(for: job.job, &random)]).map(Step.deed)
    steps.append(.deposit(deposit))
  }

  func shuffled(_ random: inout SeededGenerator) -> Story {
    var story = self
    story.steps.shuffle(using: &random)
    return story
  }

  /// What comes of it; some entries are made, voided and made again, and holds are settled in any order.
  func bills(_ random: inout SeededGenerator, _ seed: UInt64) -> [Bill] {
    var floor = Shopfloor.played(shop.rules)
    var refused = floor.told(.jobCreate(job)) + floor.told(.jobEstimate(job: job.job, items: estimate))
    for step in steps {
      switch step {
      case .deed(let deed):
        if let entry = deed.entry, random.chance(25) { refused += floor.performAndVoid(entry) }
        refused += floor.perform(deed)
      case .deposit(let share):
        // A share of next to nothing is refused, wherever it stands.
        refused += floor.told(.bill(.deposit, job: job.job, share)).filter {
          !$0.contains("nothing is left to bill")
        }
        for draft in floor.drafts { floor.acknowledge(draft) }
      }
    }
    refused += floor.told(.jobComplete(.job(job.job)))
    refused += floor.settleHolds(of: job.job, prices: shop.settledPrices, &random)
    #expect(refused == [], "seed \(seed)")
    return floor.drafts.map(Bill.init)
  }
}
