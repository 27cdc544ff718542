import Configuration
import Testing

@Suite("Garbage")
struct GarbageTests {
  /// The same sequence on every machine.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33 ^ state << 31
    }
  }

  @Test("a damaged file gives mistakes with places or a configuration, and never ends the program")
  func damaged() {
    var generator = Generator(state: 7)
    let sound = Array(Shop.text.utf8)
    let spice = Array("{}[]:,-#&*!|>'\"%@`\n \t0x~\u{85}\u{F000}".utf8)
    for _ in 0..<400 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(spice[Int.random(in: 0..<spice.count, using: &generator)], at: at)
        default:
          let end = min(bytes.count, at + Int.random(in: 1...200, using: &generator))
          bytes += bytes[at..<end]
        }
      }
      guard case .failure(let errors) = Shop.read(bytes) else { continue }
      #expect(!errors.mistakes.isEmpty)
      #expect(errors.mistakes.allSatisfy { $0.line > 0 && $0.column > 0 && !$0.message.isEmpty })
      let lines = errors.mistakes.map { [$0.line, $0.column] }
      #expect(zip(lines, lines.dropFirst()).allSatisfy { !$1.lexicographicallyPrecedes($0) })
    }
  }

  @Test(
    "the same keys at any depth and any number of times are each told once",
    arguments: [1, 2, 50, 150])
  func manyDuplicates(_ count: Int) {
    let keys = (0..<count).map { "k\($0): 1\n" }.joined()
    let lines = Shop.mistakes(Shop.read(keys + keys))
    let twice = lines.filter { $0.contains("the key is given twice") }
    #expect(twice.count == count)
    #expect(twice.first == "\(count + 1):1: k0: the key is given twice (first on line 1)")
  }

  @Test("deep nesting is refused or read, not fallen into")
  func deep() {
    let text = "a: " + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
    #expect(!Shop.mistakes(Shop.read(text)).isEmpty)
  }
}
