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
  /// What the device tells of itself piece by piece, for the channels that name no topic.
  public var document: [DocumentPart]
  /// `nil`: the main one.
  public var broker: BrokerID?
  /// What it is asked for when it is connected to, at most `MQTTRequest.maximumCount`.
  public var requests: [MQTTRequest]

  public init(
    channels: [MQTTChannel], online: Presence? = nil, document: [DocumentPart] = [], broker: BrokerID? = nil,
    requests: [MQTTRequest] = []
  ) {
    self.channels = channels
    self.online = online
    self.document = document
    self.broker = broker
    self.requests = requests
  }

  /// Every topic to subscribe to, each once.
  public var topics: [String] {
    var topics: [String] = []
    let all = channels.compactMap(\.topic) + document.map(\.topic) + (online.map { [$0.topic] } ?? [])
    for topic in all where !topics.contains(topic) { topics.append(topic) }
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
    /// The first rule that holds tells the state.
    case stateRules([StateRule])
    /// Each word is an event, not a level; one that stands for nothing is no press.
    case button([String: ButtonAction?])
    /// The name of what the machine works on.
    case taskName

    /// Of a number, what it counts.
    public var quantity: Quantity? { if case .number(let quantity, _) = self { quantity } else { nil } }
  }

  /// `nil`: what the device has told of itself so far.
  public var topic: String?
  /// Where the value stands, the first place that has one; none: the payload is the value, as text.
  public var paths: [PayloadPath]
  public var source: Source
  public var flags: StatusFlags<PayloadFlag>
  public var plausibility: Plausibility
  /// When the device measured it, if it says so.
  public var time: PayloadTime?
  public var counter = CounterKind.lifetime
  /// Where a counter goes on from zero, in its unit.
  public var rollsOverAt: Decimal?

  public init(
    topic: String?, path: PayloadPath? = nil, _ source: Source,
    flags: StatusFlags<PayloadFlag> = StatusFlags()
  ) {
    self.init(topic: topic, paths: path.map { [$0] } ?? [], source, flags: flags)
  }

  public init(
    topic: String?, paths: [PayloadPath], _ source: Source,
    flags: StatusFlags<PayloadFlag> = StatusFlags(), plausibility: Plausibility = Plausibility(),
    time: PayloadTime? = nil
  ) {
    self.topic = topic
    self.paths = paths
    self.source = source
    self.flags = flags
    self.plausibility = plausibility
    self.time = time
  }

  public var kind: ChannelKind {
    switch source {
    case .number(let quantity, _): quantity.kind
    case .stateWord, .stateRules: .runState
    case .button: .action
    case .taskName: .task
    }
  }

  /// Every place in a document that it looks at.
  var places: [PayloadPath] {
    var places = paths + flags.all.map(\.path) + (time.map { [$0.path] } ?? [])
    if case .stateRules(let rules) = source { places += rules.flatMap { $0.conditions.map(\.path) } }
    return places
  }

  /// Whether any part of it stands in a JSON document.
  var needsDocument: Bool { !places.isEmpty }
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
