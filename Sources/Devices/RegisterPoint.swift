/// The four address spaces of Modbus, by the names the configuration uses.
public enum RegisterTable: String, Hashable, Sendable, CaseIterable {
  case coil
  case discreteInput = "discrete_input"
  case holding
  case input

  /// Coils and discrete inputs hold single bits, the others 16-bit registers.
  public var holdsBits: Bool { self == .coil || self == .discreteInput }
}

/// Registers or bits to be read: `count` of them from the wire address `address`, which counts from 0.
public struct RegisterPoint: Hashable, Sendable, CustomStringConvertible {
  public let table: RegisterTable
  public let address: UInt16
  public let count: UInt16

  public init(_ table: RegisterTable, _ address: UInt16, count: UInt16 = 1) {
    self.table = table
    self.address = address
    self.count = count
  }

  /// Whether all of another point lies within this one.
  public func holds(_ other: RegisterPoint) -> Bool {
    other.table == table && other.address >= address
      && Int(other.address) + Int(other.count) <= Int(address) + Int(count)
  }

  public var description: String {
    count == 1
      ? "\(table.rawValue) \(address)" : "\(table.rawValue) \(address) to \(Int(address) + Int(count) - 1)"
  }
}

/// What one sweep over a device brought home.
public protocol RegisterSource {
  /// Exactly `count` registers from `address` on; `nil` if any of them was not read.
  func registers(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [UInt16]?
  /// Exactly `count` bits from `address` on; `nil` if any of them was not read.
  func bits(_ table: RegisterTable, at address: UInt16, count: UInt16) -> [Bool]?
}
