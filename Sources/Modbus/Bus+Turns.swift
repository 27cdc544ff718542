extension Bus {
  /// A bus serves one device at a time, so one that takes long to answer takes the others' turns: where they come too
  /// late for it, it has to be content with a small share of the bus. One that does not answer at all backs off anyway.
  func holdBack(_ index: Int) {
    let now = BusClock.now()
    let others = devices.indices.filter { $0 != index && devices[$0].failuresInARow == 0 }.map { devices[$0] }
    devices[index].heldUntil = 0
    // Once is a machine that was busy.
    guard devices[index].spent.count == Bus.visitsThatTell, let spent = devices[index].spent.min() else {
      return
    }
    guard let shortest = others.map(\.schedule.period).min(), spent > shortest / 2,
      others.contains(where: { now - $0.schedule.due >= $0.schedule.period })
    else { return }
    devices[index].heldUntil = now + min(spent * Bus.turnsOfOthers, Schedule.longestBackoff)
  }

  static let visitsThatTell = 3

  /// For each of its own turns so much of the same time for the others: each turn may cost every one of them a sweep, and
  /// they are to keep 95 of 100.
  private static let turnsOfOthers: Int64 = 25
}
