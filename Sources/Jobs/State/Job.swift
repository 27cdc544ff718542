public import Measures
public import Metering

/// One customer order to bill.
public struct Job: Hashable, Sendable, Codable {
  public let id: JobID
  /// As it stood when the job was created: a later change of the configuration does not rewrite it.
  public var customer: Customer
  public var title: String?
  public var orderRef: String?
  public var poNumber: String?
  /// Percent; wins over the customer's and the shop's.
  public var markup: Decimal?
  public var parts: [Part]
  /// The rules it was created under: the currency, and the shop's markup.
  public let rules: RulesVersion
  public let createdAt: Moment
  public var startedAt: Moment?
  public var completedAt: Moment?
  public var production = ProductionState.open
  public var billing = BillingState.unbilled
  public var runs: [RunID] = []
  public var entries: [Entry] = []
  public var drafts: [DraftRecord] = []
  /// What an operator must settle before it can be drafted.
  public var holds: [Hold] = []
  public var settlements: [HoldID: SettledHold] = [:]

  public var draftsIfCanceled = false
  /// What it used became unattributed usage, which happens once.
  public var isReleased = false

  init(_ order: JobOrder, customer: Customer, rules: RulesVersion, at moment: Moment) {
    id = order.job
    self.customer = customer
    title = order.title
    orderRef = order.orderRef
    poNumber = order.poNumber
    markup = order.markup
    parts = order.parts.map(Part.init)
    self.rules = rules
    createdAt = moment
  }

  /// Whether there is anything to bill.
  var hasUsage: Bool { !runs.isEmpty || entries.contains { $0.voided == nil } }
  /// Where billing stands by the standing draft alone.
  var billingOfStandingDraft: BillingState {
    guard let draft = standingDraft else { return .unbilled }
    if let payment = draft.payment { return payment }
    return switch draft.state {
    case .accepted: .accepted
    case .rejected: .rejected
    default: .drafted
    }
  }

  /// Whether billing took a revision of this draft, be it credited since.
  public func hasAccepted(_ draft: DraftID) -> Bool {
    drafts.contains { $0.id == draft && ($0.state == .accepted || $0.state == .credited) }
  }
  /// Whether this event was applied, to whichever revision.
  public func knows(_ status: BillingStatus) -> Bool {
    drafts.contains { $0.id == status.draft && $0.events.contains(status.event) }
  }

  public var isClosed: Bool { production == .complete || production == .canceled }
  /// The newest draft that stands: neither superseded nor a credit.
  public var standingDraft: DraftRecord? {
    drafts.last { $0.kind == .invoice && $0.state != .superseded && $0.state != .credited }
  }
}

/// One component of a job, made at a work center of a material.
public struct Part: Hashable, Sendable, Codable {
  public let id: PartID
  public var name: String?
  public var quantity: Int64
  public var workCenter: WorkCenterID?
  public var material: MaterialID?
  public var isComplete = false

  init(_ order: JobOrder.PartOrder) {
    id = order.part
    name = order.name
    quantity = order.quantity
    workCenter = order.workCenter
    material = order.material
  }
}

public enum ProductionState: String, Hashable, Sendable, Codable {
  case open, running, paused, complete, canceled
}

public enum BillingState: String, Hashable, Sendable, Codable {
  case unbilled, settling, held, drafted, accepted, rejected, sent, viewed
  case partiallyPaid = "partially_paid"
  case paid, overdue, void, failed
}

/// A draft as the job remembers it; its bytes are in the outbox.
public struct DraftRecord: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable { case invoice, credit }
  public enum State: String, Hashable, Sendable, Codable {
    case pending, accepted, rejected, superseded
    /// Accepted once, and taken back by a credit.
    case credited
  }

  public let id: DraftID
  public let revision: Int
  /// Gapless per series, one per revision.
  public let sequence: Int64
  public let kind: Kind
  public var state = State.pending
  public let payable: Money
  /// Per tax, so that a credit can take it back without the lines.
  public let taxes: [TaxSummary]
  public let supersedes: DraftID?
  /// What the billing service calls it, or why it refused it.
  public var reference: String?
  public var reason: String?
  public var payment: BillingState?
  /// When billing saw that state of payment, by its own clock.
  public var paymentObservedAt: WallTime?
  /// The newest events of `billing/status`, each applied once.
  public var events: [String] = []

  public init(
    id: DraftID, revision: Int, sequence: Int64, kind: Kind, payable: Money, taxes: [TaxSummary],
    supersedes: DraftID?
  ) {
    self.id = id
    self.revision = revision
    self.sequence = sequence
    self.kind = kind
    self.payable = payable
    self.taxes = taxes
    self.supersedes = supersedes
  }
}

/// One tax of a draft: what was taxed, and how much it came to (EN 16931 BG-23).
public struct TaxSummary: Hashable, Sendable, Codable {
  public let code: TaxID?
  public let category: String
  public let rate: Decimal
  public let reason: String?
  public var taxable: Money
  public var tax: Money

  public init(code: TaxID?, category: String, rate: Decimal, reason: String?, taxable: Money, tax: Money) {
    self.code = code
    self.category = category
    self.rate = rate
    self.reason = reason
    self.taxable = taxable
    self.tax = tax
  }
}
