/// How long a device takes to answer, over its newest answers.
public struct Latency: Hashable, Sendable {
  /// Milliseconds that half, and 99 of 100, of the answers took at most.
  public let median: Int
  public let percentile99: Int
  /// How many answers that is said of.
  public let count: Int

  /// Whether the slowest of many answers take nearly as long as they may: from 80 of 100 on, until they are below 70, so
  /// that one which stands at the edge is no news each time.
  public func nears(_ limitMilliseconds: Int, wasNear: Bool) -> Bool {
    count >= 32 && percentile99 * 100 >= limitMilliseconds * (wasNear ? 70 : 80)
  }
}

/// The newest latencies of one device, in milliseconds.
struct Latencies {
  /// Enough for a 99th percentile, and 512 bytes.
  static let limit = 128

  private var newest: [Int32] = []
  private var next = 0

  mutating func note(milliseconds: Int64) {
    let value = Int32(clamping: milliseconds)
    if newest.count < Self.limit {
      newest.append(value)
    } else {
      newest[next] = value
      next = (next + 1) % Self.limit
    }
  }

  /// Nil before the first answer.
  var summary: Latency? {
    guard !newest.isEmpty else { return nil }
    let sorted = newest.sorted()
    func percentile(_ share: Int) -> Int { Int(sorted[(sorted.count - 1) * share / 100]) }
    return Latency(median: percentile(50), percentile99: percentile(99), count: sorted.count)
  }
}
