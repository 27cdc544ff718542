public import Measures

/// One way to read a number out of registers, beside what the device's own display shows.
public struct RegisterGuess: Hashable, Sendable {
  public let table: RegisterTable
  public let address: UInt16
  public let type: RegisterType
  public let wordOrder: WordOrder
  public let byteOrder: ByteOrder
  public let scale: Decimal
  /// What it reads as, scale included.
  public let value: Decimal
  /// The display shows a minus and this has none: the sign stands in a status bit somewhere.
  public let lacksSign: Bool

  /// Powers of ten that a count may be worth.
  static let exponents = -6...3

  /// Every type, order and scale at every place.
  ///
  /// - Parameters:
  ///   - registers: as they came, from `address` on.
  ///   - shown: what the display shows: then only what reads as that, to its last digit, the likeliest first.
  public static func all(
    in registers: [UInt16], _ table: RegisterTable, from address: UInt16, shown: Decimal? = nil
  ) -> [RegisterGuess] {
    let image = ProbedRegisters(table: table, address: address, words: registers)
    var guesses: [RegisterGuess] = []
    for offset in registers.indices {
      for type in RegisterType.allCases where offset + Int(type.registerCount) <= registers.count {
        let place = address &+ UInt16(offset)
        for word in type.registerCount > 1 ? WordOrder.allCases : [.highFirst] {
          for byte in ByteOrder.allCases {
            guesses += guess(image, table, place, type, word, byte, shown)
          }
        }
      }
    }
    if shown == nil { return guesses }
    return guesses.sorted { $0.unlikeliness.lexicographicallyPrecedes($1.unlikeliness) }
  }

  private static func guess(
    _ image: ProbedRegisters, _ table: RegisterTable, _ address: UInt16, _ type: RegisterType,
    _ word: WordOrder, _ byte: ByteOrder, _ shown: Decimal?
  ) -> [RegisterGuess] {
    let plain = RegisterNumber(table, address, type, wordOrder: word, byteOrder: byte)
    guard case .success(let raw) = plain.amount(in: image) else { return [] }
    func guess(_ scale: Decimal, _ value: Decimal, lacksSign: Bool = false) -> RegisterGuess {
      RegisterGuess(
        table: table, address: address, type: type, wordOrder: word, byteOrder: byte, scale: scale,
        value: value, lacksSign: lacksSign)
    }
    guard let shown else { return [guess(.one, raw)] }
    // Nothing reads as nothing in every way there is.
    guard raw != .zero || shown == .zero else { return [] }
    return exponents.compactMap { exponent in
      guard let scale = Self.power(exponent), let value = raw.multiplied(by: scale) else { return nil }
      if value.rounded(to: shown.scale) == shown { return guess(scale, value) }
      guard shown.isNegative, value.rounded(to: shown.scale) == shown.negated else { return nil }
      return guess(scale, value, lacksSign: true)
    }
  }

  private static func power(_ exponent: Int) -> Decimal? {
    exponent >= 0
      ? Decimal((0..<exponent).reduce(1) { power, _ in power * 10 })
      : Decimal(significand: 1, scale: -exponent)
  }

  /// Most devices write as Modbus says, and count in as few decimals as they show.
  private var unlikeliness: [Int] {
    let types: [RegisterType] = [.int32, .float32, .int16, .uint16, .uint32, .float64, .int64, .uint64]
    return [
      lacksSign ? 1 : 0, byteOrder == .highFirst ? 0 : 1, wordOrder == .highFirst ? 0 : 1,
      type.isFloat && scale != .one ? 1 : 0, types.firstIndex(of: type) ?? types.count,
      scale > .one ? scale.scale + 4 : scale.scale, Int(address),
    ]
  }
}

/// Registers that were read once.
private struct ProbedRegisters: RegisterSource {
  let table: RegisterTable
  let address: UInt16
  let words: [UInt16]

  func registers(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [UInt16]? {
    let start = Int(address) - Int(self.address)
    guard table == self.table, start >= 0, start + Int(count) <= words.count else { return nil }
    return Array(words[start..<start + Int(count)])
  }

  func bits(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [Bool]? { nil }
}
