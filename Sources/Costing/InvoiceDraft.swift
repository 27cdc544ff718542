public import Jobs
public import Measures
internal import Metering

/// An invoice draft, complete but for its hash and its place in the audit chain.
public struct InvoiceDraft: Hashable, Sendable {
  public let series: String
  public let id: DraftID
  public let revision: Int
  public let sequence: Int64
  public let kind: DraftRecord.Kind
  public let supersedes: DraftID?
  public let emittedAt: Moment
  public let jobs: [JobHeader]
  public let customer: Customer
  public let currency: Currency
  public let delivery: Customer.Delivery
  public let content: Content

  /// What it bills.
  public struct Content: Hashable, Sendable {
    /// What each of its jobs has of it: one, but for a batch.
    public var shares: [JobShare]
    public var taxes: [TaxSummary]
    public var totals: Totals
    public var notes: [String] = []
    /// Of a draw by phase.
    public var phase: String?

    public var lines: [CostLine] { shares.flatMap(\.lines) }
    /// Deposits and draws that it takes off; their sum is `totals.prepaid`.
    public var installments: [AppliedInstallment] { shares.flatMap(\.applied) }
  }

  public var lines: [CostLine] { content.lines }
  public var taxes: [TaxSummary] { content.taxes }
  public var totals: Totals { content.totals }
  public var notes: [String] { content.notes }

  public struct JobHeader: Hashable, Sendable {
    public let id: JobID
    public let title: String?
    public let orderRef: String?
    public let poNumber: String?
    public let startedAt: Moment?
    public let completedAt: Moment?
  }

  /// What each of its jobs remembers of it; of a batch its own share.
  public var records: [JobID: DraftRecord] {
    Dictionary(uniqueKeysWithValues: content.shares.map { ($0.job, record(of: $0)) })
  }

  private func record(of share: JobShare) -> DraftRecord {
    // Nothing is withheld of an invoice, and a draw is of one job.
    let retainage = content.shares.count == 1 ? totals.retainage : .zero
    let prepaid = share.applied.reduce(Money.zero) { $0 + $1.amount }
    return DraftRecord(
      id: id, revision: revision, sequence: sequence, kind: kind, emittedAt: emittedAt.wall,
      payable: share.taxInclusive - prepaid - retainage, taxes: share.taxes,
      lines: kind == .credit ? [] : share.lines.map { $0.billed(under: share.taxes) }, supersedes: supersedes,
      retainage: retainage, applied: share.applied, phase: content.phase)
  }
}

extension CostLine {
  /// What a job remembers of it.
  func billed(under taxes: [TaxSummary]) -> BilledLine {
    BilledLine(
      id: id, kind: kind, key: key, runs: runs, part: part, name: name, quantity: quantity, unit: unit,
      unitPrice: unitPrice, net: netAmount,
      tax: taxes.firstIndex { $0.category == tax.category && $0.rate == tax.rate } ?? 0, taxCode: tax.code,
      taxReason: tax.reason, gross: taxIncluded?.amount, places: places.isEmpty ? nil : places)
  }
}

/// Document totals by the rules of EN 16931 (BR-CO-10 to BR-CO-16).
public struct Totals: Hashable, Sendable {
  /// Sum of the lines' net amounts (BT-106).
  public let linesNet: Money
  public let allowances: Money
  public let charges: Money
  /// `linesNet` − allowances + charges (BT-109).
  public let taxExclusive: Money
  /// Sum of the tax amounts (BT-110).
  public let tax: Money
  /// `taxExclusive` + tax (BT-112).
  public let taxInclusive: Money
  /// What deposits and draws billed before. EN 16931 has one amount for both of these (BT-113).
  public let prepaid: Money
  /// What the customer keeps until it is released.
  public let retainage: Money
  /// `taxInclusive` − prepaid − retainage (BT-115).
  public let payable: Money

  /// - Returns: `nil` if a sum leaves the range: money is never clamped.
  init?(linesNet lines: [Money], taxes: [Money], prepaid: Money = .zero, retainage: Money = .zero) {
    guard let linesNet = Money.sum(lines), let tax = Money.sum(taxes), let total = Money.sum([linesNet, tax])
    else {
      return nil
    }
    self.linesNet = linesNet
    allowances = .zero
    charges = .zero
    taxExclusive = linesNet
    self.tax = tax
    taxInclusive = total
    self.prepaid = prepaid
    self.retainage = retainage
    // Neither is more than what is billed.
    payable = total - prepaid - retainage
  }
}

extension Money {
  /// The exact sum; `nil` on overflow, where `+` would clamp.
  static func sum(_ amounts: [Money]) -> Money? {
    let exact = amounts.reduce(Int128(0)) { $0 + Int128($1.base) }
    return Int64(exactly: exact).map(Money.init(minorUnits:))
  }
}
