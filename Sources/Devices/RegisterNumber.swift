public import Measures
import Metering

/// How a number stands in registers.
public enum RegisterType: String, Hashable, Sendable, CaseIterable {
  case int16, uint16, int32, uint32, int64, float32, float64

  /// How many registers it takes: 1, 2 or 4.
  public var registerCount: UInt16 {
    switch self {
    case .int16, .uint16: 1
    case .int32, .uint32, .float32: 2
    case .int64, .float64: 4
    }
  }

  public var isFloat: Bool { self == .float32 || self == .float64 }
}

/// Which register of a wide number holds its most significant bits: the first or the last.
public enum WordOrder: String, Hashable, Sendable, CaseIterable {
  case highFirst = "high_first"
  case lowFirst = "low_first"
}

/// A number in registers: where it stands, how it is written, and what one count of it is worth.
public struct RegisterNumber: Hashable, Sendable {
  public var table: RegisterTable
  public var address: UInt16
  public var type: RegisterType
  public var wordOrder: WordOrder
  /// The number is multiplied by this, exactly.
  public var scale: Decimal

  public init(
    _ table: RegisterTable, _ address: UInt16, _ type: RegisterType, wordOrder: WordOrder = .highFirst,
    scale: Decimal = .one
  ) {
    self.table = table
    self.address = address
    self.type = type
    self.wordOrder = wordOrder
    self.scale = scale
  }

  public var point: RegisterPoint { RegisterPoint(table, address, count: type.registerCount) }

  /// The unscaled bits, the most significant register first; `nil` if they were not read.
  private func bits(in image: some RegisterSource) -> UInt64? {
    guard let words = image.registers(table, at: address, count: type.registerCount),
      words.count == Int(type.registerCount)
    else { return nil }
    var bits: UInt64 = 0
    switch wordOrder {
    case .highFirst: for word in words { bits = bits << 16 | UInt64(word) }
    case .lowFirst: for word in words.reversed() { bits = bits << 16 | UInt64(word) }
    }
    return bits
  }

  /// The unscaled integer; `nil` if it was not read, and for floats.
  func integer(in image: some RegisterSource) -> Int64? {
    bits(in: image).flatMap(integer(of:))
  }

  /// The scaled number, exact; a float counts as the shortest decimal that reads back as that float.
  func amount(in image: some RegisterSource) -> Amount {
    guard let bits = bits(in: image) else { return .failure(.missingField) }
    let raw: Decimal?
    switch type {
    case .int16, .uint16, .int32, .uint32, .int64: raw = integer(of: bits).map { Decimal($0) }
    case .float32:
      let float = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
      guard float.isFinite else { return .failure(.notANumber) }
      raw = Decimal(measured: float.description)
    case .float64:
      let double = Double(bitPattern: bits)
      guard double.isFinite else { return .failure(.notANumber) }
      raw = Decimal(measured: double.description)
    }
    guard let raw, let scaled = raw.scaled(by: scale) else { return .failure(.outOfRange) }
    return .success(scaled)
  }

  private func integer(of bits: UInt64) -> Int64? {
    switch type {
    case .int16: Int64(Int16(truncatingIfNeeded: bits))
    case .uint16: Int64(UInt16(truncatingIfNeeded: bits))
    case .int32: Int64(Int32(truncatingIfNeeded: bits))
    case .uint32: Int64(UInt32(truncatingIfNeeded: bits))
    case .int64: Int64(bitPattern: bits)
    case .float32, .float64: nil
    }
  }
}
