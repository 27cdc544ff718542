public import Measures

/// What a scale says when somebody asks it for one weight.
public enum ScaleWord: Hashable, Sendable, Codable {
  /// At rest: the mean of its newest readings.
  case level(Mass)
  case moving
  /// Its newest sample is not believed, or too old.
  case doubted(Rejection)
  case unheard
  /// There is no such scale.
  case unknown
}

/// A scale that is asked for a weight now and then, as on a bench: only whether it is at rest matters, and where.
public struct RestingScale: Hashable, Sendable {
  private let parameters: ScaleParameters
  private var window: StabilityWindow?
  private var latest: Moment?
  private var doubt: Rejection?

  /// - Parameter maxAge: a reading is good for so long; `nil`: until the device is gone.
  public init(division: Mass, maxAge: Span?) {
    // Nothing is used on a bench while it is weighed.
    parameters = ScaleParameters(
      division: division, maxUseRate: MassRate(milligramsPerMinute: 1), maxAge: maxAge)
  }

  public mutating func take(_ reading: Reading) {
    switch reading.value {
    case .weight(let mass, let stable):
      if let latest, reading.at < latest { return }
      latest = reading.at
      doubt = nil
      let isStill = stable ?? true
      if let window, window.fits(mass, at: reading.at, parameters) {
        self.window?.add(mass, isStill: isStill, at: reading.at)
      } else {
        window = StabilityWindow(mass, isStill: isStill, at: reading.at)
      }
    case .rejected(let rejection):
      window = nil
      doubt = rejection
    default: break
    }
  }

  public func word(at now: Moment) -> ScaleWord {
    if let doubt { return .doubted(doubt) }
    guard let latest, let window else { return .unheard }
    if let maxAge = parameters.maxAge, now.since(latest).map({ $0 > maxAge }) ?? true {
      return .doubted(.stale)
    }
    let isAtRest =
      window.isStable(at: latest, for: parameters.stableFor, within: parameters.band)
      || window.isSilent(at: now, for: parameters.stableFor)
    return isAtRest ? .level(window.level(at: latest).mass) : .moving
  }
}
