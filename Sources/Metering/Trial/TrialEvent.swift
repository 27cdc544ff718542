public import Measures

/// What happens in a recording: readings of one work center, and the runs that were open meanwhile.
public enum TrialEvent: Hashable, Sendable {
  case reading(Reading)
  /// To whom use is charged from here on, on one channel or on all.
  case charged(ChannelID?, Account, at: Moment)
  case closed(RunID, at: Moment)

  public var at: Moment {
    switch self {
    case .reading(let reading): reading.at
    case .charged(_, _, let at), .closed(_, let at): at
    }
  }
}
