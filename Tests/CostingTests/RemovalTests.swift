import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct RemovalTests {
  @Test("grams that a hand took in mid-run stand on the line; more than plausible use is not lost from sight")
  func removal() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(2), using: 10)
    floor.weights["spool-1"]? -= 250_000
    floor.work(for: .minutes(5), using: 10)
    floor.complete("J1")
    floor.pass(.seconds(10))
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .material })
    let removed = try #require(line.removedQuantity)
    #expect(removed >= decimal("0.2499") && removed <= decimal("0.2501"))
    #expect(line.flags.contains("removed_by_hand") && line.quality == .measuredWithGap)
    #expect(line.quantity < decimal("0.005"))
  }
}
