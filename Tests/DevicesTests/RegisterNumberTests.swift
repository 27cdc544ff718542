import Devices
import Measures
import Metering
import Testing

/// One number in registers and what it weighs; the registers are given in the order they have on the wire.
struct NumberCase: Sendable, CustomTestStringConvertible {
  let type: RegisterType
  let order: WordOrder
  let words: [UInt16]
  let scale: String
  let unit: MassUnit
  let milligrams: Int64

  init(
    _ type: RegisterType, _ order: WordOrder, _ words: [UInt16], times scale: String, _ unit: MassUnit,
    is milligrams: Int64
  ) {
    self.type = type
    self.order = order
    self.words = words
    self.scale = scale
    self.unit = unit
    self.milligrams = milligrams
  }

  var testDescription: String { "\(type) \(order) \(words) × \(scale) \(unit)" }

  static let table: [NumberCase] = [
    NumberCase(.int16, .highFirst, [0x2599], times: "0.1", .g, is: 962_500),
    NumberCase(.int16, .lowFirst, [0x2599], times: "0.1", .g, is: 962_500),
    NumberCase(.int16, .highFirst, [0xFFFF], times: "0.1", .g, is: -100),
    NumberCase(.int16, .highFirst, [0x8000], times: "1", .g, is: -32_768_000),
    NumberCase(.uint16, .highFirst, [0xFFFF], times: "0.1", .g, is: 6_553_500),
    NumberCase(.uint16, .highFirst, [0x8000], times: "-1", .mg, is: -32_768),
    NumberCase(.int32, .highFirst, [0xFFFF, 0xC1EF], times: "0.1", .g, is: -1_588_900),
    NumberCase(.int32, .lowFirst, [0xC1EF, 0xFFFF], times: "0.1", .g, is: -1_588_900),
    NumberCase(.int32, .highFirst, [0x0001, 0x0000], times: "0.001", .kg, is: 65_536_000),
    NumberCase(.int32, .lowFirst, [0x0001, 0x0000], times: "0.001", .kg, is: 1000),
    NumberCase(.int32, .highFirst, [0x8000, 0x0000], times: "0.1", .g, is: -214_748_364_800),
    NumberCase(.uint32, .highFirst, [0xFFFF, 0xC1EF], times: "0.1", .g, is: 429_495_140_700),
    NumberCase(.uint32, .lowFirst, [0x0001, 0x0000], times: "1", .lb, is: 453_592),
    NumberCase(.uint32, .highFirst, [0x8000, 0x0000], times: "1", .mg, is: 2_147_483_648),
    NumberCase(.int64, .highFirst, [0, 0, 0, 1000], times: "0.001", .g, is: 1000),
    NumberCase(.int64, .lowFirst, [1000, 0, 0, 0], times: "0.001", .g, is: 1000),
    NumberCase(.int64, .highFirst, [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFE], times: "1", .mg, is: -2),
    NumberCase(.uint64, .highFirst, [0, 0, 0xFFFF, 0xFFFF], times: "1", .mg, is: 4_294_967_295),
    NumberCase(.uint64, .lowFirst, [1000, 0, 0, 0], times: "0.001", .g, is: 1000),
    // 0.1 as a float is 0.100000001490116…; it means 0.1.
    NumberCase(.float32, .highFirst, [0x3DCC, 0xCCCD], times: "1", .kg, is: 100_000),
    NumberCase(.float32, .lowFirst, [0xCCCD, 0x3DCC], times: "1", .kg, is: 100_000),
    NumberCase(.float32, .highFirst, [0xBDCC, 0xCCCD], times: "10", .t, is: -1_000_000_000),
    // 962.5 is exact; 1e-20 kg is nothing, and says so without falling silent.
    NumberCase(.float32, .highFirst, [0x4470, 0xA000], times: "1", .g, is: 962_500),
    NumberCase(.float32, .highFirst, [0x1E3C, 0xE508], times: "1", .kg, is: 0),
    NumberCase(.float32, .highFirst, [0x8000, 0x0000], times: "1", .kg, is: 0),
    NumberCase(.float64, .highFirst, [0x3FB9, 0x9999, 0x9999, 0x999A], times: "1", .kg, is: 100_000),
    NumberCase(.float64, .lowFirst, [0x999A, 0x9999, 0x9999, 0x3FB9], times: "0.001", .kg, is: 100),
    NumberCase(.float64, .highFirst, [0xC08E, 0x1400, 0, 0], times: "1", .g, is: -962_500),
    // 0.30000000000000004
    NumberCase(.float64, .highFirst, [0x3FD3, 0x3333, 0x3333, 0x3334], times: "0.1", .kg, is: 30_000),
  ]
}

