import Costing
import Jobs
import Measures
import Metering
import TestShop
import Testing

struct RunTests {
  @Test("a pause while the machine goes on is not believed: the run continues and the reply says so")
  func disbelievedPause() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.states["printer-1"] = .running
    floor.pass(.seconds(10))
    let result = floor.pause()
    #expect(result.code == .wrongState)
    #expect(result.message.contains("still running"))
    #expect(floor.place("printer-1").run != nil)
    #expect(floor.place("printer-1").lastAction?.code == .wrongState)
    floor.states["printer-1"] = .paused
    floor.pass(.seconds(2))
    #expect(floor.pause().receipt?.state == .paused)
    #expect(floor.place("printer-1").run == nil)
    #expect(floor.resume().receipt?.state == .running)
    #expect(floor.job("J1")?.runs.count == 2)
  }

  @Test("pause, resume and stop are refused where there is nothing to do it to")
  func notRunning() {
    var floor = Shopfloor()
    #expect(floor.pause().code == .notRunning)
    #expect(floor.resume().code == .notRunning)
    #expect(floor.stop().code == .notRunning)
    #expect(floor.pause(at: "x").code == .unknownWorkCenter)
    #expect(floor.resume(at: "x").code == .unknownWorkCenter)
    #expect(floor.stop(at: "x").code == .unknownWorkCenter)
    floor.create("J1")
    floor.start("J1")
    #expect(floor.resume().code == .alreadyRunning)
  }

  @Test("a stop ends the run with its outcome; a stop of paused work forgets it")
  func stop() {
    var floor = Shopfloor()
    floor.create("J1")
    floor.start("J1")
    #expect(floor.stop(.failed).receipt?.state == .open)
    #expect(floor.runs(of: "J1").first?.outcome == .failed)
    floor.start("J1")
    floor.pause()
    #expect(floor.stop().receipt?.state == .open)
    #expect(floor.resume().code == .notRunning)
  }

  @Test(
    "run_ends done: the machine's own end ends the run, with its outcome",
    arguments: [
      (MachineState.done, Outcome.done), (.failed, .failed), (.canceled, .canceled),
    ])
  func endsWithTheMachine(state: MachineState, outcome: Outcome) {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.states["printer-1"] = .running
    floor.pass(.seconds(30))
    floor.states["printer-1"] = state
    floor.pass(.seconds(1))
    #expect(floor.place("printer-1").run == nil)
    #expect(floor.runs(of: "J1").first?.outcome == outcome)
    #expect(floor.job("J1")?.production == .open)
  }

  @Test("a latched end that was there at connect, or at the start, ends nothing")
  func latchedEnd() {
    var floor = Shopfloor()
    floor.create("J1")
    floor.start("J1")
    floor.states["printer-1"] = .done
    floor.pass(.seconds(30))
    #expect(floor.place("printer-1").run != nil)
    floor.states["printer-1"] = .running
    floor.pass(.seconds(30))
    #expect(floor.place("printer-1").run != nil)
    floor.states["printer-1"] = .canceled
    floor.pass(.seconds(1))
    floor.states["printer-1"] = .failed
    floor.pass(.seconds(1))
    #expect(floor.runs(of: "J1").map(\.outcome) == [.canceled])
  }

  @Test("run_ends command: the machine's own end does not end the run")
  func endsByCommand() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1", parts: [])
    floor.start("J1", at: "mill-1")
    floor.states["mill-1"] = .running
    floor.pass(.seconds(10))
    floor.states["mill-1"] = .done
    floor.pass(.minutes(20))
    #expect(floor.place("mill-1").run != nil)
  }

  @Test("run_ends idle_for: ten idle minutes end the run, work and silence do not")
  func endsForIdleness() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1", parts: [])
    floor.start("J1", at: "saw-1")
    floor.pass(.minutes(9))
    floor.work("saw-1", for: .minutes(2))
    floor.pass(.minutes(9))
    #expect(floor.place("saw-1").run != nil)
    floor.silent = ["saw-1"]
    floor.pass(.minutes(15))
    #expect(floor.place("saw-1").run != nil, "no data is not idle")
    floor.silent = []
    floor.pass(.minutes(11))
    #expect(floor.place("saw-1").run == nil)
  }

  @Test("a machine that was never heard of does not end its run for idleness")
  func neverHeard() {
    var floor = Shopfloor()
    floor.create("J1", parts: [])
    floor.start("J1", at: "saw-1")
    floor.pass(.minutes(30))
    #expect(floor.place("saw-1").run != nil)
  }

  @Test("machine time is what the machine worked, not what the run lasted")
  func machineTime() {
    var floor = Shopfloor()
    floor.warmUp()
    floor.create("J1")
    floor.start("J1")
    floor.pass(.minutes(5))
    floor.work(for: .minutes(7))
    floor.pass(.minutes(3))
    floor.complete("J1")
    floor.pass(.seconds(10))
    #expect(floor.runs(of: "J1").first?.time.states[.running] == .minutes(7))
    #expect(floor.drafts.last?.lines.first { $0.kind == .machine }?.quantity == decimal("0.116667"))
  }

  @Test("buttons start, pause, resume and complete, and each answer is shown where the operator stands")
  func buttons() {
    var floor = Shopfloor()
    floor.create("J1", parts: [JobOrder.PartOrder(part: "x", workCenter: "bench")])
    floor.press("andon-2", .toggle)
    #expect(floor.job("J1")?.production == .running)
    floor.press("andon-2", .toggle)
    #expect(floor.job("J1")?.production == .paused)
    floor.press("andon-2", .toggle)
    #expect(floor.job("J1")?.production == .running)
    floor.press("andon-2", .complete)
    #expect(floor.job("J1")?.production == .complete)
    floor.press("andon-2", .complete)
    guard case .answered("bench", let last) = floor.effects.last else {
      return #expect(Bool(false), "no answer")
    }
    #expect(!last.ok)
    #expect(last.code == .notRunning)
    floor.press("unwired", .start)
  }

  @Test("an endless row of held gaps does not grow the run without bound, and no time is lost from it")
  func boundedGaps() throws {
    var floor = Shopfloor()
    floor.create("J1")
    let run = floor.start("J1").receipt?.run
    let channel = ChannelID("printer-1", .runState)
    var at = floor.now
    for _ in 0..<500 {
      let to = at.advanced(by: .seconds(20))
      let gap = Gap(from: at, to: to, settlement: .held)
      let account = Account(run: run)
      let stretch = Stretch(
        channel: channel, account: account, state: .unknown, from: at, to: to, span: nil, gap: gap)
      floor.apply(.fact(.stretch(stretch)))
      at = to
    }
    let tally = try #require(floor.runs(of: "J1").first?.time)
    #expect(tally.held.count <= TimeTally.maximumGaps)
    #expect(tally.held.last?.to == at)
  }

  @Test("after a hundred short gaps a long one is not forgotten, of time or of grams")
  func gapsBeyondTheLimit() throws {
    var floor = Shopfloor()
    floor.create("J1")
    let account = Account(run: floor.start("J1").receipt?.run, material: "pla-black")
    var at = floor.now
    for number in 0..<150 {
      let to = at.advanced(by: number == 120 ? .hours(1) : .seconds(5))
      floor.apply(
        .fact(
          .stretch(
            Stretch(
              channel: ChannelID("printer-1", .runState), account: account, state: .running, from: at, to: to,
              span: to.since(at), gap: Gap(from: at, to: to, settlement: .bridged)))))
      floor.apply(
        .fact(
          .segment(
            Segment(
              channel: ChannelID("spool-1", .weight), account: account, from: at, to: to, first: 9, last: 8,
              amount: 1, gaps: [Gap(from: at, to: to, settlement: .bracketed)]))))
      at = to
    }
    let run = try #require(floor.runs(of: "J1").first)
    for gaps in [run.time.gaps, try #require(run.materials.first).gaps] {
      #expect(gaps.count <= TimeTally.maximumGaps)
      #expect(!gaps.filter(\.isNotable).isEmpty)
      #expect(gaps.last?.to == at)
    }
  }
}
