public import Measures
import Metering

/// How a number stands in registers.
public enum RegisterType: String, Hashable, Sendable, CaseIterable {
  case int16, uint16, int32, uint32, int64, uint64, float32, float64

  /// How many registers it takes: 1, 2 or 4.
  public var registerCount: UInt16 {
    switch self {
    case .int16, .uint16: 1
    case .int32, .uint32, .float32: 2
    case .int64, .uint64, .float64: 4
    }
  }

  public var isFloat: Bool { self == .float32 || self == .float64 }
}

/// A number in registers: where it stands, how it is written, and what one count of it is worth.
public struct RegisterNumber: Hashable, Sendable {
  public enum Layout: Hashable, Sendable {
    case whole(RegisterWord, RegisterType)
    /// Without a sign, in fields of several registers, the least significant first.
    case split([RegisterField])
  }

  public var layout: Layout
  /// The number is multiplied by this.
  public var scale: RegisterScale

  public init(_ layout: Layout, scale: RegisterScale = .fixed(.one)) {
    self.layout = layout
    self.scale = scale
  }

  public init(
    _ table: RegisterTable, _ address: UInt16, _ type: RegisterType, wordOrder: WordOrder = .highFirst,
    byteOrder: ByteOrder = .highFirst, scale: Decimal = .one
  ) {
    let word = RegisterWord(
      table, address, registerCount: type.registerCount, wordOrder: wordOrder, byteOrder: byteOrder)
    self.init(.whole(word, type), scale: .fixed(scale))
  }

  /// One more than the most its registers can hold, scaled; `nil` where that is not to be had: a float, a sign, a scale
  /// that the device tells, or more than anybody ever counts.
  var end: Decimal? {
    guard case .whole(_, let type) = layout, let factor = scale.fixed, !factor.isNegative else { return nil }
    switch type {
    case .uint16: return Decimal(Int64(1) << 16).multiplied(by: factor)
    case .uint32: return Decimal(Int64(1) << 32).multiplied(by: factor)
    case .int16, .int32, .int64, .uint64, .float32, .float64: return nil
    }
  }

  /// Everything it is made of: what lies in one table is read at one moment.
  public var points: [RegisterPoint] {
    let own =
      switch layout {
      case .whole(let word, _): [word.point]
      case .split(let fields): fields.map(\.word.point)
      }
    return own + scale.points
  }

  /// The unscaled integer; `nil` if it was not read or is no integer.
  func integer(in image: some RegisterSource) -> Int64? {
    switch layout {
    case .whole(let word, let type): word.bits(in: image).flatMap { Self.integer(of: $0, type) }
    case .split(let fields): Self.joined(fields, in: image).flatMap { Int64(exactly: $0) }
    }
  }

  /// The scaled number, exact; a float counts as the shortest decimal that reads back as that float.
  func amount(in image: some RegisterSource) -> Amount {
    let raw: Decimal?
    switch layout {
    case .split(let fields):
      guard let bits = Self.joined(fields, in: image) else { return .failure(.missingField) }
      raw = Int64(exactly: bits).map { Decimal($0) }
    case .whole(let word, let type):
      guard let bits = word.bits(in: image) else { return .failure(.missingField) }
      switch type {
      case .float32:
        let float = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
        guard float.isFinite else { return .failure(.notANumber) }
        raw = Decimal(measured: float.description)
      case .float64:
        let double = Double(bitPattern: bits)
        guard double.isFinite else { return .failure(.notANumber) }
        raw = Decimal(measured: double.description)
      case .int16, .uint16, .int32, .uint32, .int64, .uint64:
        raw = Self.integer(of: bits, type).map { Decimal($0) }
      }
    }
    switch scale.factor(in: image) {
    case .failure(let reason): return .failure(reason)
    case .success(let factor): return Amount(raw?.scaled(by: factor), orElse: .outOfRange)
    }
  }

  private static func joined(_ fields: [RegisterField], in image: some RegisterSource) -> UInt64? {
    var bits: UInt64 = 0
    var shift = 0
    for field in fields {
      guard let part = field.value(in: image), shift < 64 else { return nil }
      bits |= part << UInt64(shift)
      shift += field.bits.count
    }
    return bits
  }

  private static func integer(of bits: UInt64, _ type: RegisterType) -> Int64? {
    switch type {
    case .int16: Int64(Int16(truncatingIfNeeded: bits))
    case .uint16: Int64(UInt16(truncatingIfNeeded: bits))
    case .int32: Int64(Int32(truncatingIfNeeded: bits))
    case .uint32: Int64(UInt32(truncatingIfNeeded: bits))
    case .int64: Int64(bitPattern: bits)
    case .uint64: Int64(exactly: bits)
    case .float32, .float64: nil
    }
  }
}
