import Devices
import Measures
import Metering

extension ConfigurationReader {
  /// The unit, and for a scale its division, of a channel that is a number.
  ///
  /// - Parameter resolution: the smallest step that the number itself can take, in its unit; `nil` if the
  ///   number does not tell.
  func quantity(_ kind: ChannelKind, _ section: Section, resolution: Decimal?) -> Quantity? {
    switch kind {
    case .weight:
      let unit = section.required("unit")?.choice(MassUnit.self)
      let division = section.optional("division").map(self.division)
      guard let unit else { return nil }
      if let division { return division.map { .weight(unit, division: $0) } }
      if let own = resolution.flatMap({ Mass($0, unit) }), own > .zero { return .weight(unit, division: own) }
      let fallback = unit == .t ? Mass(milligrams: 1_000_000) : Mass(milligrams: 1000)
      section.cursor.warning(
        "division is not given and the value does not tell it; \(fallback) is taken, give the smallest step"
      )
      return .weight(unit, division: fallback)
    case .energy: return section.required("unit")?.choice(EnergyUnit.self).map { .energy($0) }
    case .power: return section.required("unit")?.choice(PowerUnit.self).map { .power($0) }
    case .materialUsed: return section.required("unit")?.choice(MassUnit.self).map { .materialUsed($0) }
    case .pieces: return .pieces
    case .runState, .action: return nil
    }
  }

  private func division(_ cursor: Cursor) -> Mass? {
    cursor.amount("a mass above 0 with its unit, such as 0.1g", MassUnit.self, where: { $0 > Mass.zero }) {
      Mass($0, $1)
    }
  }

  /// A factor: any decimal but 0.
  func scale(_ section: Section) -> Decimal? {
    guard let cursor = section.optional("scale") else { return .one }
    return cursor.decimal("a decimal number other than 0") { $0 != .zero }
  }

  /// A mapping from the device's words to ours; what the words look like is for `key` to say.
  func map<Word: Hashable, Value>(
    _ cursor: Cursor, key: (Cursor) -> Word?, value: (Cursor) -> Value?
  ) -> [Word: Value]? {
    guard let section = cursor.section() else { return nil }
    var map: [Word: Value] = [:]
    let entries = section.all()
    if entries.isEmpty { cursor.expected("at least one word and its meaning") }
    for entry in entries {
      guard let word = key(entry.keyCursor), let meaning = value(entry.value) else { continue }
      if map.updateValue(meaning, forKey: word) != nil {
        entry.keyCursor.mistake("means the same as a word before it (found \(entry.key.shown))")
      }
    }
    return map
  }

  func states<Word: Hashable>(_ cursor: Cursor, key: (Cursor) -> Word?) -> [Word: MachineState]? {
    map(cursor, key: key) { $0.choice(MachineState.self) }
  }
}

extension Cursor {
  /// A word of a device's map: what its payload says.
  func word() -> String? { read("a word of 1 to 200 bytes") { $0.isLine(maximum: 200) ? $0 : nil } }
}
