/// The four tables of the Modbus data model (Application Protocol V1.1b3, section 4.3).
public enum Table: String, Hashable, Sendable, CaseIterable {
  case coil
  case discreteInput
  case holding
  case input

  /// True for the two tables of bits, false for the two tables of 16-bit registers.
  public var holdsBits: Bool { self == .coil || self == .discreteInput }

  /// The most that one read request may ask for: 2,000 bits or 125 registers.
  public var readLimit: UInt16 { holdsBits ? 2_000 : 125 }

  /// The function code that reads this table.
  var function: UInt8 {
    switch self {
    case .coil: 1
    case .discreteInput: 2
    case .holding: 3
    case .input: 4
    }
  }
}

extension Table: CustomStringConvertible {
  public var description: String { self == .discreteInput ? "discrete input" : rawValue }
}

/// What a device offers and a shop wants: `count` registers or bits from `address` on (as on the wire,
/// counted from 0, not the 4xxxx of manuals).
public struct Point: Hashable, Sendable {
  public var table: Table
  public var address: UInt16
  public var count: UInt16

  public init(_ table: Table, _ address: UInt16, count: UInt16 = 1) {
    self.table = table
    self.address = address
    self.count = count
  }
}
