/// When to try again: `minimum` doubled with each failure up to `maximum`, plus or minus a quarter.
public struct Backoff: Sendable, Equatable {
  public var minimumMilliseconds: Int64
  public var maximumMilliseconds: Int64
  /// A connection shorter than this was no success: a broker that accepts and drops is not hammered.
  public var livedAfterMilliseconds: Int64

  public init(
    minimumMilliseconds: Int64 = 1_000, maximumMilliseconds: Int64 = 60_000,
    livedAfterMilliseconds: Int64 = 10_000
  ) {
    self.minimumMilliseconds = minimumMilliseconds
    self.maximumMilliseconds = maximumMilliseconds
    self.livedAfterMilliseconds = livedAfterMilliseconds
  }
}

/// The reconnect state machine: pure, time and chance come in as data.
struct Reconnect: Sendable {
  /// No wait is longer, whatever the settings say; the arithmetic below cannot overflow.
  private static let hour: Int64 = 3_600_000

  let backoff: Backoff
  /// Failures since a connection last lived.
  private(set) var failures = 0

  init(_ backoff: Backoff) { self.backoff = backoff }

  /// A connection or an attempt ended.
  /// - Parameters:
  ///   - lived: milliseconds from CONNACK to the end; 0 if there was no CONNACK.
  ///   - jitterPermille: 0 to 999, by chance, so that a hall of gateways does not return in one instant.
  /// - Returns: milliseconds to wait, always within the backoff's bounds.
  mutating func ended(afterLiving lived: Int64, jitterPermille: Int64) -> Int64 {
    if lived >= backoff.livedAfterMilliseconds { failures = 0 }
    let minimum = min(max(1, backoff.minimumMilliseconds), Self.hour)
    let maximum = min(max(minimum, backoff.maximumMilliseconds), Self.hour)
    var delay = minimum
    for _ in 0..<failures where delay < maximum { delay = min(maximum, delay * 2) }
    failures = min(failures + 1, 1_000_000)
    let spread = delay / 2
    let jittered = delay - spread / 2 + spread * min(max(0, jitterPermille), 999) / 1_000
    return min(maximum, max(minimum, jittered))
  }
}
