/// Which register of a wide number holds its most significant bits: the first or the last.
public enum WordOrder: String, Hashable, Sendable, CaseIterable {
  case highFirst = "high_first"
  case lowFirst = "low_first"
}

/// Which byte of a register holds its most significant bits. Modbus says the first; some devices differ.
public enum ByteOrder: String, Hashable, Sendable, CaseIterable {
  case highFirst = "high_first"
  case lowFirst = "low_first"
}

/// One to four registers as the bits they hold together.
public struct RegisterWord: Hashable, Sendable {
  public var table: RegisterTable
  public var address: UInt16
  /// 1 to 4.
  public var registerCount: UInt16
  public var wordOrder: WordOrder
  public var byteOrder: ByteOrder

  public init(
    _ table: RegisterTable, _ address: UInt16, registerCount: UInt16 = 1, wordOrder: WordOrder = .highFirst,
    byteOrder: ByteOrder = .highFirst
  ) {
    self.table = table
    self.address = address
    self.registerCount = registerCount
    self.wordOrder = wordOrder
    self.byteOrder = byteOrder
  }

  public var point: RegisterPoint { RegisterPoint(table, address, count: registerCount) }

  /// The bits, right-aligned; `nil` if they were not read.
  func bits(in image: some RegisterSource) -> UInt64? {
    guard let words = image.registers(table, at: address, count: registerCount),
      words.count == Int(registerCount)
    else { return nil }
    let ordered = wordOrder == .highFirst ? words : words.reversed()
    return ordered.reduce(0) { $0 << 16 | UInt64(byteOrder == .highFirst ? $1 : $1.byteSwapped) }
  }
}

/// A small number inside a register or two: a code for a unit, a count of decimals, a part of a split value.
public struct RegisterField: Hashable, Sendable {
  public var word: RegisterWord
  /// The field's bits, counted from the least significant of the word.
  public var bits: ClosedRange<Int>

  /// - Parameter bits: within the word.
  public init(_ word: RegisterWord, bits: ClosedRange<Int>) {
    self.word = word
    self.bits = bits
  }

  /// The field, right-aligned; `nil` if it was not read.
  func value(in image: some RegisterSource) -> UInt64? {
    let mask = bits.count >= 64 ? UInt64.max : 1 << UInt64(bits.count) - 1
    return word.bits(in: image).map { $0 >> UInt64(bits.lowerBound) & mask }
  }
}
