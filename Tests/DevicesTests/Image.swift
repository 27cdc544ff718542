import Devices
import Measures
import Metering

/// A device's memory: what was read of it.
struct Image: RegisterSource {
  var words: [RegisterTable: [UInt16: UInt16]] = [:]
  var flags: [RegisterTable: [UInt16: Bool]] = [:]

  init(holding: [UInt16: UInt16] = [:], input: [UInt16: UInt16] = [:], discrete: [UInt16: Bool] = [:]) {
    words = [.holding: holding, .input: input]
    flags = [.discreteInput: discrete]
  }

  func registers(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [UInt16]? {
    let found = (0..<count).compactMap { words[table]?[address + $0] }
    return found.count == Int(count) ? found : nil
  }

  func bits(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [Bool]? {
    let found = (0..<count).compactMap { flags[table]?[address + $0] }
    return found.count == Int(count) ? found : nil
  }
}

extension Moment {
  static func at(_ milliseconds: Int64) -> Moment {
    Moment(
      boot: 1, uptime: .milliseconds(milliseconds), wall: WallTime(milliseconds: milliseconds),
      isWallTrusted: true)
  }
}

enum Make {
  struct NotAnID: Error {}

  static func decoder(_ channels: ModbusChannel..., poll: Span = .milliseconds(200)) throws -> DeviceDecoder {
    guard let id = DeviceID("d"), let bus = BusID("b") else { throw NotAnID() }
    let transport = DeviceDescription.Transport.modbus(
      ModbusDevice(bus: bus, unit: 1, poll: poll, channels: channels))
    return DeviceDecoder(DeviceDescription(id: id, transport: transport, maxAge: .seconds(2)))
  }

  static func decoder(_ channels: MQTTChannel..., online: Presence? = nil) throws -> DeviceDecoder {
    guard let id = DeviceID("d") else { throw NotAnID() }
    let transport = DeviceDescription.Transport.mqtt(MQTTDevice(channels: channels, online: online))
    return DeviceDecoder(
      DeviceDescription(
        id: id, transport: transport, maxAge: DeviceDescription.defaultMaxAge(of: transport)))
  }

  static func path(_ text: String) throws -> PayloadPath { try PayloadPath(text) }
}

extension DeviceDecoder {
  /// The values of one sweep.
  mutating func values(_ image: Image, at milliseconds: Int64 = 0) -> [ReadingValue] {
    decode(image: image, at: .at(milliseconds)).map(\.value)
  }

  /// The values of one message.
  mutating func values(
    _ topic: String, _ payload: String, retained: Bool = false, at milliseconds: Int64 = 0
  ) -> [ReadingValue] {
    decode(message: topic, payload: Array(payload.utf8), retained: retained, at: .at(milliseconds)).map(
      \.value)
  }
}

extension Mass {
  static let division = Mass(milligrams: 100)
}
