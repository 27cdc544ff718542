/// The fewest contiguous reads that cover the points of one device.
public struct BlockPlan: Hashable, Sendable {
  /// By table, then by address. Two blocks overlap only where a value must not be cut in two.
  public let blocks: [Block]

  /// - Parameters:
  ///   - groups: points that belong together, such as a value and its status: they end in one block, so
  ///     that they are of one moment, whenever they share a table and fit in one request; what lies
  ///     between them is read along. A point alone is a group of one. No point is ever cut in two.
  ///   - wholeBlocks: stretches that the device answers only as they are: each is a request of its own.
  ///   - maximumGap: how many unwanted registers or bits may be read along to save a request. 0 by
  ///     default: many devices answer a read of an address they do not have with an exception.
  ///   - maximumRegisters: the most that this device answers in one request, up to 125.
  /// - Throws: the first point that no single request can read.
  public init(
    groups: [[Point]], wholeBlocks: [Point] = [], maximumGap: UInt16 = 0, maximumRegisters: UInt16 = 125
  ) throws(PlanError) {
    func limit(_ table: Table) -> Int { Int(table.holdsBits ? table.readLimit : min(125, maximumRegisters)) }
    var spans: [Table: [Range<Int>]] = [:]
    for group in groups {
      for table in Table.allCases {
        let members = group.filter { $0.table == table }
        guard !members.isEmpty else { continue }
        var ranges: [Range<Int>] = []
        for point in members {
          guard let block = Block(table, point.address, count: point.count), point.count <= limit(table)
          else {
            throw PlanError.unreadable(point)
          }
          ranges.append(Int(block.address)..<block.end)
        }
        let hull = BlockPlan.hull(of: ranges)
        spans[table, default: []] += hull.count <= limit(table) ? [hull] : ranges
      }
    }
    var blocks: [Block] = []
    for table in Table.allCases {
      blocks += BlockPlan.merge(
        spans[table] ?? [], in: table, maximumGap: Int(maximumGap), limit: limit(table))
    }
    for point in wholeBlocks {
      guard let block = Block(point.table, point.address, count: point.count) else {
        throw PlanError.unreadable(point)
      }
      if !blocks.contains(block) { blocks.append(block) }
    }
    self.blocks = blocks
  }

  private static func hull(of ranges: [Range<Int>]) -> Range<Int> {
    ranges.reduce(ranges[0]) { min($0.lowerBound, $1.lowerBound)..<max($0.upperBound, $1.upperBound) }
  }

  private static func merge(_ spans: [Range<Int>], in table: Table, maximumGap: Int, limit: Int)
    -> [Block]
  {
    var merged: [Range<Int>] = []
    for span in spans.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
      guard let last = merged.last else {
        merged.append(span)
        continue
      }
      let joined = last.lowerBound..<max(last.upperBound, span.upperBound)
      if span.lowerBound <= last.upperBound + maximumGap, joined.count <= limit {
        merged[merged.count - 1] = joined
      } else {
        merged.append(span)
      }
    }
    return merged.compactMap { range in
      guard let address = UInt16(exactly: range.lowerBound), let count = UInt16(exactly: range.count)
      else { return nil }
      return Block(table, address, count: count)
    }
  }
}

/// Why a poll plan cannot be carried out, as a sentence.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable(Point)
  case unitOutOfRange(device: String, unit: UInt8)
  case periodOutOfRange(device: String, milliseconds: Int)
  case nothingToRead(device: String)

  public var description: String {
    switch self {
    case .unreadable(let point):
      "\(point.table) \(point.address), count \(point.count): one request reads 1 to "
        + "\(point.table.readLimit) and none past address 65535; correct the address or the count"
    case .unitOutOfRange(let device, let unit):
      "device \(device): unit \(unit) is reserved; use 1 to 247 (or, on TCP, 0 or 255)"
    case .periodOutOfRange(let device, let milliseconds):
      "device \(device): a period of \(milliseconds) ms; use 10 to 3600000"
    case .nothingToRead(let device):
      "device \(device): its plan reads nothing; give it at least one point"
    }
  }
}
