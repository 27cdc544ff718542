import Foundation
import Measures
import Testing

@testable import Metering

/// A shop's scale over some runs, with the truth kept beside: one step a second.
private struct Trace {
  enum Step {
    case read(Int64)
    case silent
    case start(Int)
    case end(Int)
  }

  var steps: [Step] = []
  /// What each run used, in milligrams; key 0 is use without a run.
  var used: [Int: Int64] = [:]
  /// Whether a hand changed the load in that run.
  var handled: Set<Int> = []
  private var load: Int64 = 900_000
  private var dice: Dice
  private let noise: Int64
  private var run = 0

  init(seed: Int) {
    dice = Dice(seed: seed)
    noise = seed % 4 == 0 ? 0 : dice.roll(10...150)
    weigh(10)
    for number in 1...3 {
      weigh(dice.roll(5...90))
      // Use before a late start, in a clear amount.
      if dice.chance(3) { weigh(dice.roll(60...120), using: dice.roll(10...100)) }
      weigh(5)
      steps.append(.start(number))
      run = number
      for _ in 0..<dice.roll(2...7) { disturb() }
      weigh(dice.roll(10...200), using: dice.roll(0...60))
      steps.append(.end(number))
      run = 0
      weigh(dice.roll(5...80))
    }
    weigh(200)
  }

  private mutating func disturb() {
    switch dice.roll(1...16) {
    case 1:
      weigh(dice.roll(10...400), using: dice.roll(100...400))
      weigh(10)
    case 2:
      handled.insert(run)
      load += dice.roll(30_000...500_000)
      weigh(dice.roll(5...200), using: dice.roll(0...20))
    case 3:
      handled.insert(run)
      load -= min(load / 2, dice.roll(50_000...300_000))
      weigh(dice.roll(5...200), using: dice.roll(0...20))
    case 4: lift()
    case 5:
      let rate = dice.roll(0...100)
      let seconds = dice.roll(1...120)
      for _ in 0..<seconds { use(rate) }
      steps += Array(repeating: .silent, count: Int(seconds))
      weigh(10, using: 0)
    case 6:
      let knock = dice.roll(-1900...1900)
      load += knock
      weigh(dice.roll(1...5))
      load -= knock
      weigh(10)
    default: weigh(dice.roll(20...300), using: dice.roll(0...60))
    }
  }

  /// Off the scale for up to a minute and a half, and back, lighter by what was used meanwhile.
  private mutating func lift() {
    let before = load
    let seconds = dice.roll(3...90)
    load = 0
    weigh(seconds)
    load = before
    for _ in 0..<seconds { use(20) }
    weigh(10)
  }

  private mutating func use(_ rate: Int64) {
    load -= rate
    used[run, default: 0] += rate
  }

  private mutating func weigh(_ seconds: Int64, using rate: Int64 = 0) {
    for _ in 0..<seconds {
      use(rate)
      steps.append(.read(load + (noise == 0 ? 0 : dice.roll(-noise...noise))))
    }
  }
}

/// The engine around a meter: commits facts and checkpoint together, every five seconds and at commands.
private struct Shop {
  var bench: ScaleBench
  private var committed: (meter: ScaleMeter, facts: [Fact])
  private var dice: Dice
  private let crashes: Bool
  private(set) var crashCount = 0
  private(set) var commits = 0

  init(seed: Int, crashes: Bool) throws {
    bench = try ScaleBench(maxAge: .seconds(5))
    committed = (bench.meter, [])
    dice = Dice(seed: seed &+ 1_000_003)
    self.crashes = crashes
  }

  mutating func play(_ trace: Trace) throws {
    for step in trace.steps {
      switch step {
      case .read(let load):
        bench.now += 1
        bench.load = load
        bench.read()
        bench.meter.tick(bench.moment, into: &bench.facts)
      case .silent: bench.silence(1)
      case .start(let run):
        bench.start(try Sample.run(run))
        commit()
      case .end(let run):
        bench.end(try Sample.run(run))
        commit()
      }
      if bench.now % 5 == 0 { commit() }
      if crashes, dice.chance(97) { try crash() }
    }
  }

  private mutating func commit() {
    guard bench.meter.generation != committed.meter.generation || bench.facts.count != committed.facts.count
    else {
      return
    }
    commits += 1
    committed = (bench.meter, bench.facts)
  }

  private mutating func crash() throws {
    crashCount += 1
    bench.meter = try JSONDecoder().decode(ScaleMeter.self, from: JSONEncoder().encode(committed.meter))
    bench.facts = committed.facts
    bench.meter.resume(lastAlive: bench.moment)
    commit()
  }
}

@Suite("Scale meter: simulation")
struct ScaleSimulationTests {
  static let division: Int64 = 100

  /// Each load change splits a segment and costs two anchors, each within a division and a half.
  /// - Returns: how many runs were measured plainly.
  private func check(_ shop: Shop, _ trace: Trace, _ seed: Int) throws -> Int {
    var (plain, spurious) = (0, 0)
    let facts = shop.bench.facts
    #expect(try facts.settled == [1, 2, 3].map(Sample.run), "seed \(seed)")
    for run in 1...3 {
      let id = try Sample.run(run)
      let error = facts.amount(of: id) - (trace.used[run] ?? 0)
      let marks = facts.marks(of: id)
      if marks.isDisjoint(with: [.loadChanged, .baselineLost, .endUnstable, .firstSeenInRun]) {
        plain += 1
        #expect(abs(error) <= 4 * Self.division, "seed \(seed) run \(run): \(error) mg unmarked, \(marks)")
      }
      if !trace.handled.contains(run) {
        // A lift that ends with the run, or one in a dropout, may look like a hand; little else does.
        #expect(
          marks.isDisjoint(with: [.baselineLost, .neverRead, .firstSeenInRun]), "seed \(seed) run \(run)")
        if marks.contains(.loadChanged) { spurious += 1 }
      }
      if trace.handled.contains(run) {
        #expect(!marks.isEmpty, "seed \(seed) run \(run): a hand went unmarked")
      }
    }
    // What is bridged while hands are there is in what they put on, or not in what they took.
    let all = facts.segments.reduce(0) { $0 + $1.amount }
    let byHand = facts.loads.reduce(0) { $0 + $1.base }
    let left = (900_000 - (shop.bench.meter.anchor?.mass.base ?? 0))
    // Noise of nobody's is not worth a row: up to a band for each of six pieces without a run.
    #expect(abs(all - byHand - left) <= 20 * Self.division, "seed \(seed): \(all) \(byHand) \(left)")
    #expect(spurious <= 1, "seed \(seed): hands seen where there were none")
    return plain
  }

  @Test("whatever happens on the scale, a run gets what it used or its line is marked", arguments: 0..<10)
  func truth(block: Int) throws {
    var plain = 0
    for seed in block * 10..<(block + 1) * 10 {
      let trace = Trace(seed: seed)
      var shop = try Shop(seed: seed, crashes: false)
      try shop.play(trace)
      plain += try check(shop, trace, seed)
    }
    #expect(plain >= 10, "too few runs are measured plainly to prove anything: \(plain)")
  }

  @Test("crashes at any moment change no total", arguments: 0..<10)
  func crashes(block: Int) throws {
    var (crashes, plain) = (0, 0)
    for seed in block * 10..<(block + 1) * 10 {
      let trace = Trace(seed: seed)
      var shop = try Shop(seed: seed, crashes: true)
      try shop.play(trace)
      plain += try check(shop, trace, seed)
      crashes += shop.crashCount
    }
    #expect(crashes > 30)
    #expect(plain >= 10)
  }
}
