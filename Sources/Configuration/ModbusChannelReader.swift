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
    let source: ModbusChannel.Source?
    switch kind {
    case .weight, .energy, .power, .materialUsed, .pieces: source = numberSource(kind, section)
    case .runState: source = stateSource(section)
    case .action: source = buttonSource(section)
    }
    var flags = StatusFlags<RegisterBit>()
    if kind != .action { flags.invalid = flag("invalid", section) }
    if kind == .weight {
      flags.stable = flag("stable", section)
      flags.overload = flag("overload", section)
      flags.negative = flag("negative", section)
    }
    section.finish()
    return source.map { ModbusChannel($0, flags: flags) }
  }

  private func numberSource(_ kind: ChannelKind, _ section: Section) -> ModbusChannel.Source? {
    let place = place(section)
    let type = section.required("type")?.choice(RegisterType.self)
    let number = number(section, place, type: type)
    let resolution = type.flatMap {
      $0.isFloat ? nil : number.map { $0.scale.isNegative ? $0.scale.negated : $0.scale }
    }
    let quantity = quantity(kind, section, resolution: resolution ?? (type == nil ? .one : nil))
    guard let number, let quantity else { return nil }
    return .number(number, quantity)
  }

  private func stateSource(_ section: Section) -> ModbusChannel.Source? {
    let place = place(section)
    let map = section.optional("map")
    if place?.table.holdsBits ?? false || section.has("bit") || section.has("mask") {
      let bit = bit(section, place)
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
    let type = section.optional("type").map { cursor in
      cursor.choice(RegisterType.allCases.filter { !$0.isFloat }.map { ($0.rawValue, $0) })
    }
    let number = number(section, place, type: type ?? .uint16, isScaled: false)
    guard let map else {
      section.report("is missing: a register's numbers need a map such as {0: idle, 1: running}", key: "map")
      return nil
    }
    let range = (type ?? .uint16)?.range ?? Int.min...Int.max
    let meanings = states(map) { $0.integer(range).map(Int64.init) }
    guard let number, let meanings else { return nil }
    return .stateWord(number, meanings)
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

  private func number(
    _ section: Section, _ place: RegisterPlace?, type: RegisterType?, isScaled: Bool = true
  ) -> RegisterNumber? {
    let order = section.optional("word_order").map { $0.choice(WordOrder.self) }
    let scale = isScaled ? scale(section) : .one
    guard let place, let type else { return nil }
    if place.table.holdsBits {
      place.cursor.mistake("a number stands in holding or input registers (found a \(place.table.rawValue))")
      return nil
    }
    if Int(place.address) + Int(type.registerCount) > 65_536 {
      place.cursor.expected(
        "a wire address with room for the \(type.registerCount) registers of \(type.rawValue)")
    }
    guard let order = order ?? .highFirst, let scale else { return nil }
    return RegisterNumber(place.table, place.address, type, wordOrder: order, scale: scale)
  }
}

extension RegisterType {
  /// What a map's keys may be.
  fileprivate var range: ClosedRange<Int> {
    switch self {
    case .int16: -32_768...32_767
    case .uint16: 0...65_535
    case .int32: Int(Int32.min)...Int(Int32.max)
    case .uint32: 0...Int(UInt32.max)
    case .int64, .float32, .float64: Int.min...Int.max
    }
  }
}
