import Devices
import Measures
import Metering

extension ConfigurationReader {
  func modbusChannel(_ kind: ChannelKind, _ cursor: Cursor) -> ModbusChannel? {
    guard let section = cursor.section() else { return nil }
    if section.has("topic") {
      section.refuse("topic", "is for devices over MQTT; this one is on a bus")
      _ = section.all()
      return nil
    }
    let unit = kind == .weight ? codedUnit(section) : nil
    let source: ModbusChannel.Source?
    switch kind {
    case .weight, .energy, .power, .materialUsed, .pieces, .runningTime:
      source = numberSource(kind, section, unit)
    case .runState: source = stateSource(section)
    case .action: source = buttonSource(section)
    case .task:
      section.cursor.mistake("a task's name comes over MQTT; registers hold none")
      _ = section.all()
      return nil
    }
    var flags = StatusFlags<RegisterBit>()
    if kind != .action { flags.invalid = self.flags("invalid", section) }
    if kind == .weight {
      flags.stable = section.optional("stable").flatMap(flag)
      flags.overload = self.flags("overload", section)
      flags.underload = self.flags("underload", section)
      flags.negative = section.optional("negative").flatMap(flag)
    }
    let plausibility = plausibility(kind, section)
    let debounce =
      kind == .runState ? section.optional("debounce").map { $0.span(.zero...(.minutes(1))) } : nil
    let counter = counterKind(kind, section)
    let rollOver = rollOver(kind, section, of: source?.quantity)
    section.finish()
    guard let source, let debounce = debounce ?? .zero else { return nil }
    var channel = ModbusChannel(
      source, flags: flags, unit: unit, plausibility: plausibility, debounce: debounce, counter: counter)
    channel.rollsOverAt = rollOver
    return channel
  }

  private func numberSource(_ kind: ChannelKind, _ section: Section, _ unit: CodedUnit?)
    -> ModbusChannel.Source?
  {
    let number = number(section)
    let quantity = quantity(kind, section, resolution: resolution(of: number), coded: unit)
    guard let number, let quantity else { return nil }
    return .number(number, quantity)
  }

  /// The smallest step that the number itself can take; `nil` where it does not tell.
  private func resolution(of number: RegisterNumber?) -> Decimal? {
    // What could not be read is a mistake already; nothing is to be said of its division as well.
    guard let number else { return .one }
    if case .whole(_, let type) = number.layout, type.isFloat { return nil }
    return number.scale.fixed.map { $0.isNegative ? $0.negated : $0 }
  }

  private func stateSource(_ section: Section) -> ModbusChannel.Source? {
    let map = section.optional("map")
    let holdsBits = RegisterTable.allCases.contains { $0.holdsBits && section.has($0.rawValue) }
    if holdsBits || section.has("bit") || section.has("mask") {
      let bit = bit(section, place(section))
      let meanings = map.map {
        states($0) { $0.choice([("1", true), ("0", false), ("true", true), ("false", false)]) }
      }
      guard let bit, let meanings = meanings ?? [true: .running, false: .idle] else { return nil }
      for (value, word) in [(true, "1"), (false, "0")] where meanings[value] == nil {
        map?.mistake(
          "says nothing about \(word); a bit is always 0 or 1 (found \(meanings.count) of the two)")
      }
      return .stateBit(bit, set: meanings[true] ?? .unknown, clear: meanings[false] ?? .unknown)
    }
    let number = number(section, type: .uint16, isScaled: false)
    guard let map else {
      section.report("is missing: a register's numbers need a map such as {0: idle, 1: running}", key: "map")
      return nil
    }
    guard let number else {
      _ = states(map) { $0.integer(Int.min...Int.max) }
      return nil
    }
    if case .whole(_, let type) = number.layout, type.isFloat {
      section.optional("type")?.expected("a whole number's type, such as uint16")
      return nil
    }
    return states(map) { $0.integer(number.range).map(Int64.init) }.map { .stateWord(number, $0) }
  }

  private func buttonSource(_ section: Section) -> ModbusChannel.Source? {
    let bit = bit(section, place(section))
    let rising = section.optional("on_rising").map { $0.choice(ButtonAction.self) }
    let falling = section.optional("on_falling").map { $0.choice(ButtonAction.self) }
    if rising == nil, falling == nil {
      section.report("is missing: a wired button needs on_rising or on_falling", key: "on_rising")
    }
    return bit.map { .button($0, onRising: rising ?? nil, onFalling: falling ?? nil) }
  }
}

extension RegisterNumber {
  /// What a map's keys may be.
  fileprivate var range: ClosedRange<Int> {
    guard case .whole(_, let type) = layout else { return 0...Int.max }
    return switch type {
    case .int16: -32_768...32_767
    case .uint16: 0...65_535
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .uint32: 0...Int(UInt32.max)
    case .uint64: 0...Int.max
    case .int64, .float32, .float64: Int.min...Int.max
    }
  }
}
