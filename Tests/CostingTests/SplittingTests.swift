import Costing
import Jobs
import Measures
import TestShop
import Testing

@Suite("A run in one piece or in several")
struct SplittingTests {
  /// Machine time too, with an increment or without: it is rounded up once for each part, or plate, and machine.
  @Test(
    "a run split by a pause, by a stop or by its meters is billed as if it were whole",
    arguments: 0..<OracleTests.groups)
  func splitting(group: UInt64) {
    for seed in OracleTests.seeds(of: group) {
      var random = SeededGenerator(seed: seed)
      let shop = RandomShop(&random)
      let work = RandomWork(&random, count: 2)
      let runs = (0..<random.int(1...4)).map { _ in work.run(for: work.jobs[0], &random) }
      let whole = bills(of: runs, work.jobs, shop, seed)
      let split = bills(of: runs.map { $0.split(&random) }, work.jobs, shop, seed)
      #expect(split.differences(from: whole) == [], "seed \(seed)")
    }
  }

  @Test("with real meters, a pause and a resume at one moment change no quantity and no amount")
  func meters() throws {
    func lived(_ splits: Set<Int>) -> InvoiceDraft? {
      var floor = Shopfloor(.sample { $0.workCenters["printer-1"]?.runState = nil })
      floor.weights["spool-1"] = 900_000
      floor.counters["printer-1"] = 0
      floor.pass(.seconds(5))
      floor.create("J")
      floor.start("J")
      floor.use["spool-1"] = 17
      floor.draw["printer-1"] = 31
      for minute in 0..<12 {
        if splits.contains(minute) {
          floor.pause()
          floor.resume()
        }
        floor.pass(.seconds(40))
      }
      floor.use = [:]
      floor.draw["printer-1"] = 0
      floor.complete("J")
      floor.pass(.seconds(20))
      return floor.drafts.last
    }
    let whole = try #require(lived([]))
    #expect(whole.lines.count == 3)
    for seed: UInt64 in 0..<8 {
      var random = SeededGenerator(seed: seed)
      let splits = Set((0..<4).map { _ in Int(random.int(1...11)) })
      let split = try #require(lived(splits))
      #expect(
        split.lines.map(\.quantity) == whole.lines.map(\.quantity),
        "seed \(seed), splits at \(splits.sorted())")
      #expect(split.totals == whole.totals, "seed \(seed), splits at \(splits.sorted())")
    }
  }

  /// What both jobs are billed, settled in one order.
  private func bills(of runs: [RunDeed], _ jobs: [JobOrder], _ shop: RandomShop, _ seed: UInt64) -> [Bill] {
    var floor = Shopfloor.played(shop.rules)
    var random = SeededGenerator(seed: 0)
    var refused: [String] = []
    for job in jobs { refused += floor.told(.jobCreate(job)) }
    for run in runs { refused += floor.perform(.run(run)) }
    for job in jobs where floor.job(job.job)?.runs.isEmpty == false {
      refused += floor.told(.jobComplete(.job(job.job)))
      refused += floor.settleHolds(of: job.job, prices: shop.settledPrices, &random)
    }
    #expect(refused == [], "seed \(seed)")
    return floor.drafts.map(Bill.init)
  }
}

extension RunDeed {
  /// The same in two to four slices, with any seams between them.
  ///
  /// What is billed in part is rounded by run, to the milligram and the millisecond, so that stays one run.
  fileprivate func split(_ random: inout SeededGenerator) -> RunDeed {
    var split = self
    for _ in 0..<random.int(1...3) {
      let index = Int(random.int(0...Int64(split.slices.count - 1)))
      let (first, second) = split.slices[index].cut(&random)
      split.slices.replaceSubrange(index...index, with: [first, second])
      split.seams.append(.segment)
    }
    split.seams = split.seams.map { _ in
      random.pick(outcome == .done ? Seam.allCases : [.segment], or: .segment)
    }
    return split
  }
}

extension RunDeed.Slice {
  /// Two that come to it, to the milligram, the millisecond and the milliwatt-hour.
  fileprivate func cut(_ random: inout SeededGenerator) -> (RunDeed.Slice, RunDeed.Slice) {
    var first = RunDeed.Slice(
      span: Span(base: random.int(0...span.base)), materials: [:], energy: random.int(0...energy))
    var second = RunDeed.Slice(
      span: Span(base: span.base - first.span.base), materials: [:], energy: energy - first.energy)
    for (material, mass) in materials.sorted(by: { $0.key < $1.key }) {
      let some = random.int(0...mass)
      first.materials[material] = some
      second.materials[material] = mass - some
    }
    return (first, second)
  }
}
