public import Measures
public import Metering

/// Something an operator put on a job by hand: labor, material, a service, usage that was nobody's.
public struct Entry: Hashable, Sendable, Codable {
  public enum Content: Hashable, Sendable, Codable {
    /// `stoppedAt` is `nil` while the timer runs.
    case labor(operator: OperatorID, activity: ActivityID, startedAt: Moment, stoppedAt: Moment?)
    /// Minutes noted afterwards.
    case laborRecorded(operator: OperatorID, activity: ActivityID, span: Span)
    case material(part: PartID?, material: MaterialID, mass: Mass, note: String?)
    case service(ServiceOrder, quantity: Decimal)
    /// What ran or was used with no job open, put on this one.
    case usage(UsageID, part: PartID?)
  }

  public let id: EntryID
  public var content: Content
  public let by: ActorID
  public let at: Moment
  public let rules: RulesVersion
  /// Why it counts no more.
  public var voided: String?

  public var isRunning: Bool {
    if case .labor(_, _, _, nil) = content { return voided == nil }
    return false
  }
}
