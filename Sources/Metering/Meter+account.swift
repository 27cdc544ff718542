extension Meter {
  /// No run waits for its last reading.
  public var isSettled: Bool {
    switch self {
    case .scale(let meter): meter.isSettled
    case .run: true
    case .counter(let meter): meter.isSettled
    }
  }

  /// To whom use is being charged.
  public var account: Account {
    switch self {
    case .scale(let meter): meter.account
    case .run(let meter): meter.account
    case .counter(let meter): meter.account
    }
  }
}
