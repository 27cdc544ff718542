import Contract
import Foundation
import JSON
import Journal
import ShopSimulator
import Synchronization
import TestGateway
import Testing
import Torture

extension GatewayTests {
  @Suite(.serialized) struct KillTests {
    /// What is killed, and how often.
    struct Plan: Sendable, CustomTestStringConvertible {
      var daemon: Int
      var broker: Int
      var seed: UInt64
      var testDescription: String { "\(daemon) of the daemon, \(broker) of the broker, seed \(seed)" }

      static let all =
        isTorture
        ? (1...4).map { Plan(daemon: 150, broker: 25, seed: $0) } : [Plan(daemon: 40, broker: 10, seed: 1)]
    }

    @Test(
      "killed at random instants: every reply holds, one draft per job, no gap, all proven",
      .timeLimit(.minutes(isTorture ? 15 : 4)), arguments: Plan.all)
    func killed(plan: Plan) async throws {
      let moods = Mutex(Chance(seed: plan.seed &* 77))
      let isOver = Watched(false)
      // A billing service that dies before and after it took a draft in, or sleeps, as long as anything is killed.
      let decide: @Sendable (SimulatedBilling.Delivery) -> SimulatedBilling.Answer = { delivery in
        guard !isOver.value, delivery.repeats < 3 else { return .accept }
        return moods.withLock { chance in
          switch chance.next(100) {
          case 0..<10: .killedBefore
          case 10..<20: .killedAfter
          case 20..<25: .silent
          default: .accept
          }
        }
      }
      // A work center without any device: run by hand.
      let edit: @Sendable (String) -> String = {
        $0.replacing("work_centers:\n", with: "work_centers:\n  - {id: bench}\n")
      }
      try await withShop(edit: edit, decide: decide) { played in
        try await played.everythingHeard()
        let drivers = ["driver-1", "driver-2"].map { Driver($0, played: played, seed: plan.seed) }
        // One job runs at the mill through all of it.
        try await Story.order(played.shop, job: "LONG")
        try await played.shop.person.command(
          "job.start", ["work_center": "mill-1", "job": "LONG", "part": "plate"])
        played.shop.mill.start()
        try await played.workCenter("mill-1", "the mill at work") { $0["run_state"]?.string == "running" }

        try await withThrowingTaskGroup(of: Void.self) { group in
          for (number, driver) in drivers.enumerated() {
            group.addTask { try await driver.work(usesBench: number == 0, until: { isOver.value }) }
          }
          group.addTask {
            defer { isOver.change { $0 = true } }
            try await Self.havoc(plan, played)
          }
          try await group.waitForAll()
        }
        played.shop.mill.stop()
        try await played.workCenter("mill-1", "the mill at rest", within: .seconds(45)) {
          $0["run_state"]?.string == "idle"
        }
        try await played.shop.person.command("job.complete", ["job": "LONG"])

        let orders = drivers.flatMap(\.orders)
        try await Self.drained(orders.count + 1, played)
        print(
          "kills: \(plan.daemon) + \(plan.broker), \(drivers.map(\.count).reduce(0, +)) commands replied to, "
            + "\(orders.count) jobs, \(played.shop.billing.ledger.deliveries.count) deliveries of drafts")
        try Audit.orders(orders, played)
        try Audit.long(played)
        try Audit.sequence(played)
        try Audit.heads(played)
        try await Audit.ledger(played)
        for driver in drivers { try await driver.askAgain() }
        try await Story.verify(played)
        #expect(orders.count >= plan.daemon / 10, "hardly anything was done between the kills")
        #expect(try await played.stop() == 0)
        try await Story.verify(played)
      }
    }

    /// However much was made meanwhile: with nothing killed any more it is all at billing soon.
    private static func drained(_ count: Int, _ played: PlayedShop) async throws {
      do {
        try await played.shop.billing.wait(
          for: "all \(count) drafts at billing", within: .seconds(30 * slack)
        ) {
          $0.invoices.count >= count ? () : nil
        }
      } catch {
        let arrived = played.shop.billing.ledger.invoices.count
        let drafts = try await played.tool("draft", "list").output
        throw PlayedShopError("\(error): \(arrived) came. The daemon's own list:\n\(drafts)")
      }
    }

