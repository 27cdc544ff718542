import Configuration
import Devices
import Foundation
import Journal
import Logging
import Measures
import Metering
import Modbus
import ShopSimulator
import Testing

@testable import Gateway

/// Plays a fixture through its profile, by the way that real samples take.
enum Conformance {
  static func devices(_ text: String) throws -> (devices: [DeviceDescription], buses: [BusSettings]) {
    let environment = ConfigurationEnvironment(
      credentialsDirectory: nil, configurationDirectory: Fixture.profiles.deletingLastPathComponent().path)
    let configuration = try Configuration.read(
      Array(text.utf8), file: "fixture.yaml", environment: environment, digest: SHA256.hexDigest
    ).get()
    return (configuration.devices, configuration.buses)
  }

  /// Messages, through the decoder that the telemetry link uses.
  static func play(_ messages: [Fixture.Case.Message], on device: DeviceDescription) -> [ChannelKind: String]
  {
    var decoder = DeviceDecoder(device)
    var last: [ChannelKind: String] = [:]
    for message in messages {
      let readings = decoder.decode(
        message: message.topic, payload: Array(message.payload.utf8), retained: message.retained ?? false,
        at: moment(message.at ?? 0))
      for reading in readings { last[reading.channel.kind] = words(reading.value) }
    }
    return last
  }

  /// So many milliseconds after the fixtures' day began.
  static func moment(_ milliseconds: Int64) -> Moment {
    Moment(
      boot: 1, uptime: .milliseconds(milliseconds),
      wall: WallTime(milliseconds: 1_767_607_200_000 + milliseconds), isWallTrusted: true)
  }

  /// Registers, through a server of the C library on a port of its own, and the daemon's own bus.
  static func poll(_ fixture: Fixture) async throws -> [[ChannelKind: String]] {
    let map = ModbusServerMap()
    let server = try ModbusServer.tcp(map: map)
    defer { server.stop() }
    let stages = fixture.cases.map { $0.registers?.stages ?? [] }
    for (index, stage) in stages.enumerated() { set(stage.first ?? [:], of: index + 1, in: map) }
    let (devices, buses) = try devices(fixture.configuration(busPort: server.port))
    let clock = GatewayClock(boot: 1, environment: [:], kernel: { true })
    let inbox = Inbox(clock: clock)
    let log = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
    let service = try BusService(
      settings: buses[0], devices: devices, inbox: inbox, clock: clock, log: log)
    let running = Task { await service.bus.run { service.deliver($0) } }
    var last = [[ChannelKind: String]](repeating: [:], count: fixture.cases.count)
    for round in 0..<(stages.map(\.count).max() ?? 1) {
      for (index, stage) in stages.enumerated() where round > 0 && round < stage.count {
        set(stage[round], of: index + 1, in: map)
      }
      // No plan has more than four requests: after twelve, what a device has said last is of this stage.
      let before = (0..<fixture.cases.count).map { server.requests(unit: UInt8($0 + 1)) }
      let end = ContinuousClock.now + .seconds(20)
      while !before.indices.allSatisfy({
        server.requests(unit: UInt8($0 + 1)) >= before[$0] + 12
      }), ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(10))
      }
      for input in inbox.take(until: .zero).inputs {
        guard case .readings(let readings) = input.content else { continue }
        for reading in readings {
          guard let index = devices.firstIndex(where: { $0.id == reading.channel.device }) else { continue }
          last[index][reading.channel.kind] = words(reading.value)
        }
      }
    }
    service.bus.stop()
    await running.value
    return last
  }

  private static func set(_ tables: [String: [Int: Int]], of unit: Int, in map: ModbusServerMap) {
    let unit = UInt8(unit)
    for (table, listed) in tables {
      var values = listed
      // What stands between is read along; taken for a value it would be seen.
      if let first = listed.keys.min(), let last = listed.keys.max() {
        for address in first...last where values[address] == nil { values[address] = 0x5A5A }
      }
      for (address, value) in values {
        let address = UInt16(address)
        switch table {
        case "holding": map.setHolding(unit: unit, address: address, value: UInt16(value))
        case "input": map.setInput(unit: unit, address: address, value: UInt16(value))
        case "discrete_input": map.setDiscreteInput(unit: unit, address: address, value: value != 0)
        case "coil": map.setCoil(unit: unit, address: address, value: value != 0)
        default: Issue.record("no table is called \(table)")
        }
      }
    }
  }

  /// A reading as a fixture writes it.
  static func words(_ value: ReadingValue) -> String {
    switch value {
    case .weight(let mass, let stable): "\(mass)" + (stable.map { $0 ? " stable" : " moving" } ?? "")
    case .state(let state): state.rawValue
    case .energy(let energy): energy.description
    case .power(let power): power.description
    case .count(let count): "\(count)"
    case .action(let action): "press \(action.rawValue)"
    case .task(let name): "task \(name)"
    case .rejected(let reason): "rejected \(reason.rawValue)"
    }
  }
}
