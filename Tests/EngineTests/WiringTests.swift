import Devices
import Jobs
import Measures
import Metering
import Testing

@testable import Gateway

/// What stands between readings and meters: power that tells a state, and a wiring that changes.
struct WiringTests {
  private static func moment(_ seconds: Int64) -> Moment {
    Moment(
      boot: 1, uptime: .seconds(seconds), wall: WallTime(milliseconds: 1_795_000_000_000 + seconds * 1000),
      isWallTrusted: true)
  }

  /// A laser that is judged by the power its plug reports, kept fresh by the plug's presence.
  private struct Laser {
    var meters: Meters
    var facts: [Fact] = []
    let device: DeviceID
    let run: RunID

    init() throws {
      device = try #require(DeviceID("laser"))
      run = try #require(RunID("R1"))
      let place = try #require(WorkCenterID("laser"))
      let thresholds = PowerThresholds(
        runningAbove: Power(milliwatts: 60_000), runningAfter: .seconds(3),
        idleBelow: Power(milliwatts: 15_000), idleAfter: .seconds(5))
      let plug = DeviceDescription(
        id: device, transport: .mqtt(MQTTDevice(channels: [])), runStateFromPower: thresholds, maxAge: nil)
      meters = Meters(
        rules: try WiringTests.rules([place: WorkCenterRules(runState: ChannelID(device, .runState))]),
        devices: [plug], checkpoints: [:])
    }

    mutating func see(_ watts: Int64, _ second: Int64) {
      say(.power(Power(milliwatts: watts * 1000)), second)
    }
    mutating func say(_ value: ReadingValue, _ second: Int64) {
      let reading = Reading(channel: ChannelID(device, .power), at: moment(second), value: value)
      _ = meters.take(reading, into: &facts)
      meters.tick(moment(second), into: &facts)
    }
    mutating func wait(_ seconds: ClosedRange<Int64>) {
      for second in seconds { meters.tick(moment(second), into: &facts) }
    }
    mutating func charge(_ run: RunID?, _ second: Int64) {
      meters.charge(ChannelID(device, .runState), Account(run: run), at: moment(second), into: &facts)
    }

    /// Seconds that the run has in a state.
    func seconds(_ state: MachineState) -> Int64 {
      facts.reduce(0) { sum, fact in
        guard case .stretch(let stretch) = fact, stretch.state == state, stretch.account.run == run else {
          return sum
        }
        return sum + (stretch.span?.milliseconds ?? 0) / 1000
      }
    }
  }

