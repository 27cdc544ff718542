import Devices

/// The most registers that a device answers in one request, as far as they are known while it is read.
///
/// A number is never cut in two, so that its halves are of one moment: one that does not fit cannot be polled at all.
struct ReadLimit {
  let registers: UInt16
  /// What they hold is taken from there, however long they are.
  let wholeBlocks: [RegisterPoint]

  /// Reports the points that do not fit, at the place that needs them.
  func check(_ points: [RegisterPoint], at cursor: Cursor?) {
    for point in points where !point.table.holdsBits && point.count > registers {
      guard !wholeBlocks.contains(where: { $0.holds(point) }) else { continue }
      cursor?.mistake(
        "needs \(point.count) registers of one moment (\(point)), but the device is asked for at most \(registers) in "
          + "one request (max_block)")
    }
  }
}
