public import Measures
import Metering

/// What one count of a number is worth: known beforehand, or told by the device.
public enum RegisterScale: Hashable, Sendable {
  case fixed(Decimal)
  /// The field holds how many decimals the number has.
  case decimals(RegisterField)
  /// The field holds a code; one that is not in the table refuses the value.
  case coded(RegisterField, [Int64: Decimal])
  /// Exactly one of these bits of the word is set.
  case oneHot(RegisterWord, [Int: Decimal])

  /// Known without asking the device.
  public var fixed: Decimal? {
    if case .fixed(let factor) = self { factor } else { nil }
  }

  var points: [RegisterPoint] {
    switch self {
    case .fixed: []
    case .decimals(let field), .coded(let field, _): [field.word.point]
    case .oneHot(let word, _): [word.point]
    }
  }

  func factor(in image: some RegisterSource) -> Amount {
    switch self {
    case .fixed(let factor): return .success(factor)
    case .decimals(let field):
      guard let count = field.value(in: image) else { return .failure(.missingField) }
      let factor = Int(exactly: count).flatMap { Decimal(significand: 1, scale: $0) }
      return Amount(factor, orElse: .outOfRange)
    case .coded(let field, let table):
      guard let code = field.value(in: image) else { return .failure(.missingField) }
      return Amount(Int64(exactly: code).flatMap { table[$0] }, orElse: .outOfRange)
    case .oneHot(let word, let table):
      guard let bits = word.bits(in: image) else { return .failure(.missingField) }
      let set = table.filter { bits >> UInt64($0.key) & 1 == 1 }
      return Amount(set.count == 1 ? set.first?.value : nil, orElse: .outOfRange)
    }
  }
}

/// The unit of a weight, as the device's own register tells it.
public struct CodedUnit: Hashable, Sendable {
  public var field: RegisterField
  /// Codes that are not in it refuse the value: a weight in an unknown unit is none.
  public var units: [Int64: MassUnit]

  public init(_ field: RegisterField, _ units: [Int64: MassUnit]) {
    self.field = field
    self.units = units
  }

  func unit(in image: some RegisterSource) -> MassUnit? {
    field.value(in: image).flatMap { Int64(exactly: $0) }.flatMap { units[$0] }
  }
}
