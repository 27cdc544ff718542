import Devices
import Measures
import Metering
import Testing

/// Numbers whose meaning the device itself tells.
@Suite("Numbers that the device explains")
struct ToldNumberTests {
  private func field(_ address: UInt16, _ bits: ClosedRange<Int>, registers: UInt16 = 1) -> RegisterField {
    RegisterField(RegisterWord(.holding, address, registerCount: registers), bits: bits)
  }

  private func weigh(
    _ scale: RegisterScale, unit: CodedUnit? = nil, flags: StatusFlags<RegisterBit> = StatusFlags(),
    _ registers: [UInt16: UInt16]
  ) throws -> [ReadingValue] {
    let word = RegisterWord(.holding, 7, registerCount: 1)
    let channel = ModbusChannel(
      .number(RegisterNumber(.whole(word, .int16), scale: scale), .weight(.g, division: .division)),
      flags: flags, unit: unit)
    var decoder = try Make.decoder(channel)
    return decoder.values(Image(holding: registers))
  }

  private func grams(_ text: String) throws -> [ReadingValue] {
    [.weight(try #require(Mass(exact(text), .g)), stable: nil)]
  }

  @Test("decimals in bits of a status word move the point")
  func decimals() throws {
    let scale = RegisterScale.decimals(field(6, 0...2))
    #expect(try weigh(scale, [6: 0xFFF8, 7: 9625]) == grams("9625"))
    #expect(try weigh(scale, [6: 0x0001, 7: 9625]) == grams("962.5"))
    #expect(try weigh(scale, [6: 0x0803, 7: 9625]) == grams("9.625"))
    #expect(try weigh(scale, [7: 9625]) == [.rejected(.missingField)], "no number without its decimals")
  }

  @Test("a coded scale is looked up, and a code that nobody knows refuses the value")
  func coded() throws {
    let table: [Int64: Decimal] = [0: exact("0.001"), 5: exact("0.05")]
    let scale = RegisterScale.coded(field(13, 8...15), table)
    #expect(try weigh(scale, [7: 100, 13: 0x0500]) == grams("5"))
    #expect(try weigh(scale, [7: 100, 13: 0x00FF]) == grams("0.1"))
    #expect(try weigh(scale, [7: 100, 13: 0x0700]) == [.rejected(.outOfRange)])
  }

  @Test("of one-hot bits exactly one is set, or nothing is believed")
  func oneHot() throws {
    let table: [Int: Decimal] = [
      31: .one, 30: exact("0.1"), 29: exact("0.01"),
    ]
    let scale = RegisterScale.oneHot(RegisterWord(.holding, 4, registerCount: 2), table)
    #expect(try weigh(scale, [4: 0x4000, 5: 0x0004, 7: 123]) == grams("12.3"))
    #expect(try weigh(scale, [4: 0x2000, 5: 0, 7: 123]) == grams("1.23"))
    #expect(try weigh(scale, [4: 0x6000, 5: 0, 7: 123]) == [.rejected(.outOfRange)])
    #expect(try weigh(scale, [4: 0, 5: 0xFFFF, 7: 123]) == [.rejected(.outOfRange)])
  }

  @Test("a unit from a register converts, and an unknown one refuses the value")
  func units() throws {
    let unit = CodedUnit(field(13, 0...7), [0: .kg, 1: .g, 3: .lb])
    let fixed = RegisterScale.fixed(.one)
    #expect(try weigh(fixed, unit: unit, [7: 2, 13: 0x0500]) == grams("2000"))
    #expect(try weigh(fixed, unit: unit, [7: 2, 13: 0x0001]) == grams("2"))
    #expect(try weigh(fixed, unit: unit, [7: 2, 13: 3]) == [.weight(Mass(milligrams: 907_185), stable: nil)])
    #expect(try weigh(fixed, unit: unit, [7: 2, 13: 9]) == [.rejected(.unitUnknown)])
  }

  @Test("a value split over registers is joined, the least significant field first")
  func split() throws {
    // Seventeen bits: the topmost in the high byte of the status register.
    let number = RegisterNumber(.split([field(11, 0...15), field(10, 8...8)]))
    let channel = ModbusChannel(
      .number(number, .weight(.g, division: .division)),
      flags: StatusFlags(negative: RegisterBit(.holding, 10, mask: 1 << 9)))
    var decoder = try Make.decoder(channel)
    #expect(decoder.values(Image(holding: [10: 0x0100, 11: 0x0001])) == (try grams("65537")))
    #expect(decoder.values(Image(holding: [10: 0xFCFF, 11: 0x0001])) == (try grams("1")))
    #expect(decoder.values(Image(holding: [10: 0x0300, 11: 0x0001])) == (try grams("-65537")))
    #expect(decoder.values(Image(holding: [11: 1])) == [.rejected(.missingField)])
  }

  @Test("bytes in the other order are put right before the words are")
  func byteOrder() throws {
    let number = RegisterNumber(.holding, 7, .int32, wordOrder: .lowFirst, byteOrder: .lowFirst)
    var decoder = try Make.decoder(ModbusChannel(.number(number, .weight(.g, division: .division))))
    #expect(decoder.values(Image(holding: [7: 0x3412, 8: 0x0100])) == (try grams("70196")))
  }

  @Test("two weighings tell what a raw count weighs, below and above them too")
  func calibration() throws {
    let line = try #require(
      Calibration(
        .init(count: Decimal(8_000), mass: .zero),
        .init(count: Decimal(108_000), mass: Mass(milligrams: 500_000))))
    let quantity = Quantity.calibratedWeight(line, division: .division)
    let number = RegisterNumber(.holding, 7, .int32)
    var decoder = try Make.decoder(ModbusChannel(.number(number, quantity)))
    #expect(decoder.values(Image(holding: [7: 0, 8: 8_000])) == (try grams("0")))
    #expect(decoder.values(Image(holding: [7: 0, 8: 58_000])) == (try grams("250")))
    #expect(decoder.values(Image(holding: [7: 0, 8: 7_800])) == (try grams("-1")))
    #expect(Calibration(line.first, line.first) == nil)
  }

  @Test("a length of filament weighs by its diameter and density, to the milligram")
  func filament() throws {
    let pla = try #require(
      Filament(diameter: exact("1.75"), density: exact("1.24")))
    let number = RegisterNumber(.holding, 7, .uint32)
    var decoder = try Make.decoder(ModbusChannel(.number(number, .filamentUsed(pla))))
    // 10 m × 2.405282 mm² × 1.24 mg/mm³ = 29.8255 g
    #expect(decoder.values(Image(holding: [7: 0, 8: 10_000])) == [.count(29_825)])
    #expect(Filament(diameter: .zero, density: .one) == nil)
  }
}

/// A decimal of a test's own making.
private func exact(_ text: String) -> Decimal { Decimal(text) ?? .zero }
