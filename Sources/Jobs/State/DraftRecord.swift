public import Measures
public import Metering

/// A draft as the job remembers it; its bytes are in the outbox.
public struct DraftRecord: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case invoice, credit, deposit, progress
    case retainageRelease = "retainage_release"

    /// Billed before the invoice, which takes it off.
    public var isInstallment: Bool { self == .deposit || self == .progress }
    /// For people.
    public var words: String {
      switch self {
      case .invoice, .credit, .deposit: rawValue
      case .progress: "progress draw"
      case .retainageRelease: "release of retainage"
      }
    }
  }
  public enum State: String, Hashable, Sendable, Codable, CaseIterable {
    case pending, accepted, rejected, superseded
    /// Accepted once, and taken back by a credit; or void, and another draft is in its place.
    case credited
  }

  public let id: DraftID
  public let revision: Int
  /// Gapless per series, one per revision.
  public let sequence: Int64
  public let kind: Kind
  public let emittedAt: WallTime
  public var state = State.pending
  public let payable: Money
  /// Of a draw: what the customer keeps until it is released.
  public let retainage: Money
  /// Deposits and draws that it took off.
  public let applied: [AppliedInstallment]
  /// Of a draw: the phase that it bills.
  public let phase: String?
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

  /// It counts, or may yet: neither refused nor replaced nor taken back.
  public var isLive: Bool { (state == .accepted || state == .pending) && payment != .void }
  /// What it bills, with tax.
  public var taxInclusive: Money { taxes.reduce(.zero) { $0 + $1.taxable + $1.tax } }
  /// Billing accepted it, be it credited since.
  var isTaken: Bool { state == .accepted || state == .credited }

  public init(
    id: DraftID, revision: Int, sequence: Int64, kind: Kind, emittedAt: WallTime, payable: Money,
    taxes: [TaxSummary],
    lines: [BilledLine], supersedes: DraftID?, retainage: Money = .zero,
    applied: [AppliedInstallment] = [], phase: String? = nil
  ) {
    self.id = id
    self.revision = revision
    self.sequence = sequence
    self.kind = kind
    self.emittedAt = emittedAt
    self.payable = payable
    self.taxes = taxes
    self.lines = lines
    self.supersedes = supersedes
    self.retainage = retainage
    self.applied = applied
    self.phase = phase
  }
}

/// A deposit or a draw that an invoice takes off what is to pay.
public struct AppliedInstallment: Hashable, Sendable, Codable {
  public let draft: DraftID
  public let revision: Int
  public let kind: DraftRecord.Kind
  /// With tax; of a draw also what is withheld of it, which is released by itself.
  public let amount: Money

  public init(draft: DraftID, revision: Int, kind: DraftRecord.Kind, amount: Money) {
    self.draft = draft
    self.revision = revision
    self.kind = kind
    self.amount = amount
  }
}

/// A line of a draft as the job remembers it.
public struct BilledLine: Hashable, Sendable, Codable {
  /// `L1`.
  public let id: String
  public let kind: LineKind
  /// What the price list calls it: `material.pla-black`.
  public let key: String
  /// What it comes from, measured or timed by hand.
  public let runs: [RunID]
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
  /// With the tax, where prices have it in them: the net of one line depends on the others of its draft.
  public let gross: Money?
  /// Where it comes from; `nil` of labor, of services and of what was noted by hand.
  public let places: [BilledPlace]?

  public init(
    id: String, kind: LineKind, key: String, runs: [RunID], part: PartID?, name: String, quantity: Decimal,
    unit: BillingUnit, unitPrice: Decimal,
    net: Money, tax: Int, taxCode: TaxID?, taxReason: String?, gross: Money? = nil,
    places: [BilledPlace]? = nil
  ) {
    self.id = id
    self.kind = kind
    self.key = key
    self.runs = runs
    self.part = part
    self.name = name
    self.quantity = quantity
    self.unit = unit
    self.unitPrice = unitPrice
    self.net = net
    self.tax = tax
    self.taxCode = taxCode
    self.taxReason = taxReason
    self.gross = gross
    self.places = places
  }

  /// Whether it bills the same, be it another line of another draft.
  ///
  /// Its net, and the price that it is stated by, may differ by a minor unit where the prices have the tax in them.
  public func bills(_ other: BilledLine) -> Bool {
    kind == other.kind && key == other.key && runs == other.runs && part == other.part && name == other.name
      && quantity == other.quantity && unit == other.unit && taxCode == other.taxCode
      && taxReason == other.taxReason && gross == other.gross
      && (gross != nil || (net == other.net && unitPrice == other.unitPrice))
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
