public import Measures
public import Metering

public enum BusKind {}
/// One Modbus connection: a serial line or a TCP endpoint.
public typealias BusID = Identifier<BusKind>

/// A device on a bus: how it is polled, and what its registers hold.
public struct ModbusDevice: Hashable, Sendable {
  public var bus: BusID
  /// 0 to 255.
  public var unit: UInt8
  public var poll: Span
  public var channels: [ModbusChannel]

  public init(bus: BusID, unit: UInt8, poll: Span, channels: [ModbusChannel]) {
    self.bus = bus
    self.unit = unit
    self.poll = poll
    self.channels = channels
  }

  /// What has to be read, one group per channel: a value and its status belong to one moment, so a group
  /// must be read whole.
  public var points: [[RegisterPoint]] { channels.map(\.points) }
}

/// One channel of a device on a bus.
public struct ModbusChannel: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    case number(RegisterNumber, Quantity)
    case stateWord(RegisterNumber, [Int64: MachineState])
    case stateBit(RegisterBit, set: MachineState, clear: MachineState)
    /// A wired button: its edges mean something.
    case button(RegisterBit, onRising: ButtonAction?, onFalling: ButtonAction?)
  }

  public var source: Source
  public var flags: StatusFlags<RegisterBit>

  public init(_ source: Source, flags: StatusFlags<RegisterBit> = StatusFlags()) {
    self.source = source
    self.flags = flags
  }

  public var kind: ChannelKind {
    switch source {
    case .number(_, let quantity): quantity.kind
    case .stateWord, .stateBit: .runState
    case .button: .action
    }
  }

  /// The value and its status, each point once.
  public var points: [RegisterPoint] {
    var points: [RegisterPoint]
    switch source {
    case .number(let number, _), .stateWord(let number, _): points = [number.point]
    case .stateBit(let bit, _, _), .button(let bit, _, _): points = [bit.point]
    }
    for flag in flags.all where !points.contains(flag.point) { points.append(flag.point) }
    return points
  }
}
