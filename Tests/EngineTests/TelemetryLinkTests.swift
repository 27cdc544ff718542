import Devices
import Logging
import MQTT
import Measures
import Metering
import Testing

@testable import Gateway

@Suite("A button on a broker")
struct TelemetryLinkTests {
  private func pressed(fence: String?, isBeforeFence: Bool) throws -> [ReadingValue] {
    let clock = GatewayClock(boot: 1, environment: [:], kernel: { true })
    let inbox = Inbox(clock: clock)
    let channel = MQTTChannel(topic: "button", .button(["single": .toggle]))
    let device = DeviceDescription(
      id: try #require(DeviceID("button-1")), transport: .mqtt(MQTTDevice(channels: [channel])), maxAge: nil)
    var settings = LinkSettings(name: "broker-p1", host: "127.0.0.1", clientID: "test", session: .clean)
    settings.fenceTopic = fence
    let link = TelemetryLink(
      link: try Link(settings), devices: [device], index: TopicIndex([device]), inbox: inbox, clock: clock,
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let press = Message(topic: "button", payload: Array("single".utf8), beforeFence: isBeforeFence)
    #expect(link.received([press]) == .commit)
    return inbox.take(until: .zero).inputs.flatMap { input -> [ReadingValue] in
      guard case .readings(let readings) = input.content else { return [] }
      return readings.map(\.value)
    }
  }

  @Test("is carried out after the fence, and only shown before it, or where there is none")
  func fences() throws {
    #expect(try pressed(fence: "fence", isBeforeFence: false) == [.action(.toggle)])
    #expect(try pressed(fence: "fence", isBeforeFence: true) == [.rejected(.retainedEvent)])
    #expect(try pressed(fence: nil, isBeforeFence: false) == [.rejected(.retainedEvent)])
  }
}
