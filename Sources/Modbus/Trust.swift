/// Which units of a bus are believed (reliability, trap 5).
///
/// A reply on a serial line says which unit, function and length it has, and nothing else. One that comes
/// late is taken for the answer to the next request of the same unit and shape, and so is every reply after
/// it. So after any error no value is believed until the unit has answered a read of a shape that no reply
/// still under way can have: a unit answers in order, so whatever was under way has then passed.
struct Trust {
  private var believed: Set<UInt8> = []
  /// Shapes of replies that may still come, oldest first, at most eight per unit: older ones have been
  /// waited out several times over.
  private var underWay: [UInt8: [ReplyShape]] = [:]

  /// - Parameter units: those to believe from the beginning.
  init(believing units: some Sequence<UInt8> = []) { believed = Set(units) }

  func believes(_ unit: UInt8) -> Bool { believed.contains(unit) }

  mutating func believe(_ unit: UInt8) {
    believed.insert(unit)
    underWay[unit] = nil
  }

  mutating func doubt(_ unit: UInt8, after block: Block?) {
    believed.remove(unit)
    guard let block else { return }
    var shapes = underWay[unit] ?? []
    if !shapes.contains(block.shape) { shapes.append(block.shape) }
    underWay[unit] = shapes.suffix(8)
  }

  mutating func doubtEveryone() { believed = [] }

  /// The read that proves `unit` to be in step: of a shape unlike any reply under way and, if there is one,
  /// unlike any read in the unit's plan. It stays within what the plan reads, if it can: a device may refuse
  /// more, which proves it too.
  func probe(for unit: UInt8, blocks: [Block]) -> Block? {
    let late = Set(underWay[unit] ?? [])
    let planned = Set(blocks.map(\.shape))
    let candidates = blocks.flatMap(Trust.shorter) + blocks.flatMap(Trust.longer)
    return candidates.first { !late.contains($0.shape) && !planned.contains($0.shape) }
      ?? candidates.first { !late.contains($0.shape) }
      ?? candidates.first { $0.shape != underWay[unit]?.last }
  }

  private static func shorter(_ block: Block) -> [Block] {
    let step = block.table.holdsBits ? 8 : 1
    return stride(from: step, to: Int(block.count), by: step).prefix(16).compactMap {
      Block(block.table, block.address, count: UInt16($0))
    }
  }

  private static func longer(_ block: Block) -> [Block] {
    let step = block.table.holdsBits ? 8 : 1
    return (1...16).compactMap { number in
      let more = UInt16(number * step)
      let count = block.count + more
      // At the end of the table it begins lower.
      return Block(block.table, block.address, count: count)
        ?? (block.address >= more ? Block(block.table, block.address - more, count: count) : nil)
    }
  }
}

/// The defenses of trap 5. `off` exists so that a test can show that the trap is real.
enum Guard {
  case on
  case off
}
