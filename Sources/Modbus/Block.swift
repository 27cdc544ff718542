/// One read request: a contiguous stretch of one table, within `Table.readLimit`.
public struct Block: Hashable, Sendable {
  public let table: Table
  public let address: UInt16
  /// Registers or bits, 1 … `table.readLimit`.
  public let count: UInt16

  /// Nil when the stretch is empty, too long for one request, or runs past address 65,535.
  public init?(_ table: Table, _ address: UInt16, count: UInt16) {
    guard count > 0, count <= table.readLimit, Int(address) + Int(count) <= 65_536 else { return nil }
    self.table = table
    self.address = address
    self.count = count
  }

  /// One past the last address, 1 … 65,536.
  var end: Int { Int(address) + Int(count) }

  func holds(_ point: Point) -> Bool {
    point.table == table && point.address >= address && Int(point.address) + Int(point.count) <= end
  }

  /// What a reply to this request looks like on the wire.
  var shape: ReplyShape {
    ReplyShape(table: table, byteCount: table.holdsBits ? (Int(count) + 7) / 8 : Int(count) * 2)
  }
}

extension Block: CustomStringConvertible {
  /// `holding 7`, or `holding 7-12`.
  public var description: String {
    count == 1 ? "\(table) \(address)" : "\(table) \(address)-\(end - 1)"
  }
}

/// All that tells one serial-line reply of a unit from another: the protocol's reply carries neither the
/// address asked for nor a number of the request.
struct ReplyShape: Hashable, Sendable {
  var table: Table
  var byteCount: Int
}
