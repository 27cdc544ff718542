import Metering

extension RunAudit {
  /// Where data flowed, each state's time is the machine's own, to one interval between readings for each time that
  /// the machine changed: a change is seen at the next reading.
  mutating func measure(_ stretches: [Stretch], _ bounds: (from: Int64, to: Int64), _ who: String) {
    var off: [MachineState: Int64] = [:]
    var changes = 0
    var longest: Int64 = 0
    for stretch in stretches {
      let (from, to) = times(stretch)
      if let gap = stretch.gap {
        figures.gaps[gap.settlement, default: 0] += to - from
        figures.gapCount += 1
        continue
      }
      // A pause of up to a second is told as no gap, and yet no data flowed.
      if timeline.firstOther(than: stretch.state, from: from, to: to) != nil { continue }
      figures.flowed += to - from
      off[stretch.state, default: 0] += to - from
      var index = run.truth.partitioningIndex { $0.at > from } - 1
      while index >= 0, index < run.truth.count, run.truth[index].at < to {
        let next = index + 1 < run.truth.count ? run.truth[index + 1].at : .max
        off[run.truth[index].state, default: 0] -= min(to, next) - max(from, run.truth[index].at)
        index += 1
      }
      // From the reading that stands at its beginning on: what changed since then is not seen yet.
      var reading = max(0, timeline.times.partitioningIndex { $0 > from } - 1)
      let begin = reading < timeline.times.count ? min(from, timeline.times[reading]) : from
      changes += run.truth.partitioningIndex { $0.at >= to } - run.truth.partitioningIndex { $0.at > begin }
      while reading < timeline.times.count, timeline.times[reading] < to {
        let next = reading + 1 < timeline.times.count ? timeline.times[reading + 1] : to
        longest = max(longest, min(next, to) - timeline.times[reading])
        reading += 1
      }
    }
    // One that tells only changes tells them at once, as its day is played: within a poll of the others.
    if run.day.maxAge == nil { longest = run.day.period }
    // What it said stands while the gateway naps, for ten seconds at most.
    let naps =
      run.day.maxAge != nil
      ? 0
      : timeline.sleeps.reduce(Int64(0)) { sum, nap in
        sum + (nap.to - nap.from <= 10_000 ? max(0, min(nap.to, bounds.to) - max(nap.from, bounds.from)) : 0)
      }
    figures.changes += changes
    figures.off += off.values.reduce(0) { $0 + abs($1) } / 2
    for (state, time) in off.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      if abs(time) > longest * Int64(changes) + naps {
        find(
          who, nil, "\(state.rawValue) is off by \(time) ms in \(changes) changes, read every \(longest) ms")
      }
      if changes > 0, longest > 0, naps == 0 {
        figures.worst = max(figures.worst, Double(abs(time)) / Double(longest) / Double(changes))
      }
    }
  }
}
