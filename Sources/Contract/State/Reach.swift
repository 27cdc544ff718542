public import Measures

/// How a device on a bus can be reached.
public struct Reach: Hashable, Sendable {
  /// How long its newest answers took, in milliseconds.
  public struct Latency: Hashable, Sendable {
    public var median: Int
    public var percentile99: Int
    /// How many answers that is said of.
    public var count: Int

    public init(median: Int, percentile99: Int, count: Int) {
      self.median = median
      self.percentile99 = percentile99
      self.count = count
    }
  }

  /// When it is asked again, while it does not answer.
  public var nextTry: WallTime?
  public var latency: Latency?
  /// It comes near its response timeout.
  public var isSlow: Bool

  public init(nextTry: WallTime?, latency: Latency?, isSlow: Bool) {
    self.nextTry = nextTry
    self.latency = latency
    self.isSlow = isSlow
  }
}
