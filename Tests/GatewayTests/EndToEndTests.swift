import Contract
import Foundation
import JSON
import Jobs
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct EndToEndTests {
    @Test("a job across a scale, a mill and a printer bills what the devices did", .timeLimit(.minutes(2)))
    func billsWhatDevicesDid() async throws {
      try await withShop { played in
        let shop = played.shop
        try await played.everythingHeard()
        try await Story.order(shop)
        try await shop.person.command("service.add", ["job": "J-1", "service": "design-revision"])
        try await shop.person.command(
          "labor.record", ["job": "J-1", "operator": "mira", "activity": "post-processing", "minutes": "12"])
        try await shop.andon.press()
        try await played.workCenter("printer-1", "the printer's run") { $0["job"]?.string == "J-1" }
        shop.printer.start(milligrams: 10_000)
        try await Story.mill(played, for: .seconds(2))
        shop.printer.pause()
        try await played.workCenter("printer-1", "the printer paused") { $0["run_state"]?.string == "paused" }
        try await shop.andon.press()
        try await played.workCenter("printer-1", "the pause") { $0["paused"] != nil && $0["run"] == nil }
        // The button's own debounce.
        try await Task.sleep(for: .milliseconds(2200))
        try await shop.andon.press()
        try await played.workCenter("printer-1", "the run again") { $0["job"]?.string == "J-1" }
        shop.printer.resume()
        try await Story.mill(played, for: .seconds(1))
        try await played.workCenter("printer-1", "the print's own end", within: .seconds(20)) {
          $0["run"] == nil
        }
        try await shop.person.command("job.complete", ["job": "J-1"])
        let draft = try await Story.draft(shop)

        #expect(Recomputed.faults(in: draft) == [])
        let filament = try #require(draft.lines.first { $0.type == "material" && $0.part == "bracket" })
        // Two divisions of a gram.
        #expect(abs(Story.number(filament.quantity) - 0.010) <= 0.002, "\(filament)")
        let plate = try #require(draft.lines.first { $0.type == "material" && $0.part == "plate" })
        let milled = Double(shop.scale.usedMilligrams) / 1e6
        #expect(abs(Story.number(plate.quantity) - milled) <= 0.002, "\(plate), truly \(milled) kg")
        let printing = try #require(draft.lines.first { $0.type == "machine" && $0.part == "bracket" })
        // The printer says itself when it begins and ends; the steps of the simulation are 50 ms.
        #expect(abs(Story.seconds(printing) - 5) <= 0.25, "\(printing)")
        #expect(printing.quantity == "0.1")
        let milling = try #require(draft.lines.first { $0.type == "machine" && $0.part == "plate" })
        let ran = Double(shop.mill.runMilliseconds) / 1000
        // Two runs, each within one poll interval of 200 ms.
        #expect(abs(Story.seconds(milling) - ran) <= 2 * 0.25, "\(milling), truly \(ran) s")
        #expect(milling.quantity == "0.25")
        let fees = draft.lines.filter { ["fee", "labor", "service"].contains($0.type) }
        #expect(
          fees.map { "\($0.type) \($0.netAmount)" }.sorted() == ["fee 24.00", "labor 10.80", "service 42.00"])
        let energy = try #require(draft.lines.first { $0.type == "energy" })
        #expect(Story.number(energy.quantity) > 0.02, "\(energy)")
        try await Story.verify(played)
        let explained = try await played.tool("explain", draft.id)
        #expect(explained.status == 0, "\(explained.output)")
        #expect(!explained.output.contains("DO NOT HAVE THE HASH"), "\(explained.output)")
      }
    }
  }
}

/// What several tests do in a shop.
enum Story {
  /// Job J-1 with a part for the printer and one for the mill, and what lies on the scales.
  static func order(_ shop: SimulatedShop, job: String = "J-1") async throws {
    try await shop.person.command(
      "job.create",
      [
        "job": job, "customer": "acme",
        "parts": """
        [{"part": "bracket", "work_center": "printer-1", "material": "pla-black"},
         {"part": "plate", "work_center": "mill-1", "material": "aluminum-6061"}]
        """,
      ])
    try await shop.person.command("material.load", ["scale": "spool-scale-1", "material": "pla-black"])
    try await shop.person.command("material.load", ["scale": "scale-2", "material": "aluminum-6061"])
  }

  /// A run of the plate at the mill, with the mill at work for so long.
  static func mill(_ played: PlayedShop, for time: Duration, job: String = "J-1") async throws {
    try await played.shop.person.command("job.start", ["work_center": "mill-1", "job": job, "part": "plate"])
    played.shop.mill.start()
    try await Task.sleep(for: time)
    played.shop.mill.stop()
    try await played.workCenter("mill-1", "the mill at rest") { $0["run_state"]?.string == "idle" }
    try await played.shop.person.command("job.stop", ["work_center": "mill-1", "outcome": "done"])
  }

  /// The newest draft that billing has taken in.
  static func draft(_ shop: SimulatedShop, number: Int = 1) async throws -> DraftView {
    let invoice = try await shop.billing.wait(for: "draft \(number) at billing", within: .seconds(75)) {
      ledger in
      ledger.invoices.count >= number ? ledger.invoices[number - 1] : nil
    }
    #expect(shop.billing.ledger.faults == [])
    return try DraftDocument.read(invoice.bytes)
  }

  static func verify(_ played: PlayedShop) async throws {
    let result = try await played.tool("verify")
    #expect(result.status == 0, "\(result.output)")
  }

  static func number(_ text: String?) -> Double { text.flatMap(Double.init) ?? .nan }

  /// What was measured, where it was rounded up.
  static func seconds(_ line: DraftView.Line) -> Double {
    number(line.measuredQuantity ?? line.quantity) * 3600
  }
}
