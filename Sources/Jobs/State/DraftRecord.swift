public import Measures

/// A draft as the job remembers it; its bytes are in the outbox.
public struct DraftRecord: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable { case invoice, credit }
  public enum State: String, Hashable, Sendable, Codable {
    case pending, accepted, rejected, superseded
    /// Accepted once, and taken back by a credit; or void, and another draft is in its place.
    case credited
  }

  public let id: DraftID
  public let revision: Int
  /// Gapless per series, one per revision.
  public let sequence: Int64
  public let kind: Kind
  public var state = State.pending
  public let payable: Money
  /// Per tax, as a credit takes them back: `lines` say which each is under.
  public let taxes: [TaxSummary]
  /// What it bills, so that a credit can take it back line by line, and nothing is sent that says the same again.
  public let lines: [BilledLine]
  public let supersedes: DraftID?
  /// What the billing service calls it, or why it refused it.
  public var reference: String?
  public var reason: String?
  public var payment: BillingState?
  /// When billing saw that state of payment, by its own clock.
  public var paymentObservedAt: WallTime?
  /// The newest events of `billing/status`, each applied once.
  public var events: [String] = []

  /// Billing accepted it, be it credited since.
  var isTaken: Bool { state == .accepted || state == .credited }

  public init(
    id: DraftID, revision: Int, sequence: Int64, kind: Kind, payable: Money, taxes: [TaxSummary],
    lines: [BilledLine], supersedes: DraftID?
  ) {
    self.id = id
    self.revision = revision
    self.sequence = sequence
    self.kind = kind
    self.payable = payable
    self.taxes = taxes
    self.lines = lines
    self.supersedes = supersedes
  }
}

/// A line of a draft as the job remembers it.
public struct BilledLine: Hashable, Sendable, Codable {
  /// `L1`.
  public let id: String
  public let part: PartID?
  public let name: String
  public let quantity: Decimal
  public let unit: BillingUnit
  public let unitPrice: Decimal
  public let net: Money
  /// Which of the draft's `taxes` it is under.
  public let tax: Int
  /// Its own: those `taxes` are by category and rate, which lines of different codes and reasons may share.
  public let taxCode: TaxID?
  public let taxReason: String?

  public init(
    id: String, part: PartID?, name: String, quantity: Decimal, unit: BillingUnit, unitPrice: Decimal,
    net: Money, tax: Int, taxCode: TaxID?, taxReason: String?
  ) {
    self.id = id
    self.part = part
    self.name = name
    self.quantity = quantity
    self.unit = unit
    self.unitPrice = unitPrice
    self.net = net
    self.tax = tax
    self.taxCode = taxCode
    self.taxReason = taxReason
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
