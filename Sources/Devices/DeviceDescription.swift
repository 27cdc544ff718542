public import Measures
public import Metering

/// The thresholds of a run state that is judged by power.
public typealias PowerThresholds = PowerClassifier.Thresholds

/// One device: what it offers, and where each of its channels stands.
public struct DeviceDescription: Hashable, Sendable {
  public enum Transport: Hashable, Sendable {
    case modbus(ModbusDevice)
    case mqtt(MQTTDevice)
  }

  public var id: DeviceID
  public var transport: Transport
  /// Set where the device has no state of its own and is judged by its power.
  public var runStateFromPower: PowerThresholds?
  /// How long a reading is good; `nil`: as long as the device says it is online.
  public var maxAge: Span?

  public init(
    id: DeviceID, transport: Transport, runStateFromPower: PowerThresholds? = nil, maxAge: Span?
  ) {
    self.id = id
    self.transport = transport
    self.runStateFromPower = runStateFromPower
    self.maxAge = maxAge
  }

  /// Over MQTT, without a presence topic.
  public static let maxAgeWithoutPresence = Span.seconds(60)

  /// Ten polls on a bus; over MQTT 60 s, or `nil` where a presence topic keeps the values fresh.
  public static func defaultMaxAge(of transport: Transport) -> Span? {
    switch transport {
    case .modbus(let device): device.poll * 10
    case .mqtt(let device): device.online == nil ? maxAgeWithoutPresence : nil
    }
  }

  /// The channels that are read from the device itself.
  public var readKinds: [ChannelKind] {
    switch transport {
    case .modbus(let device): device.channels.map(\.kind)
    case .mqtt(let device): device.channels.map(\.kind)
    }
  }

  /// All that it offers, with what is derived.
  public var kinds: [ChannelKind] { readKinds + (runStateFromPower == nil ? [] : [.runState]) }

  /// The broker it is on, where that is not the main one.
  public var broker: BrokerID? {
    if case .mqtt(let device) = transport { device.broker } else { nil }
  }

  public func offers(_ kind: ChannelKind) -> Bool { kinds.contains(kind) }

  /// The smallest step of its scale; `nil` if it is none.
  public var division: Mass? { quantities.lazy.compactMap(\.division).first }

  /// By how much its own count of running time grows at least; `nil` where it has none.
  public var runningTimeStep: Span? {
    quantities.lazy.compactMap { if case .runningTime(_, let step) = $0 { step } else { nil } }.first
  }

  private var quantities: [Quantity] {
    switch transport {
    case .modbus(let device): device.channels.compactMap(\.source.quantity)
    case .mqtt(let device): device.channels.compactMap(\.source.quantity)
    }
  }

  /// What makes a counter of its begin anew.
  public func counterKind(of kind: ChannelKind) -> CounterKind {
    let found =
      switch transport {
      case .modbus(let device): device.channels.first { $0.kind == kind }?.counter
      case .mqtt(let device): device.channels.first { $0.kind == kind }?.counter
      }
    return found ?? .lifetime
  }

  /// Where a counter of its goes on from zero; `nil` where it never does, or nobody said.
  public func rollOver(of kind: ChannelKind) -> RollOver? {
    switch transport {
    case .modbus(let device):
      guard let channel = device.channels.first(where: { $0.kind == kind }),
        case .number(let number, let quantity) = channel.source,
        let end = (channel.rollsOverAt ?? number.end).flatMap({ quantity.base(of: $0) })
      else { return nil }
      return RollOver(at: end, step: number.scale.fixed.flatMap { quantity.base(of: $0) } ?? 0)
    case .mqtt(let device):
      guard let channel = device.channels.first(where: { $0.kind == kind }), let end = channel.rollsOverAt
      else {
        return nil
      }
      return channel.source.quantity?.base(of: end).map { RollOver(at: $0) }
    }
  }

  /// Whether its machine reports how a cycle ended, so that a run may end by itself.
  public var reportsEnds: Bool {
    switch transport {
    case .modbus(let device):
      device.channels.contains {
        switch $0.source {
        case .stateWord(_, let map): map.values.contains(where: \.isEnded)
        case .stateBit(_, let set, let clear): set.isEnded || clear.isEnded
        case .number, .button: false
        }
      }
    case .mqtt(let device):
      device.channels.contains {
        switch $0.source {
        case .stateWord(let map): map.values.contains(where: \.isEnded)
        case .stateRules(let rules): rules.contains { $0.state.isEnded }
        case .number, .button, .taskName: false
        }
      }
    }
  }
}
