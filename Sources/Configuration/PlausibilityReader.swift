import Devices
import Measures
import Metering

// What a value can be at all, and what kind of counter it is.
extension ConfigurationReader {
  /// `minimum: -1kg`, `maximum: 60kg`, `max_slew: 5kg/s`; of a power in watts.
  func plausibility(_ kind: ChannelKind, _ section: Section) -> Plausibility {
    let limits: Plausibility
    switch kind {
    case .weight:
      limits = plausibility(section, "a mass with its unit, such as 60kg", MassUnit.self) {
        Mass($0, $1)?.base
      }
    case .power:
      limits = plausibility(section, "a power with its unit, such as 3kW", PowerUnit.self) {
        Power($0, $1)?.base
      }
    case .energy, .materialUsed, .pieces, .runningTime, .runState, .action, .task: return Plausibility()
    }
    if let minimum = limits.minimum, let maximum = limits.maximum, minimum >= maximum {
      section.optional("minimum")?.expected("less than the maximum")
    }
    return limits
  }

  private func plausibility<Unit: RawRepresentable & CaseIterable>(
    _ section: Section, _ what: String, _ units: Unit.Type, _ make: @escaping (Decimal, Unit) -> Int64?
  ) -> Plausibility where Unit.RawValue == String {
    func limit(_ key: String) -> Int64? {
      section.optional(key)?.amount(what, units, where: { _ in true }, make)
    }
    let slew = section.optional("max_slew")?.read("\(what) a second, such as 5kg/s") { text -> Int64? in
      guard text.hasSuffix("/s") else { return nil }
      let digits = text.prefix { !$0.isLetter }
      guard let unit = Unit(rawValue: String(text.dropFirst(digits.count).dropLast(2))),
        let number = Decimal(digits.trimmingSpaces), let rate = make(number, unit), rate > 0
      else { return nil }
      return rate
    }
    return Plausibility(minimum: limit("minimum"), maximum: limit("maximum"), slewPerSecond: slew)
  }

  /// `counter: lifetime`, or `per_job` where it begins anew with each of the machine's own jobs.
  func counterKind(_ kind: ChannelKind, _ section: Section) -> CounterKind {
    guard [.energy, .materialUsed, .pieces].contains(kind) else { return .lifetime }
    return section.optional("counter")?.choice(CounterKind.self) ?? .lifetime
  }

  /// `rolls_over_at: 100000`: where a counter goes on from zero, in its unit. Unsigned registers with a fixed scale tell it by themselves.
  func rollOver(_ kind: ChannelKind, _ section: Section, of quantity: Quantity?) -> Decimal? {
    guard [.energy, .materialUsed, .pieces].contains(kind), let cursor = section.optional("rolls_over_at")
    else {
      return nil
    }
    return cursor.decimal("a number above 0 that the channel can count, in its unit") { end in
      end > .zero && quantity.map { $0.base(of: end) != nil } ?? true
    }
  }
}
