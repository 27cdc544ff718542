/// What a link has done since it was made. Counts only grow.
public struct LinkStatistics: Sendable, Equatable {
  public var connects: UInt64 = 0
  /// Ended connections and failed attempts by the reason's label; at most 64 labels, then `other`.
  public var drops: [String: UInt64] = [:]
  public var received: UInt64 = 0
  /// Handed to the library, all QoS.
  public var sent: UInt64 = 0
  /// QoS 1 publications the broker has acknowledged.
  public var acknowledged: UInt64 = 0
  /// Publications the broker or the library would not take.
  public var refused: UInt64 = 0
  /// Publications dropped because the queue was full.
  public var droppedQueueFull: UInt64 = 0
  /// Publications refused because the link was down.
  public var droppedNotConnected: UInt64 = 0
  /// Queued or unacknowledged publications that died with their connection.
  public var lostWithConnection: UInt64 = 0

  mutating func countDrop(_ label: String) {
    let key = drops.count < 64 || drops[label] != nil ? label : "other"
    drops[key, default: 0] += 1
  }
}
