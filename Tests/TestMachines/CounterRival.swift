import Metering

/// Other ways of reading a counter, for comparison.
public enum CounterRival: String, CaseIterable, Sendable {
  /// Sums the rises, and starts again from each lower reading: what many programs do.
  case rebasing
  /// The last reading in the run minus the last before it.
  case ends

  /// What each run of the day used, in millionths of the base unit, by what was heard alone.
  public func amounts(_ counter: CounterDay) -> [Int64] {
    let hearing = CounterHearing(counter)
    return hearing.bounds.map { bounds in
      let before = hearing.all.last { $0.came <= bounds.time.from }
      let own = hearing.all.filter { $0.came > bounds.time.from && $0.came <= bounds.time.to }
      let said = ([before].compactMap { $0 } + own).map(\.said)
      switch self {
      case .rebasing: return zip(said, said.dropFirst()).reduce(0) { $0 + max(0, $1.1 - $1.0) } * 1_000_000
      case .ends: return ((said.last ?? 0) - (said.first ?? 0)) * 1_000_000
      }
    }
  }
}