  private static func rules(_ places: [WorkCenterID: WorkCenterRules]) throws -> Rules {
    Rules(
      version: try #require(RulesVersion("v1")), workCenters: places,
      priceList: PriceList(currency: try #require(Currency(code: "USD"))), customers: [:])
  }

  @Test("a machine that is judged by its power is not vouched for while its plug is away")
  func plugAway() throws {
    var laser = try Laser()
    laser.charge(laser.run, 0)
    for second: Int64 in 1...100 { laser.see(100, second) }
    laser.say(.rejected(.offline), 101)
    laser.wait(102...7300)
    laser.charge(nil, 7300)
    #expect((95...101).contains(laser.seconds(.running)), "\(laser.seconds(.running)) s")
  }

  @Test("a plug that reports only changes is believed while it is silent: what it said last goes on")
  func silentPlug() throws {
    var laser = try Laser()
    laser.see(2, 1)
    laser.wait(2...10)
    laser.charge(laser.run, 10)
    laser.see(100, 11)
    laser.wait(12...110)
    laser.see(2, 111)
    laser.wait(112...7300)
    laser.charge(nil, 7300)
    // Both thresholds must hold for their time first: three seconds late at the start, five at the end.
    #expect(laser.seconds(.running) == 102)
  }

  @Test("a plug that went away does not tell a state by what it said before")
  func awayWhileUndecided() throws {
    var laser = try Laser()
    laser.see(2, 1)
    laser.wait(2...10)
    laser.charge(laser.run, 10)
    laser.see(100, 11)
    laser.say(.rejected(.offline), 12)
    laser.wait(13...100)
    #expect(laser.seconds(.running) == 0)
    #expect(laser.meters.state(of: ChannelID(laser.device, .runState)) == .unknown)
  }

  @Test("what left a scale with no job open is kept when the scale is wired no more")
  func unwiredScale() throws {
    let channel = ChannelID(try #require(DeviceID("scale")), .weight)
    let place = try #require(WorkCenterID("bench"))
    let device = DeviceDescription(
      id: channel.device, transport: .mqtt(MQTTDevice(channels: [])), maxAge: .seconds(10))
    var meters = Meters(
      rules: try Self.rules([place: WorkCenterRules(scales: [channel])]), devices: [device], checkpoints: [:])
    var facts: [Fact] = []
    for second: Int64 in 1...60 {
      let mass = Mass(milligrams: 900_000 - second * 100)
      let reading = Reading(channel: channel, at: Self.moment(second), value: .weight(mass, stable: nil))
      _ = meters.take(reading, into: &facts)
      meters.tick(Self.moment(second), into: &facts)
    }
    #expect(facts.isEmpty)
    meters.rewire(rules: try Self.rules([:]), devices: [device], at: Self.moment(60), into: &facts)
    let amounts: [Int64] = facts.compactMap { fact in
      if case .segment(let segment) = fact { segment.amount } else { nil }
    }
    #expect(amounts.count == 1 && (5_000...6_000).contains(amounts[0]), "\(amounts)")
  }

  @Test(
    "a machine's own count of its running time settles what its state did not tell, and is kept as evidence")
  func ownCount() throws {
    let device = try #require(DeviceID("mill"))
    let place = try #require(WorkCenterID("mill"))
    let run = try #require(RunID("R1"))
    let channel = ChannelID(device, .runState)
    let hours = MQTTChannel(
      topic: "mill", paths: [], .number(.runningTime(.s, step: .seconds(1)), scale: .one),
      flags: StatusFlags<PayloadFlag>(), plausibility: Plausibility(), time: nil)
    let mill = DeviceDescription(
      id: device, transport: .mqtt(MQTTDevice(channels: [hours])), maxAge: .seconds(10))
    var meters = Meters(
      rules: try Self.rules([place: WorkCenterRules(runState: channel)]), devices: [mill], checkpoints: [:])
    var facts: [Fact] = []
    func read(_ seconds: ClosedRange<Int64>, ran: Int64) {
      for second in seconds {
        let at = Self.moment(second)
        let count = ReadingValue.count((ran + second) * 1000)
        _ = meters.take(
          Reading(channel: ChannelID(device, .runningTime), at: at, value: count), into: &facts)
        _ = meters.take(Reading(channel: channel, at: at, value: .state(.running)), into: &facts)
        meters.tick(at, into: &facts)
      }
    }
    read(0...60, ran: 7200)
    meters.charge(channel, Account(run: run), at: Self.moment(60), into: &facts)
    // A quarter of an hour without a word, of which it ran a third.
    for second: Int64 in 61...960 { meters.tick(Self.moment(second), into: &facts) }
    read(961...1000, ran: 6600)
    meters.charge(channel, .nobody, at: Self.moment(1000), into: &facts)
    let spans = facts.reduce(into: [MachineState: Int64]()) { sums, fact in
      guard case .stretch(let stretch) = fact, stretch.account.run == run else { return }
      sums[stretch.state, default: 0] += stretch.span?.milliseconds ?? 0
    }
    #expect(abs((spans[.running] ?? 0) - 340_000) <= 2000, "\(spans)")
    #expect((spans[.running] ?? 0) + (spans[.unknown] ?? 0) == 940_000)
    let kept = Set(meters.traces.unstored.map(\.trace.head.channel.kind))
    #expect(kept == [.runState, .runningTime])
  }

  @Test(
    "a run's traces go on after a restart, that of its machine's own count too; and a reload changes what is read by"
  )
  func tracesGoOn() throws {
    let (mill, scale) = (try #require(DeviceID("mill")), try #require(DeviceID("scale")))
    let place = try #require(WorkCenterID("mill"))
    let run = try #require(RunID("R1"))
    let (state, weight) = (ChannelID(mill, .runState), ChannelID(scale, .weight))
    let devices = [mill, scale].map {
      DeviceDescription(id: $0, transport: .mqtt(MQTTDevice(channels: [])), maxAge: .seconds(10))
    }
    var rules = WorkCenterRules(runState: state, scales: [weight])
    var meters = Meters(rules: try Self.rules([place: rules]), devices: devices, checkpoints: [:])
    var facts: [Fact] = []
    for channel in [state, weight] {
      meters.charge(channel, Account(run: run), at: Self.moment(0), into: &facts)
    }
    for second: Int64 in 0...10 {
      let at = Self.moment(second)
      for (channel, value): (ChannelID, ReadingValue) in [
        (ChannelID(mill, .runningTime), .count(second * 1000)), (state, .state(.running)),
        (weight, .weight(Mass(milligrams: 900_000), stable: nil)),
      ] {
        _ = meters.take(Reading(channel: channel, at: at, value: value), into: &facts)
      }
    }
    meters.traces.close()
    let stored = meters.traces.unstored
    #expect(stored.count == 3)
    let points = { (trace: Trace) in trace.chunks.compactMap { TraceChunk.points(in: $0.bytes) } }
    let restarted = Meters(
      rules: try Self.rules([place: rules]), devices: devices, checkpoints: meters.meters,
      traces: stored.map { (run: $0.run, trace: Trace($0.trace.head, stored: points($0.trace))) })
    #expect(restarted.traces.unstored.isEmpty, "all of it is on disk, and goes on from there")

    meters.traces.markStored()
    for channel in [state, weight] { meters.charge(channel, .nobody, at: Self.moment(20), into: &facts) }
    rules.maxUseRate = MassRate(milligramsPerMinute: 500_000)
    meters.rewire(rules: try Self.rules([place: rules]), devices: devices, at: Self.moment(30), into: &facts)
    let next = try #require(RunID("R2"))
    meters.charge(weight, Account(run: next), at: Self.moment(40), into: &facts)
    let head = try #require(meters.traces.unstored.first { $0.run == next }?.trace.head)
    guard case .scale(let parameters) = head.parameters else { return #expect(Bool(false)) }
    #expect(parameters.maxUseRate == rules.maxUseRate)
  }
}
