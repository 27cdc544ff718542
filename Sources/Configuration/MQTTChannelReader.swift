import Devices
import Measures
import Metering

extension ConfigurationReader {
  /// - Parameter hasDocument: whether the device has a document that a channel without a topic looks into.
  func mqttChannel(_ kind: ChannelKind, _ cursor: Cursor, hasDocument: Bool) -> MQTTChannel? {
    guard let section = cursor.section() else { return nil }
    if let table = RegisterTable.allCases.first(where: { section.has($0.rawValue) }) {
      section.refuse(table.rawValue, "is for devices on a bus; this one names none (give the device bus: ID)")
      _ = section.all()
      return nil
    }
    let topic = hasDocument ? section.optional("topic") : section.required("topic")
    let rules = kind == .runState ? section.optional("rules").map(stateRules) : nil
    let paths = section.optional("json").map { $0.oneOrMore().map { $0.payloadPath() } } ?? []
    let source = rules.map { $0.map { .stateRules($0) } } ?? mqttSource(kind, section)
    var flags = StatusFlags<PayloadFlag>()
    if kind != .action { flags.invalid = payloadFlags("invalid", section) }
    if kind == .weight {
      flags.stable = section.optional("stable").flatMap(payloadFlag)
      flags.overload = payloadFlags("overload", section)
      flags.underload = payloadFlags("underload", section)
    }
    let plausibility = plausibility(kind, section)
    let time = section.optional("time").map(payloadTime)
    let counter = counterKind(kind, section)
    let rollOver = rollOver(kind, section, of: source?.quantity)
    if rules != nil { section.refuse("json", "the rules say where to look") }
    if topic == nil, hasDocument {
      if kind == .action { section.report("is missing: a press is a message of its own", key: "topic") }
      if rules == nil, paths.isEmpty { section.report("is missing: say where in the document", key: "json") }
    }
    section.finish()
    let place = topic.map { $0.topic() }
    guard let source, let place = place ?? (hasDocument ? .some(nil) : nil), let time = time ?? .some(nil),
      !paths.contains(where: { $0 == nil })
    else { return nil }
    var channel = MQTTChannel(
      topic: place, paths: paths.compactMap { $0 }, source, flags: flags, plausibility: plausibility,
      time: time)
    channel.counter = counter
    channel.rollsOverAt = rollOver
    return channel
  }

  private func mqttSource(_ kind: ChannelKind, _ section: Section) -> MQTTChannel.Source? {
    switch kind {
    case .weight, .energy, .power, .materialUsed, .pieces, .runningTime:
      let scale = scale(section)
      let quantity = quantity(kind, section, resolution: nil)
      return scale.flatMap { scale in quantity.map { .number($0, scale: scale) } }
    case .runState:
      let map = section.optional("map").map { states($0) { $0.word() } }
      return (map ?? Self.ownStates).map { .stateWord($0) }
    case .action:
      let map = section.optional("map").map {
        self.map($0, key: { $0.word() }, value: { $0.choice(Self.presses) })
      }
      return (map ?? Self.ownActions).map { .button($0) }
    case .task: return .taskName
    }
  }

  /// `[{when: {print.gcode_state: FAILED}, state: failed}]`: the first that holds counts.
  private func stateRules(_ cursor: Cursor) -> [StateRule]? {
    let items = cursor.items()
    if items.isEmpty { cursor.expected("at least one rule") }
    let rules = items.map { item -> StateRule? in
      guard let section = item.section() else { return nil }
      let conditions = section.required("when")?.section()?.all().map { entry -> StateRule.Condition? in
        let path = entry.keyCursor.payloadPath()
        let words = entry.value.oneOrMore().map { $0.word() }
        guard let path, !words.contains(where: { $0 == nil }) else { return nil }
        return StateRule.Condition(path, Set(words.compactMap { $0 }))
      }
      let state = section.required("state")?.choice(MachineState.self)
      section.finish()
      guard let conditions, let state, !conditions.contains(where: { $0 == nil }) else { return nil }
      if conditions.isEmpty { item.mistake("a rule without a condition always holds (found none)") }
      return StateRule(conditions.compactMap { $0 }, state)
    }
    return rules.isEmpty || rules.contains { $0 == nil } ? nil : rules.compactMap { $0 }
  }

  private func payloadTime(_ cursor: Cursor) -> PayloadTime? {
    guard let section = cursor.section() else { return nil }
    let path = section.required("json")?.payloadPath()
    let format = section.required("format")?.choice(PayloadTime.Format.self)
    section.finish()
    guard let path, let format else { return nil }
    return PayloadTime(path, format)
  }

  /// `[{topic: a/status, at: status}, {topic: a/state/temperature, into: temperature}]`.
  func documentParts(_ cursor: Cursor) -> [DocumentPart] {
    cursor.items().compactMap { item in
      guard let section = item.section() else { return nil }
      let topic = section.required("topic")?.topic()
      let at = section.optional("at").map { $0.payloadPath() }
      let into = section.optional("into").map { $0.payloadPath() }
      section.finish()
      return topic.map { DocumentPart(topic: $0, at: at ?? nil, into: into ?? nil) }
    }
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

  private func payloadFlags(_ key: String, _ section: Section) -> [PayloadFlag] {
    section.optional(key)?.oneOrMore().compactMap { payloadFlag($0) } ?? []
  }

  private func payloadFlag(_ cursor: Cursor) -> PayloadFlag? {
    guard let flag = cursor.section() else { return nil }
    let path = flag.required("json")?.payloadPath()
    let inverted = flag.optional("inverted").map { $0.bool() }
    flag.finish()
    guard let path, let inverted = inverted ?? false else { return nil }
    return PayloadFlag(path, inverted: inverted)
  }

  /// Without a map the device is taken to speak our words.
  private static let ownStates: [String: MachineState]? =
    Dictionary(uniqueKeysWithValues: MachineState.allCases.map { ($0.rawValue, $0) })
  private static let presses: [(word: String, value: ButtonAction?)] =
    ButtonAction.allCases.map { ($0.rawValue, $0) } + [("none", nil)]
  private static let ownActions: [String: ButtonAction?]? =
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
