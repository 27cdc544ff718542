public import Measures

/// One meter of any kind, so that the engine can keep them in one table and store them as one kind of row.
public enum Meter: Hashable, Sendable, Codable {
  case scale(ScaleMeter)
  case run(RunMeter)
  case counter(CounterMeter)

  public var channel: ChannelID {
    switch self {
    case .scale(let meter): meter.channel
    case .run(let meter): meter.channel
    case .counter(let meter): meter.channel
    }
  }

  /// Whether readings of a channel are for it: a machine's count of its running time is for the meter of its state.
  public func takes(_ other: ChannelID) -> Bool {
    other == channel
      || other.kind == .runningTime && channel.kind == .runState && other.device == channel.device
  }

  /// After a run ends, its last reading is waited for so long; then the newest one there is will do, marked.
  public static let settleLimit = Span.seconds(60)

  /// Moves when a restart would lose something: the sign that a checkpoint is due.
  public var generation: Int {
    switch self {
    case .scale(let meter): meter.generation
    case .run(let meter): meter.generation
    case .counter(let meter): meter.generation
    }
  }

  /// Takes a reading of its own kind; others are ignored, for the configuration has checked the wiring.
  public mutating func apply(_ reading: Reading, into facts: inout [Fact]) {
    switch self {
    case .scale(var meter):
      meter.take(reading, into: &facts)
      self = .scale(meter)
    case .run(var meter):
      meter.take(reading, into: &facts)
      self = .run(meter)
    case .counter(var meter):
      meter.take(reading, into: &facts)
      self = .counter(meter)
    }
  }

  public mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    switch self {
    case .scale(var meter):
      meter.tick(now, into: &facts)
      self = .scale(meter)
    case .run(var meter):
      meter.tick(now, into: &facts)
      self = .run(meter)
    case .counter(var meter):
      meter.tick(now, into: &facts)
      self = .counter(meter)
    }
  }

  /// What the machine at a scale does, `nil` where nothing watches it; nothing to other meters.
  public mutating func note(_ machine: MachineState?, at moment: Moment) {
    guard case .scale(var meter) = self else { return }
    meter.note(
      isWorking: machine.map { $0 == .running }, isIdle: machine.map { $0 == .idle || $0.isEnded }, at: moment
    )
    self = .scale(meter)
  }

  public mutating func charge(_ account: Account, at moment: Moment, into facts: inout [Fact]) {
    switch self {
    case .scale(var meter):
      meter.charge(account, at: moment, into: &facts)
      self = .scale(meter)
    case .run(var meter):
      meter.charge(account, at: moment, into: &facts)
      self = .run(meter)
    case .counter(var meter):
      meter.charge(account, at: moment, into: &facts)
      self = .counter(meter)
    }
  }

  /// Run time ends where the run ends; only cumulative meters have something to wait for.
  public mutating func settle(_ run: RunID, at moment: Moment, into facts: inout [Fact]) {
    switch self {
    case .scale(var meter):
      meter.settle(run, at: moment, into: &facts)
      self = .scale(meter)
    case .run(var meter):
      if meter.account.run == run { meter.charge(.nobody, at: moment, into: &facts) }
      self = .run(meter)
    case .counter(var meter):
      meter.settle(run, at: moment, into: &facts)
      self = .counter(meter)
    }
  }

  /// After a restart, once, before anything else.
  ///
  /// - Parameter lastAlive: when the daemon last was; `nil`: nobody knows, and all since the
  ///   checkpoint's own last reading is unknown.
  public mutating func resume(lastAlive: Moment?, into facts: inout [Fact]) {
    switch self {
    case .scale(var meter):
      meter.resume(lastAlive: lastAlive)
      self = .scale(meter)
    case .run(var meter):
      meter.resume(lastAlive: lastAlive, into: &facts)
      self = .run(meter)
    case .counter(var meter):
      meter.resume(lastAlive: lastAlive)
      self = .counter(meter)
    }
  }
}

extension ScaleMeter {
  fileprivate mutating func take(_ reading: Reading, into facts: inout [Fact]) {
    switch reading.value {
    case .weight(let mass, let stable): apply(mass, stable: stable, at: reading.at, into: &facts)
    case .rejected(.offline): disconnect()
    case .rejected: reject()
    case .state, .energy, .power, .count, .action, .task: break
    }
  }
}

extension RunMeter {
  fileprivate mutating func take(_ reading: Reading, into facts: inout [Fact]) {
    switch reading.value {
    case .state(let state): apply(state, at: reading.at, into: &facts)
    case .count(let milliseconds) where reading.channel.kind == .runningTime:
      count(.milliseconds(milliseconds), at: reading.at, into: &facts)
    case .rejected where reading.channel.kind == .runningTime: break
    case .rejected(.offline): disconnect(at: reading.at, into: &facts)
    case .rejected(let rejection): reject(rejection, at: reading.at, into: &facts)
    case .weight, .energy, .power, .count, .action, .task: break
    }
  }
}

extension CounterMeter {
  fileprivate mutating func take(_ reading: Reading, into facts: inout [Fact]) {
    switch reading.value {
    case .energy(let energy): apply(energy.base, at: reading.at, into: &facts)
    case .count(let count): apply(count, at: reading.at, into: &facts)
    case .rejected(.offline): disconnect()
    case .rejected: reject()
    case .weight, .state, .power, .action, .task: break
    }
  }
}
