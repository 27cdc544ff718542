public import Measures

/// How a device on a bus wants to be asked.
public struct ModbusManners: Hashable, Sendable {
  /// `nil`: the bus's.
  public var responseTimeout: Span?
  /// So often a lost or damaged reply is asked for again at once.
  public var retries = 0
  /// How long the bus is left alone before it is asked.
  public var pause = Span.zero
  /// So many unwanted registers or bits may be read along to save a request.
  public var gapLimit: UInt16 = 8
  /// The most registers it answers in one request.
  public var maximumRegisters: UInt16 = 125

  public init() {}
}

/// Registers that tell which make of device it is.
public struct DeviceIdentity: Hashable, Sendable {
  public var point: RegisterPoint
  /// What may stand there, register by register.
  public var expected: [[UInt16]]

  /// - Parameter values: the numbers that the word may hold.
  public init(_ word: RegisterWord, values: [UInt64]) {
    point = word.point
    expected = values.map { value in
      let high = (0..<Int(word.registerCount)).reversed().map {
        UInt16(truncatingIfNeeded: value >> UInt64($0 * 16))
      }
      let words = word.wordOrder == .highFirst ? high : high.reversed()
      return word.byteOrder == .highFirst ? words : words.map(\.byteSwapped)
    }
  }
}
