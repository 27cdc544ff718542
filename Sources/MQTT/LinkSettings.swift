/// Everything one link needs to know, fixed for its life.
public struct LinkSettings: Sendable {
  /// The link's name in errors and, cut to 15 characters, its thread's name: `commands`, `telemetry`.
  public var name: String
  /// A host name or an address literal.
  public var host: String
  public var port: UInt16
  /// Nil: plain TCP. There is no way to switch verification off.
  public var tls: TLSSettings?
  public var username: String?
  public var password: String?
  /// Gives the password anew for each connection, in place of `password`; throws a sentence, and the link
  /// tries again later. Called on the link's thread.
  public var readPassword: (@Sendable () throws -> String)?
  public var dialect = Dialect.five
  /// 1 to 65,535 bytes; two links must not share one, the broker would make them throw each other out.
  public var clientID: String
  public var session: Session
  /// Seconds, 5 to 65,535. The broker drops a silent link after one and a half times this.
  public var keepaliveSeconds: UInt16 = 15
  public var will: Publication?
  public var subscriptions: [Subscription]
  /// The largest packet the broker may send, in bytes: the largest payload (64 KiB) and its header.
  public var maximumPacketSize: UInt32 = 65_536 + 4_096
  /// QoS 1 messages the broker may send ahead of their acknowledgement, so also the most one commit holds.
  public var receiveMaximum: UInt16 = 100
  /// QoS 1 messages sent and not yet acknowledged, 1 to 65,535; the rest waits in the queue.
  public var inFlightLimit = 32
  /// Messages waiting to be sent: two thousand states of half a kilobyte after a reconnect fit easily.
  public var queueLimit = 4_096
  /// Bytes waiting to be sent, so that large payloads cannot fill the memory before the count does.
  public var queueLimitBytes = 8 * 1_024 * 1_024
  /// The fence's own topic, which nobody else may publish to. Nil: no fence.
  public var fenceTopic: String?
  /// For each of: the name's lookup, the connection up to the CONNACK, the SUBACKs, the fence.
  public var patienceMilliseconds: Int64 = 10_000
  /// After a pause of the whole process longer than this the connection is ended: who keeps levels by what
  /// was said live must hear them anew. Nil: it goes on.
  public var attentionMilliseconds: Int64?
  public var backoff = Backoff()

  public init(
    name: String, host: String, port: UInt16 = 1883, tls: TLSSettings? = nil, username: String? = nil,
    password: String? = nil, clientID: String, session: Session, will: Publication? = nil,
    subscriptions: [Subscription] = [], fenceTopic: String? = nil
  ) {
    self.name = name
    self.host = host
    self.port = port
    self.tls = tls
    self.username = username
    self.password = password
    self.clientID = clientID
    self.session = session
    self.will = will
    self.subscriptions = subscriptions
    self.fenceTopic = fenceTopic
  }

  /// The broker as a URL, without the user: `mqtts://broker.shop:8883`.
  public var broker: String {
    let literal = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return "\(tls == nil ? "mqtt" : "mqtts")://\(literal):\(port)"
  }
}

/// What is spoken on a link.
public enum Dialect: Sendable, Equatable {
  /// MQTT 5, whose session expiry and retain handling commands depend on.
  case five
  /// MQTT 3.1.1, which everything speaks, and MQTT 5 with a broker that does not. For a broker that is
  /// trusted less: at a property it does not know, and only MQTT 5 has properties, Debian 12's libmosquitto
  /// ends the process. Only for a clean session, and nothing published may have properties.
  case olderFirst
}

public enum Session: Sendable, Equatable {
  /// The broker keeps subscriptions and undelivered QoS 1 messages for this long after a disconnect.
  /// MQTT 5 forgets them at once without the expiry, even with clean start off.
  case durable(expirySeconds: UInt32)
  /// Nothing from before the connection is kept.
  case clean
}

public struct Subscription: Sendable, Equatable {
  public var filter: String
  public var qos: QualityOfService
  public var retained: RetainHandling
  /// Keeps the retain flag of a live message, so that a retained command can be told and refused.
  public var retainAsPublished: Bool
  /// Where the broker refuses it the handler is told, and the link goes on with the others. Else the connection ends.
  public var isOptional: Bool

  public init(
    _ filter: String, qos: QualityOfService, retained: RetainHandling = .always,
    retainAsPublished: Bool = false, isOptional: Bool = false
  ) {
    self.filter = filter
    self.qos = qos
    self.retained = retained
    self.retainAsPublished = retainAsPublished
    self.isOptional = isOptional
  }

  /// MQTT 5 retain handling: when the broker sends what it has stored.
  public enum RetainHandling: Sendable { case always, onlyNew, never }
}
