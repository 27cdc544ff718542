/// When to try again: doubling from the first delay to a minute, with jitter, and from the beginning only after
/// a link has lived; so that neither a broker that refuses nor one that flaps is hammered.
struct Reconnect {
  static let longestMilliseconds: Int64 = 60_000
  /// A link that lived so long was a good one.
  static let lifeMilliseconds: Int64 = 10_000

  private let firstMilliseconds: Int64
  private(set) var attempts = 0
  private var connectedAt: Int64?

  init(firstMilliseconds: Int64) { self.firstMilliseconds = max(10, firstMilliseconds) }

  mutating func connected(at now: Int64) { connectedAt = now }

  /// The link failed or could not be made: how long to wait.
  /// - Parameter jitter: 0 to 1; a fleet that lost its broker together must not return together.
  mutating func failed(at now: Int64, jitter: Double) -> Int64 {
    if let connectedAt, now - connectedAt >= Self.lifeMilliseconds { attempts = 0 }
    connectedAt = nil
    let doubled = firstMilliseconds << min(attempts, 16)
    attempts += 1
    let delay = min(doubled, Self.longestMilliseconds)
    return delay * 3 / 4 + Int64(Double(delay) / 4 * jitter)
  }
}
