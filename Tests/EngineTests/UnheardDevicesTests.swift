import Devices
import Measures
import Metering
import Testing

@testable import Gateway

@Suite("A device on a broker that is not heard")
struct UnheardDevicesTests {
  private func device(_ id: String, _ source: MQTTChannel.Source) throws -> DeviceDescription {
    DeviceDescription(
      id: try #require(DeviceID(id)),
      transport: .mqtt(MQTTDevice(channels: [MQTTChannel(topic: "tele/\(id)/SENSOR", source)])), maxAge: nil)
  }

  @Test("is told of once, after two minutes of listening in vain; a button may be silent")
  func told() throws {
    let devices = [
      try device("plug-1", .stateWord(["on": .running])),
      try device("button-1", .button(["single": .toggle])),
      try device("plug-2", .stateWord(["on": .running])),
    ]
    var unheard = UnheardDevices(devices)
    #expect(unheard.takeOverdue(at: .minutes(60)) == [])
    unheard.connected(at: .minutes(60))
    unheard.disconnected()
    #expect(unheard.takeOverdue(at: .minutes(70)) == [])
    unheard.connected(at: .minutes(70))
    unheard.heard(2)
    #expect(unheard.takeOverdue(at: .minutes(72) - .milliseconds(1)) == [])
    #expect(unheard.takeOverdue(at: .minutes(72)) == [0])
    #expect(unheard.takeOverdue(at: .minutes(80)) == [])
    unheard.connected(at: .minutes(90))
    #expect(unheard.takeOverdue(at: .minutes(100)) == [])
  }
}
