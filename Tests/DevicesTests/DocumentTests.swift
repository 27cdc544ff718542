import Devices
import Measures
import Metering
import Testing

/// Devices that tell themselves piece by piece.
@Suite("A document of many messages")
struct DocumentTests {
  private let topic = "p/report"

  private func printer(
    document: [DocumentPart]? = nil, online: Presence? = nil, time: PayloadTime? = nil
  ) throws -> DeviceDecoder {
    let state = try Make.path("state")
    let code = try Make.path("error.code")
    let rules = [
      StateRule([.init(state, ["FAILED"]), .init(code, ["50348044"])], .canceled),
      StateRule([.init(state, ["FAILED"])], .failed),
      StateRule([.init(state, ["RUNNING", "PRINTING"])], .running),
      StateRule([.init(state, ["IDLE"])], .idle),
    ]
    let id = try #require(DeviceID("d"))
    let parts = try document ?? [DocumentPart(topic: topic, at: Make.path("print"))]
    let power = MQTTChannel(
      topic: nil, paths: [try Make.path("power"), try Make.path("power[0]")],
      .number(.power(.W), scale: .one),
      time: time)
    let mqtt = MQTTDevice(
      channels: [MQTTChannel(topic: nil, paths: [], .stateRules(rules)), power], online: online,
      document: parts)
    return DeviceDecoder(DeviceDescription(id: id, transport: .mqtt(mqtt), maxAge: .seconds(60)))
  }

  @Test("absent means unchanged: a delta of something else vouches for what was said before")
  func delta() throws {
    var decoder = try printer()
    #expect(
      decoder.values(topic, #"{"print":{"temperature":20}}"#) == [], "nothing is known of the state yet")
    #expect(decoder.values(topic, #"{"print":{"state":"RUNNING","power":150}}"#).count == 2)
    #expect(
      decoder.values(topic, #"{"print":{"temperature":21}}"#) == [
        .state(.running), .power(Power(milliwatts: 150_000)),
      ])
    #expect(decoder.values(topic, #"{"print":{"state":"IDLE"}}"#).first == .state(.idle))
  }

  @Test("two fields tell a state, and it does not matter which comes first")
  func rules() throws {
    var together = try printer()
    #expect(
      together.values(topic, #"{"print":{"state":"FAILED","error":{"code":50348044}}}"#) == [
        .state(.canceled)
      ])
    var apart = try printer()
    #expect(apart.values(topic, #"{"print":{"error":{"code":"50348044"}}}"#) == [.rejected(.unmappedState)])
    #expect(apart.values(topic, #"{"print":{"state":"FAILED"}}"#) == [.state(.canceled)])
    #expect(apart.values(topic, #"{"print":{"error":{"code":0}}}"#) == [.state(.failed)])
    #expect(apart.values(topic, #"{"print":{"state":"DANCING"}}"#) == [.rejected(.unmappedState)])
  }

  @Test("null takes a field back, and a message without the part is about something else")
  func gone() throws {
    var decoder = try printer()
    _ = decoder.values(topic, #"{"print":{"state":"RUNNING","power":1}}"#)
    #expect(decoder.values(topic, #"{"print":{"power":null}}"#) == [.state(.running)])
    #expect(decoder.values(topic, #"{"info":{"state":"IDLE"}}"#) == [])
    #expect(decoder.values(topic, "not json") == [.rejected(.malformed)])
  }

  @Test("fields on topics of their own are put together")
  func split() throws {
    var decoder = try printer(document: [
      DocumentPart(topic: "p/state", at: Make.path("value"), into: Make.path("state")),
      DocumentPart(topic: "p/power", into: Make.path("power")),
    ])
    #expect(
      decoder.values("p/state", #"{"eventtime":1.5,"value":"PRINTING"}"#, retained: true) == [
        .state(.running)
      ])
    #expect(
      decoder.values("p/power", "[12, 3]") == [.state(.running), .power(Power(milliwatts: 12_000))],
      "of several places the first with a plain value counts")
  }

  @Test("when the device goes, what it has told is forgotten")
  func offline() throws {
    var decoder = try printer(online: Presence(topic: "p/online"))
    _ = decoder.values("p/online", "online")
    _ = decoder.values(topic, #"{"print":{"state":"RUNNING"}}"#)
    _ = decoder.values("p/online", "offline")
    _ = decoder.values("p/online", "online")
    #expect(decoder.values(topic, #"{"print":{"temperature":21}}"#) == [])
  }

  @Test("what was measured too long ago is stale, unless our own clock is not to be trusted")
  func time() throws {
    let time = PayloadTime(try Make.path("at"), .seconds)
    var decoder = try printer(time: time)
    // The tests' wall clock shows as many milliseconds as their uptime.
    let old = #"{"print":{"power":5,"at":39.0}}"#
    #expect(decoder.values(topic, old, at: 99_000) == [.power(Power(milliwatts: 5000))])
    #expect(decoder.values(topic, old, at: 99_001) == [.rejected(.stale)])
    let untrusted = Moment(
      boot: 1, uptime: .milliseconds(99_001), wall: WallTime(milliseconds: 99_001), isWallTrusted: false)
    let readings = decoder.decode(message: topic, payload: Array(old.utf8), retained: false, at: untrusted)
    #expect(readings.map(\.value) == [.power(Power(milliwatts: 5000))])
  }

  @Test(
    "no time that a message may claim ends the daemon",
    arguments: [Int64.min, -9_223_372_036_854_775_000, .max])
  func impossibleTime(claimed: Int64) throws {
    var decoder = try printer(time: PayloadTime(try Make.path("at"), .milliseconds))
    let value = decoder.values(topic, #"{"print":{"power":5,"at":\#(claimed)}}"#, at: 99_000)
    #expect(value == (claimed < 0 ? [.rejected(.stale)] : [.power(Power(milliwatts: 5000))]))
  }
}
