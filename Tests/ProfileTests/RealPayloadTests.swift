import Configuration
import Devices
import Foundation
import JSON
import Metering
import Testing

/// Payloads as real devices sent them, where somebody keeps them beside this checkout; most may not be copied here.
@Suite struct RealPayloadTests {
  static let folder = Fixture.profiles.deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/facts/payloads")
  static var isThere: Bool { FileManager.default.fileExists(atPath: folder.path) }

  struct Story: Sendable, CustomTestStringConvertible {
    let profile: String
    let parameters: String
    /// A topic, and a file or a payload of one's own (which begins with a brace or a quote).
    let messages: [(topic: String, payload: String)]
    /// A member of the file that holds the message.
    var member: String?
    let expect: [ChannelKind: String]

    var testDescription: String { "\(profile): \(messages.map(\.payload).joined(separator: ", "))" }
  }

  static let stories: [Story] = [
    Story(
      profile: "bambu-x1-p1-a1", parameters: "serial: S",
      messages: [
        ("device/S/report", "bambu/a1-with-ams-lite-pushall-idle.json")
      ], member: "pushall", expect: [.runState: "idle"]),
    Story(
      profile: "bambu-x1-p1-a1", parameters: "serial: S",
      messages: [
        ("device/S/report", "bambu/p1p-no-ams-pushall.json")
      ], member: "pushall", expect: [.runState: "done"]),
    Story(
      profile: "bambu-x1-p1-a1", parameters: "serial: S",
      messages: [
        ("device/S/report", "bambu/x1c-multi-ams-pushall.json")
      ], member: "pushall", expect: [.runState: "done"]),
    Story(
      profile: "bambu-x1-p1-a1", parameters: "serial: S",
      messages: [
        ("device/S/report", "bambu/cancel-delta.json"),
        ("device/S/report", #"{"print":{"gcode_state":"FAILED"}}"#),
      ], expect: [.runState: "canceled"]),
    Story(
      profile: "tasmota-energy-plug", parameters: "topic: t",
      messages: [
        ("tele/t/LWT", "Online"), ("tele/t/SENSOR", "tasmota/tele-SENSOR-energy.json"),
      ], expect: [.power: "170 W", .energy: "9098.245 kWh"]),
    Story(
      profile: "shelly-gen2-plug", parameters: "prefix: s",
      messages: [
        ("s/online", "true"), ("s/events/rpc", "shelly-gen2/events-rpc-NotifyFullStatus.json"),
      ], expect: [.power: "31.4 W", .energy: "1.2345 kWh"]),
    Story(
      profile: "shelly-gen2-plug", parameters: "prefix: s",
      messages: [
        ("s/online", "true"), ("s/events/rpc", "shelly-gen2/events-rpc-NotifyFullStatus.json"),
        ("s/events/rpc", "shelly-gen2/events-rpc-NotifyStatus-delta-power.json"),
        ("s/events/rpc", "shelly-gen2/events-rpc-NotifyStatus-delta-energy-tick.json"),
      ], expect: [.power: "12 W", .energy: "1.3 kWh"]),
    Story(
      profile: "zigbee2mqtt-button", parameters: "name: b",
      messages: [
        ("zigbee2mqtt/b", "zigbee2mqtt/button-single.json")
      ], expect: [.action: "press toggle"]),
    Story(
      profile: "zigbee2mqtt-button", parameters: "name: b",
      messages: [
        ("zigbee2mqtt/b", "zigbee2mqtt/button-legacy-empty-followup.json")
      ], expect: [:]),
  ]

  @Test("what real devices sent means what it should", .enabled(if: isThere), arguments: stories)
  func plays(_ story: Story) throws {
    let text = """
      version: 1
      gateway: {id: bench, currency: USD}
      mqtt: {broker: "mqtt://127.0.0.1:1"}
      brokers: [{id: own, broker: "mqtt://127.0.0.1:2"}]
      devices:
        - {id: it, profile: \(story.profile), parameters: {\(story.parameters)}}

      """
    let device = try #require(try Conformance.devices(text).devices.first)
    var decoder = DeviceDecoder(device)
    var last: [ChannelKind: String] = [:]
    for (index, message) in story.messages.enumerated() {
      let payload = try bytes(of: message.payload, member: story.member)
      let readings = decoder.decode(
        message: message.topic, payload: payload, retained: false, at: Conformance.moment(Int64(index) * 1000)
      )
      for reading in readings { last[reading.channel.kind] = Conformance.words(reading.value) }
    }
    for (kind, words) in story.expect { #expect(last[kind] == words, "\(kind)") }
    if story.expect.isEmpty { #expect(last == [:]) }
  }

  private func bytes(of payload: String, member: String?) throws -> [UInt8] {
    guard payload.hasSuffix(".json") else { return Array(payload.utf8) }
    let bytes = [UInt8](try Data(contentsOf: Self.folder.appendingPathComponent(payload)))
    guard let member else { return bytes }
    let whole = try JSONScanner.parse(bytes, limits: .trusted)
    return try #require(whole[member]).compactBytes
  }
}
