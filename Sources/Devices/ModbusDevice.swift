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
  public var heartbeat: DeviceHeartbeat?
  /// Stretches that the device answers only whole; what its channels need of them is taken from there.
  public var wholeBlocks: [RegisterPoint]
  public var manners = ModbusManners()
  public var identity: DeviceIdentity?

  public init(
    bus: BusID, unit: UInt8, poll: Span, channels: [ModbusChannel], heartbeat: DeviceHeartbeat? = nil,
    wholeBlocks: [RegisterPoint] = []
  ) {
    self.bus = bus
    self.unit = unit
    self.poll = poll
    self.channels = channels
    self.heartbeat = heartbeat
    self.wholeBlocks = wholeBlocks
  }

  /// What has to be read besides the whole blocks, one group per channel: a value and its status belong to one
  /// moment, so a group must be read whole.
  public var points: [[RegisterPoint]] {
    let groups = channels.map(\.points) + (heartbeat.map { [[$0.field.word.point]] } ?? [])
    return groups.map { group in
      group.filter { point in !wholeBlocks.contains { $0.holds(point) } }
    }.filter { !$0.isEmpty }
  }
}

/// One channel of a device on a bus.
public struct ModbusChannel: Hashable, Sendable {
  public enum Source: Hashable, Sendable {
    case number(RegisterNumber, Quantity)
    case stateWord(RegisterNumber, [Int64: MachineState])
    case stateBit(RegisterBit, set: MachineState, clear: MachineState)
    /// A wired button: its edges mean something.
    case button(RegisterBit, onRising: ButtonAction?, onFalling: ButtonAction?)

    /// Of a number, what it counts.
    public var quantity: Quantity? { if case .number(_, let quantity) = self { quantity } else { nil } }
  }

  public var source: Source
  public var flags: StatusFlags<RegisterBit>
  /// Where the device itself tells the unit of a weight, which then wins over the quantity's.
  public var unit: CodedUnit?
  public var plausibility: Plausibility
  /// A state counts once it has held for so long.
  public var debounce: Span
  public var counter: CounterKind
  /// Where a counter goes on from zero, in its unit, if its registers do not tell.
  public var rollsOverAt: Decimal?

  public init(
    _ source: Source, flags: StatusFlags<RegisterBit> = StatusFlags(), unit: CodedUnit? = nil,
    plausibility: Plausibility = Plausibility(), debounce: Span = .zero, counter: CounterKind = .lifetime
  ) {
    self.counter = counter
    self.source = source
    self.flags = flags
    self.unit = unit
    self.plausibility = plausibility
    self.debounce = debounce
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
    var points: [RegisterPoint] = []
    func add(_ point: RegisterPoint) {
      if !points.contains(point) { points.append(point) }
    }
    switch source {
    case .number(let number, _), .stateWord(let number, _): number.points.forEach(add)
    case .stateBit(let bit, _, _), .button(let bit, _, _): add(bit.point)
    }
    for flag in flags.all { add(flag.point) }
    if let unit { add(unit.field.word.point) }
    return points
  }
}
