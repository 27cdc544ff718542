import Devices
import Measures
import Metering

extension ConfigurationReader {
  func mqttChannel(_ kind: ChannelKind, _ cursor: Cursor) -> MQTTChannel? {
    guard let section = cursor.section() else { return nil }
    if let table = RegisterTable.allCases.first(where: { section.has($0.rawValue) }) {
      section.refuse(table.rawValue, "is for devices on a bus; this one names none (give the device bus: ID)")
      _ = section.all()
      return nil
    }
    let topic = section.required("topic")?.topic()
    let path = section.optional("json").map { $0.payloadPath() }
    let source: MQTTChannel.Source?
    switch kind {
    case .weight, .energy, .power, .materialUsed, .pieces:
      let scale = scale(section)
      let quantity = quantity(kind, section, resolution: nil)
      source = scale.flatMap { scale in quantity.map { .number($0, scale: scale) } }
    case .runState:
      let map = section.optional("map").map { states($0) { $0.word() } }
      source = (map ?? Self.ownStates).map { .stateWord($0) }
    case .action:
      let map = section.optional("map").map {
        self.map($0, key: { $0.word() }, value: { $0.choice(ButtonAction.self) })
      }
      source = (map ?? Self.ownActions).map { .button($0) }
    }
    var flags = StatusFlags<PayloadFlag>()
    if kind != .action { flags.invalid = payloadFlag("invalid", section) }
    if kind == .weight {
      flags.stable = payloadFlag("stable", section)
      flags.overload = payloadFlag("overload", section)
    }
    section.finish()
    guard let topic, let source, let path = path ?? .some(nil) else { return nil }
    return MQTTChannel(topic: topic, path: path, source, flags: flags)
  }

  func presence(_ cursor: Cursor) -> Presence? {
    guard let section = cursor.section() else { return nil }
    let topic = section.required("topic")?.topic()
    let path = section.optional("json").map { $0.payloadPath() }
    let map = section.optional("map").map {
      self.map($0, key: { $0.word() }, value: { $0.choice([("online", true), ("offline", false)]) })
    }
    section.finish()
    guard let topic, let map = map ?? Presence.commonWords else { return nil }
    return Presence(topic: topic, path: path ?? nil, map: map)
  }

  private func payloadFlag(_ key: String, _ section: Section) -> PayloadFlag? {
    guard let flag = section.optional(key)?.section() else { return nil }
    let path = flag.required("json")?.payloadPath()
    let inverted = flag.optional("inverted").map { $0.bool() }
    flag.finish()
    guard let path, let inverted = inverted ?? false else { return nil }
    return PayloadFlag(path, inverted: inverted)
  }

  /// Without a map the device is taken to speak our words.
  private static let ownStates: [String: MachineState]? =
    Dictionary(uniqueKeysWithValues: MachineState.allCases.map { ($0.rawValue, $0) })
  private static let ownActions: [String: ButtonAction]? =
    Dictionary(uniqueKeysWithValues: ButtonAction.allCases.map { ($0.rawValue, $0) })
}

extension Cursor {
  func payloadPath() -> PayloadPath? {
    guard let text else {
      expected("a path such as energy.total")
      return nil
    }
    do {
      return try PayloadPath(text)
    } catch {
      mistake(error.description)
      return nil
    }
  }
}
