/// The commands link as the engine sees it: a place to put messages that never makes it wait.
protocol Publisher: AnyObject, Sendable {
  var isUp: Bool { get }
  /// - Returns: `false` if the link is down or its queue is full; the caller tries again later.
  func publish(_ message: OutgoingMessage) -> Bool
}

struct OutgoingMessage: Sendable {
  var topic: String
  var body: [UInt8]
  /// In QoS 1, and so until the broker has it; else in QoS 0.
  var isCertain = true
  var isRetained = false
  var correlation: [UInt8]?
  /// Comes back as `delivered` when the broker has taken it.
  var eventNumber: Int64?
}
