import Metering

/// Where a device says how far its own value may be believed. `Place` is a register bit or a payload field.
public struct StatusFlags<Place: Hashable & Sendable>: Hashable, Sendable {
  /// Set while the load is at rest.
  public var stable: Place?
  public var overload: [Place]
  public var underload: [Place]
  /// Each set while the value is not to be used.
  public var invalid: [Place]
  /// Set while the value is below zero, for devices that give it without a sign.
  public var negative: Place?

  public init(
    stable: Place? = nil, overload: [Place] = [], underload: [Place] = [], invalid: [Place] = [],
    negative: Place? = nil
  ) {
    self.stable = stable
    self.overload = overload
    self.underload = underload
    self.invalid = invalid
    self.negative = negative
  }

  public var all: [Place] { overload + underload + invalid + [stable, negative].compactMap { $0 } }
}

/// How one flag stands, or why that is not known.
enum Flag: Equatable {
  case set, clear
  case rejected(Rejection)

  init(_ isSet: Bool) { self = isSet ? .set : .clear }
}

/// Whether a value may be believed, by its flags.
enum Verdict: Equatable {
  case believed(stable: Bool?, isNegative: Bool)
  case refused(Rejection)

  var rejection: ReadingValue? {
    if case .refused(let reason) = self { .rejected(reason) } else { nil }
  }
}

extension StatusFlags {
  /// Judges a value by its flags. A flag that was promised and cannot be read refuses the value: a value is
  /// believed only with its status.
  func judge(_ read: (Place) -> Flag) -> Verdict {
    func refusal(_ flag: Flag?, whenSet reason: Rejection?) -> Rejection? {
      switch flag {
      case .rejected(let reason): reason
      case .set: reason
      case .clear, nil: nil
      }
    }
    for (places, reason) in [
      (invalid, Rejection.invalidFlag), (overload, .overload), (underload, .underload),
    ] {
      for place in places {
        if let reason = refusal(read(place), whenSet: reason) { return .refused(reason) }
      }
    }
    let stable = self.stable.map(read)
    if let reason = refusal(stable, whenSet: nil) { return .refused(reason) }
    let negative = self.negative.map(read)
    if let reason = refusal(negative, whenSet: nil) { return .refused(reason) }
    return .believed(stable: stable.map { $0 == .set }, isNegative: negative == .set)
  }
}
