extension Bus {
  /// A bus serves one device at a time, so one that takes much longer than the others takes their turns: where they come
  /// too late for it, it has to be content with a small share of the bus. Of devices that are alike none is held back,
  /// and none where the others alone are more than the bus can do: nobody would be served better.
  func holdBack(_ index: Int) {
    let now = BusClock.now()
    devices[index].heldUntil = 0
    let others = devices.indices.filter { $0 != index && devices[$0].silencesInARow == 0 }.map { devices[$0] }
    let costs = others.compactMap(\.cost)
    guard let cost = devices[index].cost, costs.count == others.count,
      let shortest = others.map(\.schedule.period).min(), let longest = costs.max(),
      cost > shortest / 2, cost > 2 * longest,
      zip(others, costs).reduce(0, { $0 + $1.1 * 100 / $1.0.schedule.period }) < 100,
      others.contains(where: { now - $0.due >= $0.schedule.period })
    else { return }
    devices[index].heldUntil = now + min(cost * Bus.turnsOfOthers, Schedule.longestBackoff)
  }

  /// Notes what a device's question cost the bus.
  func charge(_ index: Int, since asked: Int64) {
    guard !devices[index].spent.isEmpty else { return }
    devices[index].spent[devices[index].spent.count - 1] += BusClock.now() - asked
  }

  /// For each of its own turns so much of the same time for the others: each turn may cost every one of them a sweep, and
  /// they are to keep 95 of 100.
  private static let turnsOfOthers: Int64 = 25
}
