public import Measures
public import Metering

public enum BrokerKind {}
/// A broker beside the main one.
public typealias BrokerID = Identifier<BrokerKind>

/// A device on a broker.
public struct MQTTDevice: Hashable, Sendable {
  public var channels: [MQTTChannel]
  /// Where the device, or its last will, says whether it is there.
  public var online: Presence?
  /// `nil`: the main one.
  public var broker: BrokerID?
  /// What it is asked for when it is connected to, at most `MQTTRequest.maximumCount`.
  public var requests: [MQTTRequest]

  public init(
    channels: [MQTTChannel], online: Presence? = nil, broker: BrokerID? = nil, requests: [MQTTRequest] = []
  ) {
    self.channels = channels
    self.online = online
    self.broker = broker
    self.requests = requests
  }

  /// Every topic to subscribe to, each once.
  public var topics: [String] {
    var topics: [String] = []
    for topic in channels.map(\.topic) + (online.map { [$0.topic] } ?? []) where !topics.contains(topic) {
      topics.append(topic)
    }
    return topics
  }
}

/// What a device is asked for, because by itself it tells only what changes: published on each connect once
/// the subscriptions stand, and again at intervals where there is one.
public struct MQTTRequest: Hashable, Sendable {
  public static let maximumCount = 16
  public static let maximumBytes = 4_096
  /// What the weakest devices bear: a printer may stumble over being asked for everything more often.
  public static let minimumInterval = Span.minutes(5)

  /// A topic without wildcards.
  public var topic: String
  /// At most `maximumBytes`.
  public var payload: [UInt8]
  /// At least `minimumInterval`; never asked more often than that, also when connections come and go. `nil`:
  /// once for each connection.
  public var every: Span?

  public init(topic: String, payload: [UInt8], every: Span? = nil) {
    self.topic = topic
    self.payload = payload
    self.every = every
  }
}

/// One channel of a device on the broker.
public struct MQTTChannel: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    case number(Quantity, scale: Decimal)
    case stateWord([String: MachineState])
    /// Each word is an event, not a level.
    case button([String: ButtonAction])
  }

  public var topic: String
  /// `nil`: the payload is the value, as text.
  public var path: PayloadPath?
  public var source: Source
  public var flags: StatusFlags<PayloadFlag>

  public init(
    topic: String, path: PayloadPath? = nil, _ source: Source, flags: StatusFlags<PayloadFlag> = StatusFlags()
  ) {
    self.topic = topic
    self.path = path
    self.source = source
    self.flags = flags
  }

  public var kind: ChannelKind {
    switch source {
    case .number(let quantity, _): quantity.kind
    case .stateWord: .runState
    case .button: .action
    }
  }

  /// Whether any part of it stands in a JSON document.
  var needsDocument: Bool { path != nil || !flags.all.isEmpty }
}

/// A condition in a JSON payload: `true`, `1`, `"true"`, `"1"` or `"on"` set it; their opposites clear it.
public struct PayloadFlag: Hashable, Sendable {
  public var path: PayloadPath
  public var inverted: Bool

  public init(_ path: PayloadPath, inverted: Bool = false) {
    self.path = path
    self.inverted = inverted
  }
}

/// A topic that tells whether a device is there, usually retained and written by its last will.
public struct Presence: Hashable, Sendable {
  public var topic: String
  public var path: PayloadPath?
  /// What each word means: `true` is online.
  public var map: [String: Bool]

  /// The words most devices use.
  public static let commonWords: [String: Bool] = [
    "online": true, "Online": true, "true": true, "1": true, "connected": true,
    "offline": false, "Offline": false, "false": false, "0": false, "disconnected": false,
  ]

  public init(topic: String, path: PayloadPath? = nil, map: [String: Bool] = Presence.commonWords) {
    self.topic = topic
    self.path = path
    self.map = map
  }
}
