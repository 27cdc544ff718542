import Jobs
import Measures
import Metering
import TestShop
import Testing

@Suite("Jobs that start with their machine")
struct TaskTests {
  private let place: WorkCenterID = "printer-1"

  private func floor() -> Shopfloor {
    var floor = Shopfloor()
    floor.create("J1")
    floor.create("J2")
    floor.machine(.idle)
    return floor
  }

  private func name(_ text: String, _ job: JobID?, _ floor: inout Shopfloor) {
    floor.apply(.tasked(place, TaskName(text: text, job: job), at: floor.now))
  }

  @Test("the machine begins, and the job that its task names begins with it")
  func starts() throws {
    var floor = floor()
    name("J1-body.gcode", "J1", &floor)
    #expect(floor.place(place).run == nil, "a name alone starts nothing")
    floor.machine(.running)
    let run = try #require(floor.place(place).run)
    #expect(floor.run(run)?.job == "J1")
    #expect(floor.place(place).lastAction?.ok == true)
    floor.wait(.minutes(5))
    floor.machine(.done)
    #expect(floor.place(place).run == nil)
    #expect(floor.run(run)?.outcome == .done)
  }

  @Test("a name that comes after the machine began starts the job then, but not half a minute later")
  func lateName() {
    var floor = floor()
    floor.machine(.running)
    floor.wait(.seconds(3))
    name("J1.gcode", "J1", &floor)
    #expect(floor.place(place).run != nil)

    var other = self.floor()
    other.machine(.running)
    other.wait(.seconds(40))
    name("J1.gcode", "J1", &other)
    #expect(other.place(place).run == nil)
  }

  @Test("the first report of a task still names the last one: the run moves to the job that is meant")
  func staleName() throws {
    var floor = floor()
    name("J1.gcode", "J1", &floor)
    floor.machine(.preparing)
    let run = try #require(floor.place(place).run)
    #expect(floor.run(run)?.job == "J1")
    floor.wait(.seconds(2))
    name("J2.gcode", "J2", &floor)
    #expect(floor.run(run)?.job == "J2")
    #expect(floor.place(place).run == run)
    #expect(floor.job("J1")?.runs == [])
    #expect(floor.job("J1")?.production == .open)
  }

  @Test("a run that somebody started stays where it is, whatever the machine calls it")
  func startedByHand() throws {
    var floor = floor()
    floor.start("J1")
    let run = try #require(floor.place(place).run)
    floor.machine(.running)
    name("J2.gcode", "J2", &floor)
    #expect(floor.run(run)?.job == "J1")
  }

  @Test("a name that means no job, or one that is over, starts nothing and is said where the operator looks")
  func unknownJob() {
    var floor = floor()
    name("calibration cube", nil, &floor)
    floor.machine(.running)
    #expect(floor.place(place).run == nil)
    #expect(floor.place(place).lastAction == nil)
    floor.machine(.idle)
    name("J9.gcode", "J9", &floor)
    floor.machine(.running)
    #expect(floor.place(place).run == nil)
    #expect(floor.place(place).lastAction?.code == .unknownJob)
  }

  @Test("a level that is only adopted is no beginning: nothing starts when the machine is found at work")
  func adopted() {
    var floor = Shopfloor()
    floor.create("J1")
    name("J1.gcode", "J1", &floor)
    floor.machine(.running)
    #expect(floor.place(place).run == nil)
  }

  @Test("a pause of the machine is no new beginning")
  func paused() {
    var floor = floor()
    floor.machine(.running)
    floor.machine(.paused)
    floor.wait(.minutes(2))
    name("J1.gcode", "J1", &floor)
    floor.machine(.running)
    #expect(floor.place(place).run == nil)
  }

  @Test("finished and at once running again, without preparing: two runs")
  func backToBack() throws {
    var floor = floor()
    name("J1.gcode", "J1", &floor)
    floor.machine(.running)
    let first = try #require(floor.place(place).run)
    floor.wait(.minutes(5))
    floor.machine(.done)
    floor.machine(.running)
    let second = try #require(floor.place(place).run)
    #expect(first != second)
    #expect(floor.job("J1")?.runs == [first, second])
  }

  @Test("a cancel that comes as two events is one cancel", arguments: [true, false])
  func canceled(failedFirst: Bool) throws {
    var floor = floor()
    floor.start("J1")
    let run = try #require(floor.place(place).run)
    floor.machine(.running)
    floor.wait(.minutes(5))
    floor.machine(failedFirst ? .failed : .canceled)
    floor.wait(.seconds(1))
    floor.machine(failedFirst ? .canceled : .failed)
    #expect(floor.run(run)?.outcome == .canceled)
  }

  @Test("what was canceled long after it failed did fail")
  func canceledLater() throws {
    var floor = floor()
    floor.start("J1")
    let run = try #require(floor.place(place).run)
    floor.machine(.running)
    floor.machine(.failed)
    floor.wait(.minutes(5))
    floor.machine(.canceled)
    #expect(floor.run(run)?.outcome == .failed)
  }
}

extension Shopfloor {
  /// The printer says what it does, and a second passes.
  fileprivate mutating func machine(_ state: MachineState) {
    states["printer-1"] = state
    pass(.seconds(1))
  }

  fileprivate mutating func wait(_ span: Span) { pass(span) }
  fileprivate func run(_ id: RunID) -> Run? { shop.runs[id] }
}
