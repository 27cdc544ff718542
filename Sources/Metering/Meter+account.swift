extension Meter {
  /// To whom use is being charged.
  public var account: Account {
    switch self {
    case .scale(let meter): meter.account
    case .run(let meter): meter.account
    case .counter(let meter): meter.account
    }
  }
}
