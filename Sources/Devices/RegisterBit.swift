/// One condition in a device's memory: a coil, a discrete input, or some bits of a register.
public struct RegisterBit: Hashable, Sendable {
  public let table: RegisterTable
  public let address: UInt16
  /// In a register: the condition is set when any of these bits is 1. Of no meaning for coils and inputs.
  public let mask: UInt16
  /// The condition is set when the bits are all 0 (a "moving" bit read as `stable`).
  public let inverted: Bool

  public init(_ table: RegisterTable, _ address: UInt16, mask: UInt16 = 0xFFFF, inverted: Bool = false) {
    self.table = table
    self.address = address
    self.mask = mask
    self.inverted = inverted
  }

  public var point: RegisterPoint { RegisterPoint(table, address) }

  /// Whether the condition is set; `nil` if it was not read.
  func isSet(in image: some RegisterSource) -> Bool? {
    let raw: Bool?
    if table.holdsBits {
      raw = image.bits(table, at: address, count: 1)?.first
    } else {
      raw = image.registers(table, at: address, count: 1)?.first.map { $0 & mask != 0 }
    }
    return raw.map { $0 != inverted }
  }
}
