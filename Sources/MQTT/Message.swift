/// How hard the broker tries to deliver. There is no `exactlyOnce`: libmosquitto loses QoS 2 messages when
/// the process dies in its callback, in every mode, so nothing here can subscribe or publish above 1.
public enum QualityOfService: UInt8, Sendable, Comparable {
  /// QoS 0: sent once, never acknowledged.
  case atMostOnce = 0
  /// QoS 1: repeated until acknowledged; the receiver may see it twice.
  case atLeastOnce = 1

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A message as it came from the broker, copied out of the library.
public struct Message: Sendable, Equatable {
  /// The topic name: 1 to 65,535 bytes of UTF-8; it never holds NUL, `+` or `#`.
  public var topic: String
  public var payload: [UInt8]
  public var qos: QualityOfService
  /// True for a stored retained message; with `retainAsPublished` also for a live one published retained.
  public var retained: Bool
  /// MQTT 5 response topic. It is the sender's wish, not an order: check it before publishing there.
  public var responseTopic: String?
  /// MQTT 5 correlation data, to be sent back unchanged with the reply.
  public var correlationData: [UInt8]?
  public var contentType: String?
  /// True while the link's fence has not come back yet: the message may be older than this connection.
  /// Always false on a link without a fence.
  public var beforeFence: Bool

  public init(
    topic: String, payload: [UInt8] = [], qos: QualityOfService = .atMostOnce, retained: Bool = false,
    responseTopic: String? = nil, correlationData: [UInt8]? = nil, contentType: String? = nil,
    beforeFence: Bool = false
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.retained = retained
    self.responseTopic = responseTopic
    self.correlationData = correlationData
    self.contentType = contentType
    self.beforeFence = beforeFence
  }
}
