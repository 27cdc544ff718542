public import Measures
public import Metering

/// Something an operator put on a job by hand: labor, material, a service.
public struct Entry: Hashable, Sendable, Codable {
  public enum Content: Hashable, Sendable, Codable {
    /// `stoppedAt` is `nil` while the timer runs.
    case labor(operator: OperatorID, activity: ActivityID, startedAt: Moment, stoppedAt: Moment?)
    /// Minutes noted afterwards.
    case laborRecorded(operator: OperatorID, activity: ActivityID, span: Span)
    case material(part: PartID?, material: MaterialID, mass: Mass, note: String?)
    case service(ServiceOrder, quantity: Decimal)
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

/// What an operator must settle before a draft can go out, in words they can act on.
public struct Hold: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable {
    case priceMissing = "price_missing"
    case materialUnknown = "material_unknown"
    case baselineLost = "baseline_lost"
    case neverRead = "never_read"
    case gapUnsettled = "gap_unsettled"
    case clockWrong = "clock_wrong"
    case overflow
    case taxMissing = "tax_missing"
  }
  public enum Means: String, Hashable, Sendable, Codable { case accept, quantity, price }

  public let id: HoldID
  public let kind: Kind
  /// The line it is about, in the words of the draft.
  public let line: String
  public let message: String
  public let settleWith: [Means]
  /// What a price, or a quantity, that settles it may be in.
  public let units: [BillingUnit]

  public init(
    id: HoldID, kind: Kind, line: String, message: String, settleWith: [Means], units: [BillingUnit] = []
  ) {
    self.id = id
    self.kind = kind
    self.line = line
    self.message = message
    self.settleWith = settleWith
    self.units = units
  }
}

public struct SettledHold: Hashable, Sendable, Codable {
  public let settlement: HoldSettlement
  public let reason: String
  public let by: ActorID
  public let at: Moment
}
