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
    case weighing(Weighing)
    case service(ServiceOrder, quantity: Decimal)
    /// What ran or was used with no job open, put on this one.
    case usage(UsageID, part: PartID?)
    /// A point of the closeout that somebody ticked off; it costs nothing.
    case check(CheckID, reference: String?)

    /// What its line is; `nil`: it makes none.
    public var kind: LineKind? {
      switch self {
      case .labor, .laborRecorded: .labor
      case .material, .weighing: .material
      case .service: .service
      case .usage, .check: nil
      }
    }
  }

  /// Material weighed on a bench before it is used and after: what is missing was used, and what came back beyond that
  /// is a credit.
  public struct Weighing: Hashable, Sendable, Codable {
    public var part: PartID?
    public var material: MaterialID
    public var scale: DeviceID
    public var before: Mass
    /// `nil` until it was weighed again.
    public var after: Mass?

    public var used: Mass? { after.map { before - $0 } }
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
