import Devices
import Measures
import Metering
import Testing

/// What keeps a value from being believed although it could be read.
@Suite("A value that cannot be is not believed")
struct BeliefTests {
  private func weight(_ grams: Int64) -> ReadingValue {
    .weight(Mass(milligrams: grams * 1000), stable: nil)
  }

  private func scale(_ plausibility: Plausibility) throws -> DeviceDecoder {
    let number = RegisterNumber(.holding, 7, .int16)
    return try Make.decoder(
      ModbusChannel(.number(number, .weight(.g, division: .division)), plausibility: plausibility))
  }

  @Test("outside its range a weight is refused; at its ends it is not")
  func range() throws {
    var decoder = try scale(Plausibility(minimum: -1_000_000, maximum: 5_000_000))
    let values = [5000, 5001, -1000, -1001].enumerated().map { second, grams in
      decoder.values(Image(holding: [7: UInt16(bitPattern: Int16(grams))]), at: Int64(second) * 1000)
    }
    #expect(
      values == [
        [weight(5000)], [.rejected(.outOfRange)], [weight(-1000)], [.rejected(.outOfRange)],
      ])
  }

  @Test("faster than it can change it is refused, until the change has lasted long enough to be possible")
  func slew() throws {
    var decoder = try scale(Plausibility(slewPerSecond: 500_000))
    func read(_ grams: UInt16, at milliseconds: Int64) -> [ReadingValue] {
      decoder.values(Image(holding: [7: grams]), at: milliseconds)
    }
    #expect(read(100, at: 0) == [weight(100)])
    #expect(read(200, at: 200) == [weight(200)])
    #expect(read(2200, at: 400) == [.rejected(.slew)])
    #expect(read(2200, at: 3000) == [.rejected(.slew)])
    #expect(read(2200, at: 4300) == [weight(2200)], "a spool that was put on stays refused for ever")
  }

  @Test("with its heartbeat frozen a device is not believed, and is again when it beats")
  func heartbeat() throws {
    let id = try #require(DeviceID("d"))
    let bus = try #require(BusID("b"))
    let number = RegisterNumber(.holding, 7, .int16)
    let beat = RegisterField(RegisterWord(.holding, 10), bits: 0...15)
    let device = ModbusDevice(
      bus: bus, unit: 1, poll: .milliseconds(200),
      channels: [ModbusChannel(.number(number, .weight(.g, division: .division)))],
      heartbeat: DeviceHeartbeat(beat, staleAfter: .seconds(1)))
    #expect(device.points == [[RegisterPoint(.holding, 7)], [RegisterPoint(.holding, 10)]])
    var decoder = DeviceDecoder(DeviceDescription(id: id, transport: .modbus(device), maxAge: .seconds(2)))
    func read(_ beat: UInt16?, at milliseconds: Int64) -> [ReadingValue] {
      var holding: [UInt16: UInt16] = [7: 5]
      holding[10] = beat
      return decoder.values(Image(holding: holding), at: milliseconds)
    }
    #expect(read(1, at: 0) == [weight(5)])
    #expect(read(1, at: 1000) == [weight(5)])
    #expect(read(1, at: 1001) == [.rejected(.frozen)])
    #expect(read(2, at: 1200) == [weight(5)])
    #expect(read(nil, at: 1400) == [.rejected(.frozen)], "a heartbeat that cannot be read is none")
  }

  @Test("a chattering input has not stopped: a state counts once it has held")
  func debounce() throws {
    let channel = ModbusChannel(
      .stateBit(RegisterBit(.discreteInput, 0), set: .running, clear: .idle), debounce: .milliseconds(500))
    var decoder = try Make.decoder(channel)
    func read(_ bit: Bool, at milliseconds: Int64) -> [ReadingValue] {
      decoder.values(Image(discrete: [0: bit]), at: milliseconds)
    }
    #expect(read(true, at: 0) == [.state(.running)])
    #expect(read(false, at: 200) == [.state(.running)])
    #expect(read(true, at: 400) == [.state(.running)])
    #expect(read(false, at: 600) == [.state(.running)])
    #expect(read(false, at: 1000) == [.state(.running)])
    #expect(read(false, at: 1100) == [.state(.idle)])
  }

  @Test("what is said of several bits refuses the value by any of them")
  func severalFlags() throws {
    let number = RegisterNumber(.holding, 7, .int16)
    let flags = StatusFlags(
      overload: [RegisterBit(.holding, 6, mask: 4)], underload: [RegisterBit(.holding, 6, mask: 8)],
      invalid: [RegisterBit(.holding, 6, mask: 1), RegisterBit(.holding, 6, mask: 2, inverted: true)])
    var decoder = try Make.decoder(
      ModbusChannel(.number(number, .weight(.g, division: .division)), flags: flags))
    let expected: [(UInt16, ReadingValue)] = [
      (2, weight(5)), (0, .rejected(.invalidFlag)), (3, .rejected(.invalidFlag)), (6, .rejected(.overload)),
      (10, .rejected(.underload)),
    ]
    for (status, value) in expected {
      #expect(decoder.values(Image(holding: [6: status, 7: 5])) == [value], "status \(status)")
    }
  }

  @Test("a device that must be read whole is asked for no register of it by itself")
  func wholeBlocks() throws {
    let bus = try #require(BusID("b"))
    let channel = ModbusChannel(
      .number(RegisterNumber(.holding, 7, .int16), .weight(.g, division: .division)),
      flags: StatusFlags(stable: RegisterBit(.holding, 30, mask: 1)))
    let device = ModbusDevice(
      bus: bus, unit: 1, poll: .seconds(1), channels: [channel],
      wholeBlocks: [RegisterPoint(.holding, 0, count: 20)])
    #expect(device.points == [[RegisterPoint(.holding, 30)]])
  }
}
