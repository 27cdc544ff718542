/// When one device is due: on a grid of absolute deadlines that never drifts (nanoseconds of one clock).
struct Schedule: Hashable {
  let period: Int64
  /// The deadline that is served, or waited for.
  private(set) var due: Int64

  static let longestBackoff: Int64 = 30_000_000_000

  init(periodMilliseconds: Int, origin: Int64) {
    period = Int64(periodMilliseconds) * 1_000_000
    due = origin
  }

  /// Serves the latest deadline that has passed.
  /// - Returns: how many earlier ones were missed.
  mutating func begin(at now: Int64) -> Int {
    guard now > due else { return 0 }
    let missed = (now - due) / period
    due += missed * period
    return Int(missed)
  }

  /// Waits for the next deadline.
  mutating func advance() { due += period }

  /// Waits for the next deadline after one failure: most are of one reply. After more in a row, for the first deadline
  /// after period × 2ⁿ⁻¹, at most 30 s (or one period, if that is longer).
  mutating func backOff(at now: Int64, failuresInARow: Int) {
    let doubled = period << Int64(min(max(failuresInARow - 1, 0), 12))
    let delay = max(period, min(doubled, Schedule.longestBackoff))
    due += period
    // Rounded to the nearest deadline: half a period early rather than most of one late.
    let behind = now + delay - period / 2 - due
    if behind > 0 { due += (behind + period - 1) / period * period }
  }

  /// Ends a back-off: due at the first deadline from now on.
  mutating func resume(at now: Int64) {
    guard due > now else { return }
    due -= (due - now) / period * period
  }
}

/// How long to wait before the next attempt to open a bus: 250 ms, doubled up to 30 s.
func reopenDelay(failuresInARow: Int) -> Int64 {
  min(250_000_000 << Int64(min(max(failuresInARow - 1, 0), 12)), Schedule.longestBackoff)
}
