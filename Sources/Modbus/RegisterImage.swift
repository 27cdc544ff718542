/// What one sweep of one device read: every block of its plan, or there is no image at all.
public struct RegisterImage: Hashable, Sendable {
  private var registerBlocks: [Block: [UInt16]] = [:]
  private var bitBlocks: [Block: [Bool]] = [:]

  init() {}

  mutating func insert(_ values: Reply.Values, for block: Block) {
    switch values {
    case .registers(let registers): registerBlocks[block] = registers
    case .bits(let bits): bitBlocks[block] = bits
    }
  }

  /// `count` registers of `table` from `address` on, all of one reply; nil if no block of the plan holds
  /// them, or if the table holds bits.
  public func registers(_ table: Table, _ address: UInt16, count: UInt16 = 1) -> ArraySlice<UInt16>? {
    RegisterImage.find(Point(table, address, count: count), in: registerBlocks)
  }

  /// `count` bits of `table` from `address` on, all of one reply; nil if no block of the plan holds them,
  /// or if the table holds registers.
  public func bits(_ table: Table, _ address: UInt16, count: UInt16 = 1) -> ArraySlice<Bool>? {
    RegisterImage.find(Point(table, address, count: count), in: bitBlocks)
  }

  private static func find<T>(_ point: Point, in blocks: [Block: [T]]) -> ArraySlice<T>? {
    guard let (block, values) = blocks.first(where: { $0.key.holds(point) }) else { return nil }
    let start = Int(point.address) - Int(block.address)
    let end = start + Int(point.count)
    guard end <= values.count else { return nil }
    return values[start..<end]
  }
}
