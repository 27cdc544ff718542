import Devices
import JSON
import Measures
import Metering
import Testing

@testable import Gateway

@Suite("What a device is shown as")
struct LiveDevicesTests {
  private static func moment(_ seconds: Int64) -> Moment {
    Moment(
      boot: 1, uptime: .seconds(seconds), wall: WallTime(milliseconds: 1_795_000_000_000 + seconds * 1000),
      isWallTrusted: true)
  }

  private static func reading(_ channel: String, _ value: ReadingValue, _ seconds: Int64) throws -> Reading {
    Reading(channel: try #require(ChannelID(channel)), at: moment(seconds), value: value)
  }

  @Test("a value that nothing confirms within max_age is stale, the device offline; a press does not age")
  func aging() throws {
    let id = try #require(DeviceID("laser"))
    let channels = [
      MQTTChannel(topic: "laser/state", .stateWord(["on": .running])),
      MQTTChannel(topic: "laser/button", .button(["single": .toggle])),
    ]
    var live = LiveDevices([
      DeviceDescription(id: id, transport: .mqtt(MQTTDevice(channels: channels)), maxAge: .seconds(60))
    ])
    func doubt(_ kind: ChannelKind) -> Rejection? { live.devices[id]?.channels[kind]?.doubt }

    live.take(try Self.reading("laser/action", .action(.toggle), 0))
    live.take(try Self.reading("laser/run_state", .state(.running), 0))
    live.take(try Self.reading("laser/run_state", .state(.running), 100))
    _ = live.takeChanged()
    live.age(to: Self.moment(160))
    #expect(live.takeChanged() == [])
    #expect(doubt(.runState) == nil)
    live.age(to: Self.moment(161))
    #expect(live.takeChanged() == [id])
    #expect(doubt(.runState) == .stale)
    #expect(doubt(.action) == nil)
    live.age(to: Self.moment(400))
    #expect(live.takeChanged() == [], "said once")

    live.take(try Self.reading("laser/run_state", .state(.running), 401))
    #expect(live.takeChanged() == [id])
    #expect(doubt(.runState) == nil)
    live.take(try Self.reading("laser/run_state", .rejected(.offline), 402))
    live.age(to: Self.moment(900))
    #expect(doubt(.runState) == .offline, "what the device said of itself says more")
  }

  /// The run state of the power's device, once the values are taken.
  private func shown(
    _ power: ChannelID, after values: [ReadingValue], _ bench: EngineBench
  ) async throws -> JSONObject {
    bench.engine.inbox.put(
      values.map { Reading(channel: power, at: bench.engine.clock.now(), value: $0) })
    let devices = try #require(await bench.ask(.devices).object)
    return try #require(devices[power.device.text]?.object?["channels"]?.object?["run_state"]?.object)
  }

  @Test("a machine judged by its power shows its state, and ages with it")
  func judged() async throws {
    let bench = try EngineBench(
      adding: """
        devices:
          - id: laser
            max_age: 2s
            channels:
              power: {topic: plugs/laser, unit: W}
              run_state: {from: power, running_above: 60W, running_after: 0s, idle_below: 15W, idle_after: 0s}
        work_centers: [{id: laser, run_state: laser}]

        """)
    let power = try #require(ChannelID("laser/power"))
    let waiting = try await self.shown(power, after: [], bench)
    #expect(waiting["quality"] == "waiting")
    let running = try await self.shown(power, after: [.power(Power(milliwatts: 100_000))], bench)
    #expect(running["value"] == "running" && running["quality"] == "good" && running["at"] != nil)
    var shown = running
    for _ in 0..<100 where shown["quality"] != "stale" {
      try await Task.sleep(for: .milliseconds(100))
      shown = try await self.shown(power, after: [], bench)
    }
    #expect(shown["quality"] == "stale" && shown["value"] == nil)
    let back = try await self.shown(power, after: [.power(Power(milliwatts: 5_000))], bench)
    #expect(back["value"] == "idle" && back["quality"] == "good")
    let away = try await self.shown(power, after: [.rejected(.offline)], bench)
    #expect(away["quality"] == "offline")
  }
}
