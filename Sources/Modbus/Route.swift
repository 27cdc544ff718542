/// The requests of one sweep, so ordered and completed that a reply which comes twice cannot pass for
/// another.
///
/// A device that answers twice makes no error: the copy is taken for the answer to the next request of the
/// same unit and shape, with success. Only the real answer, still under way then, gives it away: it meets
/// the next request, and fails it if that is of another shape. So a sweep must not end on a request that has
/// its shape in common with another.
struct Route: Hashable {
  /// In the order to ask.
  let blocks: [Block]
  /// A last read that proves the answers before it to have come in order; nil where the last block does.
  let seal: Block?
  /// All blocks of all plans of the unit: a probe must be unlike any of them.
  let blocksOfUnit: [Block]

  /// - Parameters:
  ///   - wanted: the blocks of this sweep.
  ///   - others: the other reads of the same unit: what else it is asked, be it for another device's plan or, once a
  ///     gap has proved to be none, as it was before.
  ///   - isNumbered: each reply bears the number of its request, so none can pass for another.
  init(_ wanted: [Block], beside others: [Block], unit: UInt8, isNumbered: Bool) {
    let all = wanted + others
    blocksOfUnit = all
    func isAlone(_ block: Block) -> Bool { all.count { $0.shape == block.shape } == 1 }
    if isNumbered || wanted.allSatisfy(isAlone) {
      blocks = wanted
      seal = nil
    } else if let last = wanted.lastIndex(where: isAlone) {
      var ordered = wanted
      ordered.append(ordered.remove(at: last))
      blocks = ordered
      seal = nil
    } else {
      blocks = wanted
      seal = Trust().probe(for: unit, blocks: all)
    }
  }
}
