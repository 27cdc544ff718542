import Devices
import Measures
import Metering
import Testing

@Suite("A value and its status")
struct StatusTests {
  func weigh(
    _ flags: StatusFlags<RegisterBit>, status: UInt16?, value: UInt16 = 500, discrete: [UInt16: Bool] = [:]
  ) throws -> [ReadingValue] {
    var holding: [UInt16: UInt16] = [7: value]
    holding[6] = status
    let number = RegisterNumber(.holding, 7, .int16)
    var decoder = try Make.decoder(
      ModbusChannel(.number(number, .weight(.g, division: .division)), flags: flags))
    return decoder.values(Image(holding: holding, discrete: discrete))
  }

  func bit(_ bit: Int, inverted: Bool = false) -> RegisterBit {
    RegisterBit(.holding, 6, mask: 1 << bit, inverted: inverted)
  }

  func weight(_ grams: Int64, stable: Bool?) -> [ReadingValue] {
    [.weight(Mass(milligrams: grams * 1000), stable: stable)]
  }

  @Test("stable is the device's own word in either polarity", arguments: [false, true], [false, true])
  func stable(isSet: Bool, inverted: Bool) throws {
    let flags = StatusFlags(stable: bit(11, inverted: inverted))
    #expect(try weigh(flags, status: isSet ? 1 << 11 : 0) == weight(500, stable: isSet != inverted))
    // The bits beside it mean nothing.
    #expect(
      try weigh(flags, status: isSet ? 0xFFFF : ~(1 << 11)) == weight(500, stable: isSet != inverted))
  }

  @Test("a scale without the word has none")
  func noWord() throws {
    #expect(try weigh(StatusFlags(), status: nil) == weight(500, stable: nil))
  }

  @Test("overload is never a weight, in either polarity", arguments: [false, true])
  func overload(inverted: Bool) throws {
    let flags = StatusFlags(overload: [bit(2, inverted: inverted)])
    #expect(try weigh(flags, status: inverted ? 0 : 1 << 2) == [.rejected(.overload)])
    #expect(try weigh(flags, status: inverted ? 1 << 2 : 0) == weight(500, stable: nil))
  }

  @Test("any bit of the mask makes the value invalid", arguments: 0..<16)
  func mask(_ bit: Int) throws {
    let flags = StatusFlags(invalid: [RegisterBit(.holding, 6, mask: 0x003F)])
    let expected = bit < 6 ? [.rejected(.invalidFlag)] : weight(500, stable: nil)
    #expect(try weigh(flags, status: 1 << bit) == expected)
  }

  @Test("an inverted mask wants at least one of its bits")
  func invertedMask() throws {
    let flags = StatusFlags(invalid: [RegisterBit(.holding, 6, mask: 0xC000, inverted: true)])
    #expect(try weigh(flags, status: 0x8000) == weight(500, stable: nil))
    #expect(try weigh(flags, status: 0x3FFF) == [.rejected(.invalidFlag)])
  }

  @Test("invalid is told before overload: the word that says less about the load")
  func order() throws {
    let flags = StatusFlags(overload: [bit(2)], invalid: [bit(0)])
    #expect(try weigh(flags, status: 0b101) == [.rejected(.invalidFlag)])
  }

  @Test("the sign may be a status bit, and the value is absolute then")
  func negative() throws {
    let flags = StatusFlags(negative: bit(7))
    #expect(try weigh(flags, status: 1 << 7) == weight(-500, stable: nil))
    #expect(try weigh(flags, status: 0) == weight(500, stable: nil))
    #expect(try weigh(flags, status: 0, value: UInt16(bitPattern: -500)) == weight(500, stable: nil))
    #expect(try weigh(flags, status: 1 << 7, value: UInt16(bitPattern: -500)) == weight(-500, stable: nil))
  }

  @Test("a status that was not read takes the value with it")
  func statusMissing() throws {
    for flags in [
      StatusFlags(stable: bit(11)), StatusFlags(overload: [bit(2)]), StatusFlags(invalid: [bit(0)]),
      StatusFlags(negative: bit(7)),
    ] { #expect(try weigh(flags, status: nil) == [.rejected(.missingField)]) }
  }

  @Test("a status may stand in discrete inputs")
  func discrete() throws {
    let flags = StatusFlags(stable: RegisterBit(.discreteInput, 38))
    #expect(try weigh(flags, status: nil, discrete: [38: true]) == weight(500, stable: true))
    #expect(try weigh(flags, status: nil, discrete: [38: false]) == weight(500, stable: false))
    #expect(try weigh(flags, status: nil, discrete: [37: true]) == [.rejected(.missingField)])
  }

  @Test("a channel's points are one group, each point once")
  func points() {
    let flags = StatusFlags(
      stable: bit(11), overload: [bit(2)], invalid: [RegisterBit(.holding, 6, mask: 0x3F)])
    let weight = ModbusChannel(
      .number(RegisterNumber(.holding, 7, .float64), .weight(.g, division: .division)), flags: flags)
    #expect(weight.points == [RegisterPoint(.holding, 7, count: 4), RegisterPoint(.holding, 6)])
  }
}