@Suite("Numbers in registers")
struct RegisterNumberTests {
  func values(_ number: RegisterNumber, _ image: Image, unit: MassUnit = .g) throws -> [ReadingValue] {
    var decoder = try Make.decoder(ModbusChannel(.number(number, .weight(unit, division: .division))))
    return decoder.values(image)
  }

  func image(_ words: [UInt16], at address: UInt16) -> Image {
    Image(holding: Dictionary(uniqueKeysWithValues: words.enumerated().map { (address + UInt16($0), $1) }))
  }

  @Test("every type in every word order weighs what it says, to the milligram", arguments: NumberCase.table)
  func table(_ one: NumberCase) throws {
    let scale = try #require(Decimal(one.scale))
    let number = RegisterNumber(.holding, 7, one.type, wordOrder: one.order, scale: scale)
    let weight = ReadingValue.weight(Mass(milligrams: one.milligrams), stable: nil)
    #expect(try values(number, image(one.words, at: 7), unit: one.unit) == [weight])
  }

  @Test("every type and word order is in the table, and so is each sign")
  func complete() {
    for type in RegisterType.allCases {
      for order in WordOrder.allCases where type.registerCount > 1 {
        #expect(NumberCase.table.contains { $0.type == type && $0.order == order })
      }
      #expect(NumberCase.table.contains { $0.type == type && $0.milligrams > 0 })
      #expect(
        NumberCase.table.contains { $0.type == type && $0.milligrams < 0 } || "\(type)".hasPrefix("uint"))
    }
  }

  @Test(
    "a float that is no number is rejected, never zero",
    arguments: [
      (RegisterType.float32, [0x7FC0, 0] as [UInt16]), (.float32, [0x7F80, 0]), (.float32, [0xFF80, 0]),
      (.float64, [0x7FF8, 0, 0, 0]), (.float64, [0xFFF0, 0, 0, 0]),
    ])
  func notANumber(_ type: RegisterType, _ words: [UInt16]) throws {
    #expect(try values(RegisterNumber(.holding, 7, type), image(words, at: 7)) == [.rejected(.notANumber)])
  }

  @Test("a number beyond all scales is out of range, and stops nothing")
  func outOfRange() throws {
    let huge = image([0x7F7F, 0xFFFF], at: 7)
    #expect(try values(RegisterNumber(.holding, 7, .float32), huge) == [.rejected(.outOfRange)])
    let long = image([0x7FFF, 0xFFFF, 0xFFFF, 0xFFFF], at: 7)
    #expect(try values(RegisterNumber(.holding, 7, .int64), long, unit: .t) == [.rejected(.outOfRange)])
    let vast = try #require(Decimal("100000000000000000000000000000"))
    #expect(try values(RegisterNumber(.holding, 7, .int64, scale: vast), long) == [.rejected(.outOfRange)])
    let double = image([0x7FEF, 0xFFFF, 0xFFFF, 0xFFFF], at: 7)
    #expect(try values(RegisterNumber(.holding, 7, .float64), double) == [.rejected(.outOfRange)])
  }

  @Test("registers that were not read, in part or in another table, are missing")
  func missing() throws {
    let number = RegisterNumber(.holding, 7, .int32)
    #expect(try values(number, Image(holding: [7: 1])) == [.rejected(.missingField)])
    #expect(try values(number, Image(input: [7: 0, 8: 1])) == [.rejected(.missingField)])
  }

  @Test("energy, power, pieces and material come in their base units")
  func otherQuantities() throws {
    var decoder = try Make.decoder(
      ModbusChannel(.number(RegisterNumber(.input, 0, .float32), .energy(.kWh))),
      ModbusChannel(.number(RegisterNumber(.input, 2, .int16), .power(.W))),
      ModbusChannel(.number(RegisterNumber(.input, 3, .uint16), .pieces)),
      ModbusChannel(.number(RegisterNumber(.input, 4, .uint16), .materialUsed(.g))))
    let image = Image(input: [0: 0x4148, 1: 0, 2: 750, 3: 12, 4: 3])
    #expect(
      decoder.values(image) == [
        .energy(Energy(milliwattHours: 12_500_000)), .power(Power(milliwatts: 750_000)), .count(12),
        .count(3000),
      ])
  }

  @Test("a counter below zero, or half a piece, is out of range")
  func counters() throws {
    let half = try #require(Decimal("0.5"))
    var decoder = try Make.decoder(
      ModbusChannel(.number(RegisterNumber(.input, 0, .uint16, scale: half), .pieces)),
      ModbusChannel(.number(RegisterNumber(.input, 1, .int16), .materialUsed(.g))))
    #expect(
      decoder.values(Image(input: [0: 3, 1: 0xFFFF])) == [.rejected(.outOfRange), .rejected(.outOfRange)])
  }
}
