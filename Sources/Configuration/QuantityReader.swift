import Devices
import Measures
import Metering

extension ConfigurationReader {
  /// The unit, and for a scale its division, of a channel that is a number.
  ///
  /// - Parameters:
  ///   - resolution: the smallest step that the number itself can take, in its unit; `nil` if the number does not
  ///     tell.
  ///   - coded: where the device itself tells the unit.
  func quantity(_ kind: ChannelKind, _ section: Section, resolution: Decimal?, coded: CodedUnit? = nil)
    -> Quantity?
  {
    switch kind {
    case .weight: return weight(section, resolution: resolution, coded: coded)
    case .energy: return section.required("unit")?.choice(EnergyUnit.self).map { .energy($0) }
    case .power: return section.required("unit")?.choice(PowerUnit.self).map { .power($0) }
    case .materialUsed: return materialUsed(section)
    case .pieces: return .pieces
    case .runningTime:
      guard let unit = section.required("unit")?.choice(TimeUnit.self) else { return nil }
      let own = resolution.flatMap {
        $0.multiplied(by: Decimal(unit.span.milliseconds))?.rounded(to: 0).int64
      }
      return .runningTime(unit, step: own.map { max(.milliseconds(1), .milliseconds($0)) } ?? unit.span)
    case .runState, .action, .task: return nil
    }
  }

  private func weight(_ section: Section, resolution: Decimal?, coded: CodedUnit?) -> Quantity? {
    let division = section.optional("division").map(self.division)
    if let calibration = section.optional("calibration") {
      for key in ["unit", "scale"] { section.refuse(key, "the calibration says what a count weighs") }
      let line = self.calibration(calibration)
      if division == nil {
        section.report("is missing: give the smallest step that means something, such as 1g", key: "division")
      }
      guard let line, let division = division ?? nil else { return nil }
      return .calibratedWeight(line, division: division)
    }
    let unit = coded == nil ? section.required("unit")?.choice(MassUnit.self) : .g
    guard let unit else { return nil }
    if let division { return division.map { .weight(unit, division: $0) } }
    if coded == nil, let own = resolution.flatMap({ Mass($0, unit) }), own > .zero {
      return .weight(unit, division: own)
    }
    let fallback = unit == .t ? Mass(milligrams: 1_000_000) : Mass(milligrams: 1000)
    section.cursor.warning(
      "division is not given and the value does not tell it; \(fallback) is taken, give the smallest step"
    )
    return .weight(unit, division: fallback)
  }

  /// `[{count: 8421, mass: 0g}, {count: 123456, mass: 500g}]`.
  private func calibration(_ cursor: Cursor) -> Calibration? {
    let weighings = cursor.items().map { item -> Calibration.Weighing? in
      guard let section = item.section() else { return nil }
      let count = section.required("count")?.decimal()
      let mass = section.required("mass").flatMap { mass in
        mass.amount("a mass with its unit, such as 500g", MassUnit.self, where: { !$0.isNegative }) {
          Mass($0, $1)
        }
      }
      section.finish()
      guard let count, let mass else { return nil }
      return Calibration.Weighing(count: count, mass: mass)
    }
    guard weighings.count == 2 else {
      cursor.mistake("expected two weighings, nothing and a known mass (found \(weighings.count))")
      return nil
    }
    guard let first = weighings[0], let second = weighings[1] else { return nil }
    let line = Calibration(first, second)
    if line == nil { cursor.mistake("the two weighings must differ in count and in mass (found the same)") }
    return line
  }

  private static let thinnest = Decimal("0.5") ?? .one
  private static let lightest = Decimal("0.1") ?? .one

  /// Milligrams that the machine says it used, or millimeters of filament.
  private func materialUsed(_ section: Section) -> Quantity? {
    guard let unit = section.required("unit") else { return nil }
    guard unit.text == "mm" else {
      for key in ["diameter", "density"] { section.refuse(key, "is only for a length, unit: mm") }
      return unit.choice(MassUnit.allCases.map { ($0.rawValue, $0) } + [("mm", .g)]).map { .materialUsed($0) }
    }
    // A density in kg/m³, or a diameter with its point lost, would bill a thousand times as much.
    let diameter = section.optional("diameter").map {
      $0.decimal("a diameter in millimeters, from 0.5 to 10, such as 1.75") {
        $0 >= Self.thinnest && $0 <= Decimal(10)
      }
    }
    let density = section.optional("density").map {
      $0.decimal("a density in g/cm³, from 0.1 to 25, such as 1.24") {
        $0 >= Self.lightest && $0 <= Decimal(25)
      }
    }
    if density == nil {
      section.report(
        "is missing: a length weighs by its density in g/cm³ (PLA 1.24, PETG 1.27)", key: "density")
    }
    guard let diameter = diameter ?? Decimal("1.75"), let density = density ?? nil else { return nil }
    let filament = Filament(diameter: diameter, density: density)
    if filament == nil { unit.mistake("no filament has this diameter and density") }
    return filament.map { .filamentUsed($0) }
  }

  func division(_ cursor: Cursor) -> Mass? {
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
