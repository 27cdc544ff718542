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
    modify { scale, run, counter in
      switch reading.value {
      case .weight(let mass, let stable): scale?.apply(mass, stable: stable, at: reading.at, into: &facts)
      case .state(let state): run?.apply(state, at: reading.at, into: &facts)
      case .energy(let energy): counter?.apply(energy.base, at: reading.at, into: &facts)
      case .count(let count): counter?.apply(count, at: reading.at, into: &facts)
      case .rejected(.offline):
        scale?.disconnect()
        run?.disconnect(at: reading.at, into: &facts)
        counter?.disconnect()
      case .rejected: scale?.reject()
      case .power, .action: break
      }
    }
  }

  public mutating func tick(_ now: Moment, into facts: inout [Fact]) {
    modify { scale, run, counter in
      scale?.tick(now, into: &facts)
      run?.tick(now, into: &facts)
      counter?.tick(now, into: &facts)
    }
  }

  public mutating func charge(_ account: Account, at moment: Moment, into facts: inout [Fact]) {
    modify { scale, run, counter in
      scale?.charge(account, at: moment, into: &facts)
      run?.charge(account, at: moment, into: &facts)
      counter?.charge(account, at: moment, into: &facts)
    }
  }

  /// Run time ends where the run ends; only cumulative meters have something to wait for.
  public mutating func settle(_ run: RunID, at moment: Moment, into facts: inout [Fact]) {
    modify { scale, runMeter, counter in
      scale?.settle(run, at: moment, into: &facts)
      runMeter?.charge(.nobody, at: moment, into: &facts)
      counter?.settle(run, at: moment, into: &facts)
    }
  }

  public mutating func resume(lastAlive: Moment, into facts: inout [Fact]) {
    modify { scale, run, counter in
      scale?.resume(lastAlive: lastAlive)
      run?.resume(lastAlive: lastAlive, into: &facts)
      counter?.resume(lastAlive: lastAlive)
    }
  }

  private mutating func modify(_ body: (inout ScaleMeter?, inout RunMeter?, inout CounterMeter?) -> Void) {
    var scale: ScaleMeter?
    var run: RunMeter?
    var counter: CounterMeter?
    switch self {
    case .scale(let meter): scale = meter
    case .run(let meter): run = meter
    case .counter(let meter): counter = meter
    }
    body(&scale, &run, &counter)
    if let scale {
      self = .scale(scale)
    } else if let run {
      self = .run(run)
    } else if let counter {
      self = .counter(counter)
    }
  }
}
