internal import Measures

/// The meters of one work center, played a recording: what the daemon would have made of it.
///
/// They tick each second, as in the daemon, and the scales are told what the machine does.
public struct Trial: Sendable {
  private var meters: [Meter]
  private var now: Moment?
  /// Of the events.
  private var newest: Moment?
  /// What the scales were told that the machine does.
  private var told: MachineState?
  public private(set) var facts: [Fact] = []

  /// - Parameter meters: one for each channel that the recording reads, so that a run begun before the first reading
  ///   knows them.
  public init(meters: [Meter]) { self.meters = meters }

  /// Lets time pass up to the event, and takes it. One that comes late is taken now.
  public mutating func take(_ event: TrialEvent) {
    pass(to: event.at)
    newest = max(newest ?? event.at, event.at)
    for index in meters.indices {
      switch event {
      case .reading(let reading) where meters[index].takes(reading.channel):
        meters[index].apply(reading, into: &facts)
      case .reading: break
      case .charged(let channel, let account, let at):
        guard channel == nil || channel == meters[index].channel else { continue }
        meters[index].charge(account, at: at, into: &facts)
      case .closed(let id, let at): meters[index].settle(id, at: at, into: &facts)
      }
    }
    tellScales(at: event.at)
  }

  /// The recording is over: what is still open is charged up to here, and what was closed settles.
  public mutating func finish() {
    guard let last = newest else { return }
    let settling = meters.filter { !$0.isSettled }
    for index in meters.indices where meters[index].isSettled {
      meters[index].charge(.nobody, at: last, into: &facts)
    }
    // Nothing more is heard, so no machine goes on.
    meters = settling
    pass(to: last.advanced(by: Meter.settleLimit + .seconds(1)))
    for index in meters.indices { meters[index].charge(.nobody, at: now ?? last, into: &facts) }
  }

  private mutating func pass(to moment: Moment) {
    guard let before = now, before.boot == moment.boot else {
      now = moment
      return
    }
    var tick = before.advanced(by: .seconds(1))
    while tick < moment {
      for index in meters.indices { meters[index].tick(tick, into: &facts) }
      tellScales(at: tick)
      now = tick
      tick = tick.advanced(by: .seconds(1))
    }
  }

  /// A scale bridges only while its machine works; what is unknown from the beginning is not told.
  private mutating func tellScales(at moment: Moment) {
    for case .run(let machine) in meters where machine.state != told {
      guard told != nil || machine.state != .unknown else { continue }
      told = machine.state
      for index in meters.indices { meters[index].note(told, at: moment) }
    }
  }
}
