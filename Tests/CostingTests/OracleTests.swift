import Costing
import TestShop
import Testing

@Suite("Random jobs, each amount worked out anew")
struct OracleTests {
  /// How many lives a property is tried on; they are shared among `groups`.
  static let seeds: UInt64 = 400
  static let groups: UInt64 = 8

  @Test(
    "every draft is what an exact oracle says, line by line, and its totals obey EN 16931",
    arguments: 0..<groups)
  func lives(group: UInt64) {
    var sights: Set<String> = []
    for seed in Self.seeds(of: group) {
      var life = RandomLife(seed: seed)
      life.live()
      #expect(life.faults == [], "seed \(seed)")
      for draft in life.floor.drafts { sights.formUnion(draft.sights) }
    }
    // What never came up was never tested.
    #expect(InvoiceDraft.allSights.subtracting(sights) == [], "group \(group)")
  }

  static func seeds(of group: UInt64) -> StrideTo<UInt64> { stride(from: group, to: seeds, by: Int(groups)) }
}