    /// Kills and restarts, at instants drawn from the seed.
    private static func havoc(_ plan: Plan, _ played: PlayedShop) async throws {
      var chance = Chance(seed: plan.seed)
      var (daemon, broker) = (plan.daemon, plan.broker)
      while daemon + broker > 0 {
        try await Task.sleep(for: .milliseconds(20 + chance.next(900)))
        if broker > 0, chance.next(daemon + broker) < broker {
          broker -= 1
          try await played.shop.broker.kill()
          try await Task.sleep(for: .milliseconds(chance.next(200)))
          try await played.shop.broker.restart()
        } else if daemon > 0 {
          daemon -= 1
          try await played.kill()
          try played.launch()
        }
      }
      // What a broker's death left the links waiting for is over with a fresh start.
      try await played.kill()
      try await played.start()
    }
  }
}

/// The ledger outside of the daemon against what billing got.
private enum Audit {
  static func drafts(_ played: PlayedShop) throws -> [DraftView] {
    let ledger = played.shop.billing.ledger
    #expect(ledger.faults == [])
    return try ledger.invoices.map { try DraftDocument.read($0.bytes) }
  }

  /// Every replied command took effect exactly once: what billing was told adds up to it.
  static func orders(_ orders: [Driver.Order], _ played: PlayedShop) throws {
    let drafts = try drafts(played)
    let byJob = Dictionary(grouping: drafts) { $0.jobs.first?.id ?? "" }
    #expect(byJob.values.allSatisfy { $0.count == 1 }, "a job has more than one draft")
    for order in orders {
      let draft = try #require(byJob[order.job]?.first, "job \(order.job) has no draft")
      #expect(Recomputed.faults(in: draft) == [])
      func sum(_ type: String) -> Foundation.Decimal {
        draft.lines.filter { $0.type == type }.reduce(0) { $0 + Recomputed.number($1.quantity) }
      }
      #expect(sum("service") == Foundation.Decimal(order.services), "\(order.job)")
      #expect(sum("labor") == Foundation.Decimal(order.minutes) / 60, "\(order.job)")
      #expect(sum("material") == Foundation.Decimal(order.grams) / 1000, "\(order.job)")
    }
  }

  /// The job that ran through all of it.
  static func long(_ played: PlayedShop) throws {
    let draft = try #require(try drafts(played).first { $0.jobs.first?.id == "LONG" })
    let plate = try #require(draft.lines.first { $0.type == "material" })
    let used = Double(played.shop.scale.usedMilligrams) / 1e6
    #expect(abs(Story.number(plate.quantity) - used) <= 0.002, "\(plate), truly \(used) kg")
    let time = try #require(draft.lines.first { $0.type == "machine" })
    let ran = Double(played.shop.mill.runMilliseconds) / 1000
    #expect(abs(Story.seconds(time) - ran) <= 0.5, "\(time), truly \(ran) s")
    print("through the kills: \(plate.quantity) kg of \(used), \(Story.seconds(time)) s of \(ran)")
  }

  static func sequence(_ played: PlayedShop) throws {
    let sequences = try drafts(played).map(\.sequence).sorted()
    #expect(sequences == (1...Int64(sequences.count)).map { $0 })
  }

  /// What the gateway says that billing should have is what billing has.
  static func ledger(_ played: PlayedShop) async throws {
    let drafts = try drafts(played)
    let shown = try await played.tool("ledger", "show", "--json").output
    let ledger = try JSONScanner.parse(Array(shown.utf8), limits: .trusted)
    #expect(ledger["count"]?.int64 == Int64(drafts.count), "\(shown)")
    let sum = drafts.reduce(Foundation.Decimal(0)) { $0 + Recomputed.number($1.payable) }
    #expect(ledger["sum"]?.string.map(Recomputed.number) == sum, "\(shown), and \(sum)")
  }

  /// Billing's copies of the chain's head are where the journal says they are.
  static func heads(_ played: PlayedShop) throws {
    let journal = try played.journal()
    let rows = try journal.rows(kind: "draft")
    let drafts = try drafts(played)
    #expect(rows.count == drafts.count)
    for draft in drafts {
      let row = try #require(
        rows.first { String(decoding: $0.body, as: UTF8.self).contains(draft.contentSHA256) })
      let before = try journal.rows(after: row.sequence - 2, upTo: row.sequence - 1)
      #expect(before.first?.head.text == draft.auditHead)
    }
  }
}

/// SplitMix64: the same seed, the same bad luck.
struct Chance: Sendable {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  /// From 0 up to `limit`.
  mutating func next(_ limit: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((z ^ (z >> 31)) % UInt64(max(1, limit)))
  }
}
