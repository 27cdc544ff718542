import Devices
import Measures
import Metering
import Testing

/// Where a counter in registers goes on from zero: by the type of its registers, in its base unit.
struct RollOverTests {
  @Test(
    "registers tell by their type where a counter rolls over",
    arguments: [
      (RegisterType.uint16, "1", EnergyUnit.kWh, Int64(65_536_000_000)),
      (.uint16, "0.1", .kWh, 6_553_600_000),
      (.uint32, "1", .Wh, 4_294_967_296_000), (.int32, "1", .kWh, nil), (.float32, "1", .kWh, nil),
    ] as [(RegisterType, String, EnergyUnit, Int64?)])
  func byType(type: RegisterType, scale: String, unit: EnergyUnit, end: Int64?) throws {
    let number = RegisterNumber(.holding, 0, type, scale: try #require(Decimal(scale)))
    let channel = ModbusChannel(.number(number, .energy(unit)))
    let device = ModbusDevice(
      bus: try #require(BusID("floor")), unit: 1, poll: .seconds(1), channels: [channel])
    let meter = DeviceDescription(
      id: try #require(DeviceID("meter")), transport: .modbus(device), maxAge: .seconds(10))
    #expect(meter.rollOver(of: .energy)?.end == end)
    #expect(meter.rollOver(of: .pieces) == nil)
  }
}
