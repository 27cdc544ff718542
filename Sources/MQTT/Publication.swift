/// A message to publish.
public struct Publication: Sendable, Equatable {
  /// 1 to 65,535 bytes of UTF-8 without control characters, `+` or `#`.
  public var topic: String
  /// Up to the broker's maximum packet size; an empty retained payload clears the topic.
  public var payload: [UInt8]
  public var qos: QualityOfService
  public var retain: Bool
  public var responseTopic: String?
  /// At most 65,535 bytes.
  public var correlationData: [UInt8]?
  public var contentType: String?
  /// Seconds after which the broker forgets the message if it could not deliver it; nil: never.
  public var expirySeconds: UInt32?

  public init(
    topic: String, payload: [UInt8], qos: QualityOfService = .atLeastOnce, retain: Bool = false,
    responseTopic: String? = nil, correlationData: [UInt8]? = nil, contentType: String? = nil,
    expirySeconds: UInt32? = nil
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.retain = retain
    self.responseTopic = responseTopic
    self.correlationData = correlationData
    self.contentType = contentType
    self.expirySeconds = expirySeconds
  }

  /// What is wrong with the publication, or nil. Checked before it is queued, because a broker answers
  /// a malformed packet by closing the connection, and it would be sent again after every reconnect.
  public var fault: String? {
    if let fault = TopicName.fault(topic) { return "topic \(fault)" }
    if let responseTopic, let fault = TopicName.fault(responseTopic) { return "response topic \(fault)" }
    if let contentType, let fault = TopicName.controlFault(contentType) { return "content type \(fault)" }
    if let correlationData, correlationData.count > 65_535 {
      return "correlation data has \(correlationData.count) bytes; the limit is 65535"
    }
    return nil
  }

  /// Bytes this takes in the queue, near enough to bound memory.
  var queuedBytes: Int { topic.utf8.count + payload.count + (correlationData?.count ?? 0) + 64 }
}

/// What became of a call to `Link.publish`.
public enum PublishOutcome: Sendable, Equatable {
  /// It will be sent, unless the connection ends first: then `disconnected` says so.
  case queued
  /// The link is down or stopping. Nothing is kept: publish again after `subscribed`.
  case notConnected
  /// The queue is full. The message is dropped and counted.
  case queueFull
  /// The message can never be sent; the text says why.
  case refused(String)
}

/// The rules for a name that is published to.
public enum TopicName {
  /// What is wrong with a topic name, or nil.
  public static func fault(_ topic: String) -> String? {
    if topic.isEmpty { return "is empty" }
    if topic.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
      return "has a wildcard"
    }
    return controlFault(topic)
  }

  static func controlFault(_ text: String) -> String? {
    if text.utf8.count > 65_535 { return "has \(text.utf8.count) bytes; the limit is 65535" }
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value < 0x20 || (0x7F...0x9F).contains(value) { return "has a control character" }
      if (0xFDD0...0xFDEF).contains(value) || value & 0xFFFE == 0xFFFE { return "has a noncharacter" }
    }
    return nil
  }
}
