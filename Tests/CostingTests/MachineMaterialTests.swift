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
    arguments: [
      (Int64(60), Int64(200), false), (60, 260, false), (60, 320, true), (60, 80, true), (60, 0, true),
      // 120 g: a tenth is more than 5 g.
      (600, 210, false), (600, 235, true),
    ])
  func crossCheck(seconds: Int64, rate: Int64, disagrees: Bool) throws {
    var (floor, used, _) = try Self.floor(withScale: true)
    floor.use["spool-1"] = 200
    for _ in 0..<seconds {
      floor.told[used]? += rate
      floor.pass(.seconds(1))
    }
    floor.use["spool-1"] = 0
    let line = try #require(try Self.finish(&floor).first)
    #expect(abs((line.quantity.multiplied(by: decimal("1000000"))?.int64 ?? 0) - seconds * 200) <= 300)
    #expect(line.flags.contains("machine_disagrees") == disagrees, "\(line.flags)")
  }

  @Test("a machine that was never heard is held, and settled with a quantity: nothing is given away")
  func neverHeard() throws {
    var (floor, used, _) = try Self.floor(withScale: false)
    floor.told[used] = nil
    floor.silent = ["printer-1"]
    floor.pass(.minutes(2))
    floor.stop()
    floor.pass(.minutes(2))
    floor.start("J1")
    floor.pass(.minutes(2))
    floor.complete("J1")
    floor.pass(.minutes(2))
    let holds = try #require(floor.job("J1")?.holds).filter { $0.kind == .neverRead }
    #expect(Set(holds.map(\.id)).count == holds.count)
    let hold = try #require(holds.first { $0.id.text.hasSuffix(".material") })
    #expect(hold.settleWith.contains(.quantity), "\(hold.message)")
  }

  @Test("a job canceled unbilled gives the machine's material back to nobody, once")
  func canceled() throws {
    var (floor, used, _) = try Self.floor(withScale: false)
    for _ in 0..<60 {
      floor.told[used]? += 200
      floor.pass(.seconds(1))
    }
    floor.stop()
    floor.pass(.seconds(10))
    floor.send(.jobCancel(job: "J1", reason: "changed its mind", bill: false))
    let usages = floor.shop.usages.ids.compactMap { floor.shop.usages[$0] }.filter { $0.kind == .material }
    #expect(usages.map(\.quantity) == [12_000])
  }

  @Test("a run that is moved to a part of another material used that one, for only the part told")
  func moved() throws {
    var (floor, used, _) = try Self.floor(withScale: false)
    floor.create(
      "J2", parts: [JobOrder.PartOrder(part: "body", workCenter: "printer-1", material: "pla-white")])
    for _ in 0..<60 {
      floor.told[used]? += 200
      floor.pass(.seconds(1))
    }
    floor.stop()
    floor.pass(.seconds(10))
    let run = try #require(floor.runs(of: "J1").first?.id)
    #expect(
      floor.send(.jobReassign(run: run, job: "J2", part: "body", reason: "the wrong job")).receipt != nil)
    #expect(floor.runs(of: "J2").first?.reportedMaterial?.material == "pla-white")
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
