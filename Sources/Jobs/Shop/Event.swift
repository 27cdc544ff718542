public import Measures
public import Metering

/// Everything that can happen to the shop. The journal keeps these, and folding them gives the same shop.
public enum Event: Hashable, Sendable, Codable {
  /// A new state directory, or a restored one: the series that its drafts begin with.
  case founded(series: String, at: Moment)
  /// A configuration version comes into force.
  case configured(Rules, at: Moment)
  case command(Command, by: ActorID, at: Moment)
  case pressed(DeviceID, ButtonAction, at: Moment)
  case fact(Fact)
  /// A machine says what it works on.
  case tasked(WorkCenterID, TaskName, at: Moment)
  /// Time has reached `Shop.nextDeadline`, or a job is `draftable`.
  case deadline(at: Moment)
  /// Billing answered for a revision whose hash was right.
  case acknowledged(DraftID, revision: Int, Acknowledgment, at: Moment)
  case billingStatus(BillingStatus, at: Moment)
  /// In the shop's time zone it is now this day.
  case dayBegan(Day, at: Moment)

  public var at: Moment {
    switch self {
    case .founded(_, let at), .configured(_, let at), .command(_, _, let at), .pressed(_, _, let at),
      .tasked(_, _, let at), .deadline(let at), .acknowledged(_, _, _, let at), .billingStatus(_, let at),
      .dayBegan(_, let at):
      at
    case .fact(let fact): fact.at
    }
  }
}

public enum Acknowledgment: Hashable, Sendable, Codable {
  case accepted(reference: String?)
  case rejected(reason: String?)
}

/// What the billing service reports about a draft later on.
public struct BillingStatus: Hashable, Sendable, Codable {
  public let draft: DraftID
  /// Which revision of it, where billing says so; otherwise the one that it holds.
  public let revision: Int?
  public let state: String
  public let event: String
  /// When billing saw it, by its own clock: what was seen before the newest state applied comes too late.
  public let observedAt: WallTime

  public init(draft: DraftID, revision: Int? = nil, state: String, event: String, observedAt: WallTime) {
    self.draft = draft
    self.revision = revision
    self.state = state
    self.event = event
    self.observedAt = observedAt
  }
}

/// What the shop wants done; the engine does it after the commit, but for meters, which answer with facts
/// within the same batch.
public enum Effect: Hashable, Sendable {
  /// Exactly one of these two for every command.
  case replied(Receipt)
  case refused(Refusal)
  case charge(ChannelID, Account, at: Moment)
  case settle(ChannelID, RunID, at: Moment)
  /// A button's outcome, to be shown where the operator stands.
  case answered(WorkCenterID, LastAction)
  case usage(UsageID)
  case raised(AlarmID)
  /// What was rejected waits for its answer again.
  case resend(DraftID, revision: Int)
  /// Billing is sent it once more, as it stands: what was accepted stays so, whatever comes back.
  case again(DraftID, revision: Int)
  /// An earlier revision was accepted late: this one is not sent any more.
  case superseded(DraftID, revision: Int)
  /// Billing is to be told what stands.
  case ledger
}
