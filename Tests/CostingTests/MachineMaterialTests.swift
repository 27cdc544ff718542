import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// What a machine says itself about its material and its pieces.
struct MachineMaterialTests {
  private static func floor(withScale hasScale: Bool) throws -> (Shopfloor, ChannelID, ChannelID) {
    let used = try #require(ChannelID("printer-1/material_used"))
    let pieces = try #require(ChannelID("printer-1/pieces"))
    var floor = Shopfloor(
      .sample { rules in
        rules.workCenters["printer-1"]?.materialUsed = used
        rules.workCenters["printer-1"]?.pieces = pieces
        if !hasScale { rules.workCenters["printer-1"]?.scales = [] }
      })
    floor.told = [used: 700_000, pieces: 40]
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    return (floor, used, pieces)
  }

  private static func finish(_ floor: inout Shopfloor) throws -> [CostLine] {
    floor.complete("J1")
    floor.pass(.seconds(10))
    return try #require(floor.drafts.last?.lines).filter { $0.kind == .material }
  }

  @Test("without a scale the machine's own figure is billed, and says so")
  func billed() throws {
    var (floor, used, _) = try Self.floor(withScale: false)
    for _ in 0..<60 {
      floor.told[used]? += 200
      floor.pass(.seconds(1))
    }
    let lines = try Self.finish(&floor)
    let line = try #require(lines.first)
    #expect(lines.count == 1 && line.quantity == decimal("0.012") && line.quality == .measured)
    #expect(line.flags == ["machine_reported"])
  }

  @Test(
    "with a scale it is held against it: beyond 5 g and a tenth the line says that they disagree",
    arguments: [(Int64(200), false), (260, false), (320, true), (80, true), (0, true)])
  func crossCheck(rate: Int64, disagrees: Bool) throws {
    var (floor, used, _) = try Self.floor(withScale: true)
    floor.use["spool-1"] = 200
    for _ in 0..<60 {
      floor.told[used]? += rate
      floor.pass(.seconds(1))
    }
    floor.use["spool-1"] = 0
    let line = try #require(try Self.finish(&floor).first)
    #expect(abs((line.quantity.multiplied(by: decimal("1000000"))?.int64 ?? 0) - 12_000) <= 300)
    #expect(line.flags.contains("machine_disagrees") == disagrees, "\(line.flags)")
  }

  @Test("pieces are tallied on the run, and billed to nobody")
  func pieces() throws {
    var (floor, _, pieces) = try Self.floor(withScale: true)
    for _ in 0..<5 {
      floor.told[pieces]? += 1
      floor.pass(.seconds(20))
    }
    floor.complete("J1")
    floor.pass(.seconds(10))
    #expect(floor.runs(of: "J1").first?.pieces?.amount == 5)
    floor.told[pieces]? += 3
    floor.pass(.minutes(15))
    #expect(floor.shop.usages.isEmpty, "pieces are made, not used")
  }

  @Test("with no job open it is nobody's material, where no scale tells the same")
  func unattributed() throws {
    for hasScale in [false, true] {
      var (floor, used, _) = try Self.floor(withScale: hasScale)
      floor.complete("J1")
      floor.pass(.seconds(10))
      for _ in 0..<600 {
        floor.told[used]? += 50
        floor.pass(.seconds(1))
      }
      floor.pass(.minutes(12))
      let kinds = floor.shop.usages.ids.compactMap { floor.shop.usages[$0]?.kind }
      #expect(kinds == (hasScale ? [] : [.material]))
    }
  }
}
