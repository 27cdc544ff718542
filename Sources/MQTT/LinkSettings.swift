/// How one link reaches its broker, what session it keeps there, and what it listens to.
public struct LinkSettings: Sendable {
  /// Whether the broker keeps subscriptions and queued messages while the link is down.
  public enum Session: Sendable, Hashable {
    /// For so many seconds. (MQTT 5 ends a session with its connection unless an expiry is set.)
    case durable(expirySeconds: UInt32)
    case clean
  }

  /// TLS, always verified: there is no way to switch that off.
  public struct TLS: Sendable, Hashable {
    /// `nil`: the certificate authorities of the system.
    public var authorityFile: String?
    public var certificateFile: String?
    public var keyFile: String?

    public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
      self.authorityFile = authorityFile
      self.certificateFile = certificateFile
      self.keyFile = keyFile
    }
  }

  public struct Subscription: Sendable, Hashable {
    public var filter: String
    /// 0 or 1: in QoS 2 libmosquitto acknowledges before anything can be committed.
    public var qos: CInt
    /// Whether messages that were retained before the subscription are wanted.
    public var wantsRetained: Bool

    public init(_ filter: String, qos: CInt, wantsRetained: Bool) {
      self.filter = filter
      self.qos = min(qos, 1)
      self.wantsRetained = wantsRetained
    }
  }

  /// For the thread and for messages: `commands`.
  public var name: String
  public var host: String
  public var port: UInt16
  public var tls: TLS?
  public var username: String?
  public var password: String?
  public var clientID: String
  public var session: Session
  public var keepAliveSeconds: CInt = 15
  public var lastWill: OutgoingPublish?
  public var subscriptions: [Subscription] = []
  /// A topic of the link's own to publish to after subscribing; messages before it comes back are from before
  /// the connect, as far as anybody can tell.
  public var fenceTopic: String?
  /// Bytes of the largest packet the broker may send: without a limit the library allocates what is announced.
  public var maximumPacketBytes: UInt32 = 80 * 1024
  /// Milliseconds before the first retry; it doubles up to a minute.
  public var firstRetryMilliseconds: Int64 = 1000

  public init(name: String, host: String, port: UInt16, clientID: String, session: Session) {
    self.name = name
    self.host = host
    self.port = port
    self.clientID = clientID
    self.session = session
  }

  /// For messages: `mqtt://127.0.0.1:1883`.
  public var address: String { "\(tls == nil ? "mqtt" : "mqtts")://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
}

/// A message to be published.
public struct OutgoingPublish: Sendable {
  public var topic: String
  public var payload: [UInt8]
  public var qos: CInt
  public var isRetained: Bool
  public var correlationData: [UInt8]?
  public var responseTopic: String?
  /// Comes back through `LinkHandler.delivered` when the broker has acknowledged it (QoS 1).
  public var token: Int64?

  public init(
    topic: String, payload: [UInt8], qos: CInt = 0, isRetained: Bool = false, correlationData: [UInt8]? = nil,
    responseTopic: String? = nil, token: Int64? = nil
  ) {
    self.topic = topic
    self.payload = payload
    self.qos = qos
    self.isRetained = isRetained
    self.correlationData = correlationData
    self.responseTopic = responseTopic
    self.token = token
  }
}

/// A message that came.
public struct Message: Sendable, Hashable {
  public let topic: String
  public let payload: [UInt8]
  public let qos: CInt
  public let isRetained: Bool
  public let responseTopic: String?
  public let correlationData: [UInt8]?
  /// It came before the link's fence: it may be from before the connect.
  public var isBeforeFence = false
}

/// Who a link works for. Called on the link's own thread.
public protocol LinkHandler: AnyObject, Sendable {
  /// Everything one round brought. Blocks until it is safe to acknowledge.
  /// - Returns: `false` to acknowledge nothing: the connection is dropped and the broker delivers again.
  func received(_ batch: [Message]) -> Bool
  /// Connected and subscribed: the time to say everything anew.
  func subscribed()
  func disconnected(_ reason: String)
  func delivered(_ token: Int64)
}
