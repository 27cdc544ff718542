import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

/// What settles a hold is bounded by what is in doubt.
struct BoundTests {
  @Test("a gap is settled with at most its length, and a refusal names the hold, the bound and another way")
  func gap() throws {
    var floor = HoldTests().gapped()
    let gap = try #require(floor.runs(of: "J1").first?.time.held.first?.span)
    #expect(gap >= .seconds(60) && gap < .seconds(70))
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.message.contains("at most \(gap)"))
    for span in [Span.hours(12), gap + .milliseconds(1)] {
      let refused = floor.settle("J1", "gap.R1", .span(span))
      #expect(refused.code == .invalidArgument, "\(span)")
      for text in ["gap.R1", "\(gap)", "\(span)", "job.reopen", "labor.record", "service.add"] {
        #expect(refused.message.contains(text), "\(text) is not in: \(refused.message)")
      }
    }
    #expect(floor.drafts.isEmpty && floor.job("J1")?.settlements.isEmpty == true)
    #expect(floor.settle("J1", "gap.R1", .span(gap)).receipt?.draft == "settling")
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .machine })
    #expect(line.estimatedQuantity == gap.seconds.divided(by: Decimal(3600), roundedTo: 6))
  }

  @Test("a refusal for a canceled job advises nothing that a canceled job refuses")
  func canceled() throws {
    var floor = HoldTests().gapped(canceled: true)
    let refused = floor.settle("J1", "gap.R1", .span(.hours(12)))
    #expect(refused.code == .invalidArgument)
    #expect(!refused.message.contains("job.reopen"), "\(refused.message)")
    #expect(refused.message.contains("another job") && refused.message.contains("labor.record"))
  }

  @Test("however many gaps there are, none of the measured time between them is in doubt")
  func manyGaps() throws {
    var floor = Shopfloor()
    floor.create("J1")
    let run = floor.start("J1").receipt?.run
    let channel = ChannelID("printer-1", .runState)
    var at = floor.now
    for _ in 0..<150 {
      let (away, back) = (at.advanced(by: .seconds(60)), at.advanced(by: .seconds(80)))
      floor.apply(
        .fact(
          .stretch(
            Stretch(
              channel: channel, account: Account(run: run), state: .running, from: at, to: away,
              span: .seconds(60), gap: nil))))
      floor.apply(
        .fact(
          .stretch(
            Stretch(
              channel: channel, account: Account(run: run), state: .unknown, from: away, to: back, span: nil,
              gap: Gap(from: away, to: back, settlement: .held)))))
      at = back
    }
    let time = try #require(floor.runs(of: "J1").first?.time)
    #expect(time.total(of: [.running]) == .seconds(9_000))
    #expect(time.doubt.most() == Span.seconds(3_000).base)
    #expect(time.held.count == TimeTally.maximumGaps && time.held.last?.to == at, "the last covers the rest")
  }

  @Test("nothing of a gap may be billed as well")
  func noneOfIt() throws {
    var floor = HoldTests().gapped()
    #expect(floor.settle("J1", "gap.R1", .span(.zero)).receipt != nil)
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .machine })
    #expect(line.quantity == decimal("0.166111"))
  }

  @Test("a scale that was never read is settled with no more than the work center can use in that time")
  func neverRead() throws {
    var floor = Shopfloor()
    floor.states["printer-1"] = .idle
    floor.counters["printer-1"] = 5
    floor.pass(.seconds(3))
    floor.create("J1")
    floor.start("J1")
    floor.pass(.minutes(2))
    floor.complete("J1")
    floor.pass(.seconds(70))
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.kind == .neverRead && hold.message.contains("at most 60 g"))
    let refused = floor.settle("J1", hold.id, .mass(grams("60.001")))
    #expect(refused.code == .invalidArgument)
    for text in [hold.id.text, "60 g", "max_use_rate", "material.record"] {
      #expect(refused.message.contains(text), "\(text) is not in: \(refused.message)")
    }
    #expect(floor.drafts.isEmpty)
    #expect(floor.settle("J1", hold.id, .mass(grams("60"))).receipt != nil)
    #expect(floor.drafts.count == 1)
  }

  @Test("what was measured before a baseline was lost is not in doubt: no settlement is below it")
  func baselineLost() throws {
    var floor = Shopfloor(.sample { $0.workCenters["printer-1"]?.energy = nil })
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.work(for: .minutes(2), using: 100)
    floor.weights["spool-1"] = 0
    floor.pass(.minutes(3))
    floor.complete("J1")
    floor.pass(.seconds(70))
    let hold = try #require(floor.job("J1")?.holds.first)
    #expect(hold.kind == .baselineLost)
    let low = floor.settle("J1", hold.id, .mass(grams("5")))
    #expect(low.code == .invalidArgument && low.message.contains("12"), "\(low.message)")
    #expect(floor.settle("J1", hold.id, .mass(grams("500"))).code == .invalidArgument)
    #expect(floor.settle("J1", hold.id, .mass(grams("20"))).receipt != nil)
    let line = try #require(floor.drafts.last?.lines.first { $0.kind == .material })
    #expect(line.quantity == decimal("0.02"))
    let estimated = try #require(line.estimatedQuantity)
    #expect(decimal("0.0078") <= estimated && estimated <= decimal("0.008"), "12 g of it were measured")
  }

  @Test("a gap that neither clock measured lasted no longer than a clock that is right by now says")
  func unmeasured() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.send(.laborStart(job: "J1", operator: "ann", activity: "post-processing"))
    let started = floor.now
    floor.now = Moment(
      boot: 2, uptime: .seconds(9), wall: started.wall.advanced(by: .minutes(5)), isWallTrusted: false)
    floor.complete("J1")
    let hold = try #require(floor.job("J1")?.holds.first)
    // The clock is set an hour on: the timer was stopped two minutes ago.
    floor.now = Moment(
      boot: 2, uptime: .seconds(129), wall: started.wall.advanced(by: .minutes(62)), isWallTrusted: true)
    let refused = floor.settle("J1", hold.id, .span(.minutes(61)))
    #expect(refused.code == .invalidArgument && refused.message.contains("1 h 00 min"))
    #expect(floor.settle("J1", hold.id, .span(.minutes(60))).receipt != nil)
    #expect(floor.text(of: floor.drafts.last) == ["Post-processing 1 HUR 51.75"])
  }

  @Test("where the clock says that a gap ends before it began, no time settles it until the clock is set")
  func clockBehind() throws {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.send(.laborStart(job: "J1", operator: "ann", activity: "post-processing"))
    floor.addService(to: "J1")
    floor.now = Moment(
      boot: 2, uptime: .seconds(9), wall: floor.now.wall.advanced(by: .seconds(-30)), isWallTrusted: false)
    floor.complete("J1")
    let hold = try #require(floor.job("J1")?.holds.first)
    let refused = floor.settle("J1", hold.id, .span(.minutes(1)))
    #expect(refused.code == .wrongState && refused.message.contains("set the clock"))
    #expect(floor.settle("J1", hold.id, .accept).receipt != nil)
  }
}
