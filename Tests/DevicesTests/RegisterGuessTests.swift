import Devices
import Measures
import Testing

@Suite("Guessing how a device writes its numbers")
struct RegisterGuessTests {
  private func guesses(_ words: [UInt16], _ shown: String) -> [RegisterGuess] {
    RegisterGuess.all(in: words, .holding, from: 7, shown: Decimal(shown))
  }

  @Test(
    "the display's number is found where it stands, in the way it is written, first of all",
    arguments: [
      ([0x0000, 0x2599], "962.5", 7, RegisterType.int32, WordOrder.highFirst, "0.1"),
      ([0x0002, 0x2599], "1406.97", 7, .int32, .highFirst, "0.01"),
      ([0x2599, 0x0002], "1406.97", 7, .int32, .lowFirst, "0.01"),
      ([0x4470, 0xA000], "962.5", 7, .float32, .highFirst, "1"),
      ([0xA000, 0x4470], "962.5", 7, .float32, .lowFirst, "1"),
      ([0xFFFF, 0xC1EF], "-15889", 7, .int32, .highFirst, "1"),
      ([0x1234, 0x2599, 0x5678], "96.25", 8, .int16, .highFirst, "0.01"),
    ])
  func found(
    words: [UInt16], shown: String, address: UInt16, type: RegisterType, order: WordOrder, scale: String
  )
    throws
  {
    let best = try #require(guesses(words, shown).first)
    #expect(best.address == address)
    #expect(best.type == type)
    #expect(best.wordOrder == order)
    #expect(best.scale == Decimal(scale))
    #expect(!best.lacksSign)
  }

  @Test("a display rounds: what reads as its digits matches")
  func rounded() throws {
    // 962.46 as a float, of which the display shows one decimal.
    let best = try #require(guesses([0x4470, 0x9D71], "962.5").first)
    #expect(best.type == .float32)
    #expect(best.scale == .one)
  }

  @Test("a value without its sign is found, and it is said that the sign stands elsewhere")
  func absolute() throws {
    let best = try #require(guesses([0, 35], "-3.5").first)
    #expect(best.lacksSign)
    #expect(best.value == Decimal("3.5"))
  }

  @Test("what is not there is not found, and zero is no proof")
  func nothing() {
    #expect(guesses([0x0000, 0x2599], "17.3").isEmpty)
    #expect(guesses([0, 0], "962.5").isEmpty)
  }

  @Test("with nothing shown every reading is listed")
  func everything() {
    let all = RegisterGuess.all(in: [1, 2], .input, from: 0)
    #expect(all.contains { $0.type == .int32 && $0.wordOrder == .lowFirst && $0.value == Decimal(131_073) })
    #expect(all.allSatisfy { $0.table == .input })
  }
}
