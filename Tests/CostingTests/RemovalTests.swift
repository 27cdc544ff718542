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
    floor.work(for: .minutes(10), using: 10)
    floor.complete("J1")
    floor.pass(.seconds(10))
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .material })
    let removed = try #require(line.removedQuantity)
    #expect(removed >= decimal("0.2499") && removed <= decimal("0.2501"))
    #expect(line.flags.contains("removed_by_hand") && line.quality == .measuredWithGap)
    #expect(line.quantity < decimal("0.009"))
    let estimated = try #require(line.estimatedQuantity, "what was used meanwhile is bridged")
    #expect(estimated > .zero && estimated < decimal("0.00005"))
  }

  @Test("grams that a hand took raise an alarm before the draft, with what to do; the draft ends it")
  func alarm() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(2), using: 10)
    floor.weights["spool-1"]? -= 250_000
    floor.work(for: .minutes(5), using: 10)
    #expect(floor.alarms == ["material_removed"])
    let alarm = try #require(floor.shop.alarms.ids.first.flatMap { floor.shop.alarms[$0] })
    for text in ["250", " g left spool-1", "R1", "J1", "max_use_rate", "material.record"] {
      #expect(alarm.message.contains(text), "\(text) is not in: \(alarm.message)")
    }
    #expect(floor.effects.contains { if case .raised = $0 { true } else { false } })
    floor.complete("J1")
    floor.pass(.seconds(10))
    #expect(floor.drafts.count == 1)
    #expect(floor.alarms.isEmpty, "from here on the line says it")
  }

  @Test("what a hand took only just before the completion is announced before the draft is made")
  func atTheEnd() throws {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(2), using: 10)
    floor.weights["spool-1"]? -= 250_000
    floor.pass(.seconds(5))
    floor.complete("J1")
    floor.pass(.seconds(10))
    let raised = floor.effects.contains { if case .raised("removed.R1.spool-1") = $0 { true } else { false } }
    #expect(raised)
    #expect(floor.drafts.last?.lines.first { $0.kind == .material }?.removedQuantity != nil)
  }
}
