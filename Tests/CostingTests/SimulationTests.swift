import Costing
import Foundation
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct SimulationTests {
  @Test("any life of a shop keeps its invariants, and its journal folds to the same shop", arguments: 0..<8)
  func lives(group: UInt64) throws {
    for seed in (group * 25)..<(group * 25 + 25) {
      #expect(throws: Never.self) { try simulate(seed: seed) }
    }
  }

  @Test("the same seed gives the same trace hash, and another seed another")
  func sameHash() throws {
    let first = try simulate(seed: 4711, steps: 200)
    #expect(try simulate(seed: 4711, steps: 200) == first)
    #expect(try simulate(seed: 4712, steps: 200) != first)
  }

  @Test("lives are not idle: they draft, credit, hold, release and refuse")
  func coverage() {
    var kinds: Set<DraftRecord.Kind> = []
    var codes: Set<RefusalCode> = []
    var usages = 0
    var holds: Set<Hold.Kind> = []
    var revisions = 0
    var drafts = 0
    var batches = 0
    for seed: UInt64 in 0..<40 {
      var life = Simulation(seed: seed)
      for _ in 0..<500 {
        life.step()
        for job in life.floor.shop.undrafted { holds.formUnion(life.floor.job(job)?.holds.map(\.kind) ?? []) }
      }
      kinds.formUnion(life.floor.drafts.map(\.kind))
      revisions += life.floor.drafts.filter { $0.revision > 1 }.count
      drafts += life.draftCount
      batches += life.floor.drafts.count { $0.jobs.count > 1 }
      usages += life.floor.usages.count
      for case .refused(let refusal) in life.floor.effects { codes.insert(refusal.code) }
    }
    #expect(kinds == [.invoice, .credit, .deposit, .progress, .retainageRelease], "\(drafts) drafts")
    #expect(revisions > 0, "of \(drafts) drafts")
    #expect(batches > 0, "several jobs on one draft")
    #expect(usages > 10)
    #expect(codes.count >= 15, "\(codes.map(\.rawValue).sorted())")
    #expect(holds.count >= 5, "\(holds.map(\.rawValue).sorted())")
  }

  @Test("a shop stored row by row and loaded again lives on exactly like one that never stopped")
  func restart() throws {
    for seed: UInt64 in 1000..<1020 {
      var life = Simulation(seed: seed)
      for _ in 0..<250 { life.step() }
      let before = life.floor.events.count
      var loaded = Books(shop: try reloaded(life.floor.shop))
      #expect(loaded == life.floor.books, "seed \(seed)")
      for _ in 0..<250 { life.step() }
      for event in life.floor.events[before...] { _ = loaded.apply(event) }
      #expect(loaded == life.floor.books, "seed \(seed)")
    }
  }

  private func reloaded(_ shop: Shop) throws -> Shop {
    func rows<ID: Hashable & Comparable & Sendable, Row: Codable & Hashable & Sendable>(
      _ table: Table<ID, Row>
    ) throws -> [ID: Row] {
      var rows: [ID: Row] = [:]
      for (id, row) in table.rows {
        rows[id] = try JSONDecoder().decode(Row.self, from: try JSONEncoder().encode(row))
      }
      return rows
    }
    return Shop(
      jobs: try rows(shop.jobs), runs: try rows(shop.runs), workCenters: try rows(shop.workCenters),
      usages: try rows(shop.usages), loads: try rows(shop.loads), alarms: try rows(shop.alarms),
      rules: try rows(shop.rules), counters: shop.counters)
  }
}
