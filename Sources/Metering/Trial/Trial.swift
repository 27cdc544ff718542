internal import Measures

/// The meters of one work center, played a recording: what the daemon would have made of it.
///
/// A meter for each channel that the recording reads; they tick each second, as in the daemon.
public struct Trial: Sendable {
  /// What each kind of meter is to know.
  public struct Parameters: Hashable, Sendable {
    public var scale: ScaleParameters
    public var run: RunParameters
    public var counter: CounterParameters

    public init(scale: ScaleParameters, run: RunParameters, counter: CounterParameters) {
      self.scale = scale
      self.run = run
      self.counter = counter
    }
  }

  private var meters: [Meter] = []
  private var now: Moment?
  public private(set) var facts: [Fact] = []

  /// - Parameter channels: all that the recording reads, so that a run begun before the first reading knows them.
  public init(channels: [ChannelID], parameters: Parameters) {
    for channel in channels {
      switch channel.kind {
      case .weight: meters.append(.scale(ScaleMeter(channel: channel, parameters: parameters.scale)))
      case .runState: meters.append(.run(RunMeter(channel: channel, parameters: parameters.run)))
      case .energy, .materialUsed, .pieces:
        meters.append(.counter(CounterMeter(channel: channel, parameters: parameters.counter)))
      case .power, .action, .task: break
      }
    }
  }

  /// Lets time pass up to the event, and takes it. One that comes late is taken now.
  public mutating func take(_ event: TrialEvent) {
    pass(to: event.at)
    let known = facts.count
    for index in meters.indices {
      switch event {
      case .reading(let reading) where reading.channel == meters[index].channel:
        meters[index].apply(reading, into: &facts)
      case .reading: break
      case .opened(let id, let at): meters[index].charge(Account(run: id), at: at, into: &facts)
      case .closed(let id, let at): meters[index].settle(id, at: at, into: &facts)
      }
    }
    tellScales(since: known)
  }

  /// The recording is over: what was closed settles, and what is still open is charged up to here.
  public mutating func finish() {
    guard let last = now else { return }
    pass(to: last.advanced(by: Meter.settleLimit + .seconds(1)))
    for index in meters.indices { meters[index].charge(.nobody, at: now ?? last, into: &facts) }
  }

  private mutating func pass(to moment: Moment) {
    guard var tick = now?.advanced(by: .seconds(1)) else {
      now = moment
      return
    }
    while tick < moment {
      let known = facts.count
      for index in meters.indices { meters[index].tick(tick, into: &facts) }
      tellScales(since: known)
      now = tick
      tick = tick.advanced(by: .seconds(1))
    }
  }

  /// A scale bridges only while its machine works.
  private mutating func tellScales(since known: Int) {
    for case .changed(_, _, let state, let at) in facts[known...] {
      for index in meters.indices { meters[index].note(isWorking: state == .running, at: at) }
    }
  }
}
