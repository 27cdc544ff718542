internal import JSON
public import Measures
public import Metering

/// A device as its channels were last read: what `state/device/ID` shows.
public struct DeviceState: Hashable, Sendable {
  public struct Channel: Hashable, Sendable {
    public var kind: ChannelKind
    /// As a person would read it: `962.5`, `running`; `nil` while nothing was believed yet.
    public var value: String?
    public var unit: String?
    public var quality: Quality
    /// For a weight.
    public var stable: Bool?
    /// When the value was read; `nil` without one.
    public var at: Moment?

    public init(
      kind: ChannelKind, value: String? = nil, unit: String? = nil, quality: Quality, stable: Bool? = nil,
      at: Moment? = nil
    ) {
      self.kind = kind
      self.value = value
      self.unit = unit
      self.quality = quality
      self.stable = stable
      self.at = at
    }

    /// From a reading; power, counts and states have their own words and units.
    public init(_ reading: Reading) {
      self.init(kind: reading.channel.kind, quality: .good, at: reading.at)
      switch reading.value {
      case .weight(let mass, let stable):
        (value, unit) = (mass.grams.description, "g")
        self.stable = stable
      case .state(let state): value = state.rawValue
      case .energy(let energy): (value, unit) = (energy.kilowattHours.description, "kWh")
      case .power(let power): (value, unit) = (power.watts.description, "W")
      case .count(let count) where kind == .materialUsed:
        (value, unit) = (Mass(milligrams: count).grams.description, "g")
      case .count(let count) where kind == .runningTime:
        (value, unit) = ("\(Span.milliseconds(count).seconds)", "s")
      case .count(let count): value = "\(count)"
      case .action(let action): value = action.rawValue
      case .task(let name): value = name
      case .rejected(let rejection):
        quality = .bad(rejection)
        at = nil
      }
    }
  }

  public enum Quality: Hashable, Sendable {
    case good
    /// Nothing came yet.
    case waiting
    /// The newest sample is not believed; `value` and `at` are those of the last good one.
    case bad(Rejection)

    /// `good`, `waiting`, or the reason.
    public var text: String {
      switch self {
      case .good: "good"
      case .waiting: "waiting"
      case .bad(let rejection): rejection.rawValue
      }
    }
  }

  public var device: DeviceID
  public var isOnline: Bool
  public var channels: [Channel]
  /// Since the daemon started, by reason.
  public var errors: [Rejection: Int64]
  /// Of a device on a bus.
  public var reach: Reach?

  public init(
    device: DeviceID, isOnline: Bool, channels: [Channel], errors: [Rejection: Int64] = [:],
    reach: Reach? = nil
  ) {
    self.reach = reach
    self.device = device
    self.isOnline = isOnline
    self.channels = channels
    self.errors = errors
  }
}

extension StatePayloads {
  public static func device(_ state: DeviceState) -> [UInt8] {
    var payload = Payload()
    payload.set("device", state.device)
    payload.set("online", state.isOnline)
    var channels = Payload()
    for channel in state.channels.sorted(by: { $0.kind.rawValue < $1.kind.rawValue }) {
      var item = Payload()
      item.set("value", channel.value)
      item.set("unit", channel.unit)
      item.set("quality", channel.quality.text)
      item.set("stable", channel.stable)
      item.set("at", channel.at)
      channels[channel.kind.rawValue] = item.value
    }
    payload["channels"] = channels.value
    var errors = Payload()
    for (reason, count) in state.errors.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      errors.set(reason.rawValue, count)
    }
    payload["errors"] = errors.value
    if let reach = state.reach {
      payload.set("next_try", reach.nextTry?.description)
      if let latency = reach.latency {
        var item = Payload()
        item.set("median_ms", Int64(latency.median))
        item.set("p99_ms", Int64(latency.percentile99))
        item.set("count", Int64(latency.count))
        item.set("slow", reach.isSlow)
        payload["latency"] = item.value
      }
    }
    return payload.bytes
  }
}
