public import Measures

/// What metering concluded from readings: the only thing it hands on, and what the journal keeps.
public enum Fact: Hashable, Sendable, Codable {
  case segment(Segment)
  case stretch(Stretch)
  /// A machine went from one state to another, seen live.
  case changed(ChannelID, from: MachineState, to: MachineState, at: Moment)
  /// The load on a scale changed by hand: positive is more.
  case loaded(ChannelID, by: Mass, at: Moment)
  /// Nothing more will come on this channel for that run.
  case settled(ChannelID, run: RunID, at: Moment)

  public var at: Moment {
    switch self {
    case .segment(let segment): segment.to
    case .stretch(let stretch): stretch.to
    case .changed(_, _, _, let at), .loaded(_, _, let at), .settled(_, _, let at): at
    }
  }

  public var channel: ChannelID {
    switch self {
    case .segment(let segment): segment.channel
    case .stretch(let stretch): stretch.channel
    case .changed(let channel, _, _, _), .loaded(let channel, _, _), .settled(let channel, _, _): channel
    }
  }

  /// The run it belongs to: what the journal files it under.
  public var run: RunID? {
    switch self {
    case .segment(let segment): segment.account.run
    case .stretch(let stretch): stretch.account.run
    case .settled(_, let run, _): run
    case .changed, .loaded: nil
    }
  }
}
