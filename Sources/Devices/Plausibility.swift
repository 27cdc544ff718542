import Measures
import Metering

/// What a channel's value can be at all, in its base unit (mg, mW, mWh, pieces).
public struct Plausibility: Hashable, Sendable {
  public var minimum: Int64?
  public var maximum: Int64?
  /// The fastest it can change, in base units a second.
  public var slewPerSecond: Int64?

  public init(minimum: Int64? = nil, maximum: Int64? = nil, slewPerSecond: Int64? = nil) {
    self.minimum = minimum
    self.maximum = maximum
    self.slewPerSecond = slewPerSecond
  }

  /// The last believed value of a channel.
  struct Believed: Sendable {
    var base: Int64
    var at: Moment
  }

  /// Why the value cannot be, if it cannot. A jump that stays is believed once enough time has passed for it.
  func fault(_ value: ReadingValue, after last: Believed?, at moment: Moment) -> Rejection? {
    guard let base = value.base else { return nil }
    if let minimum, base < minimum { return .outOfRange }
    if let maximum, base > maximum { return .outOfRange }
    guard let slewPerSecond, let last, let elapsed = moment.since(last.at) else { return nil }
    let change = Int128(base) - Int128(last.base)
    let possible = Int128(slewPerSecond) * Int128(max(elapsed.milliseconds, 1)) / 1000
    return change.magnitude > possible.magnitude ? .slew : nil
  }
}

extension ReadingValue {
  /// The number in its base unit, if it is one.
  var base: Int64? {
    switch self {
    case .weight(let mass, _): mass.base
    case .energy(let energy): energy.base
    case .power(let power): power.base
    case .count(let count): count
    case .state, .action, .task, .rejected: nil
    }
  }
}
