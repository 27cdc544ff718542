public import Measures

/// How a shop bills before and beside the completion of a job.
public struct BillingRules: Hashable, Sendable, Codable {
  /// Percent of each progress draw that the customer keeps until it is released; the customer's own wins.
  public var retainage: Decimal
  /// The phases of the work, in their order, and how many percent of the whole each is.
  public var phases: [Phase]
  /// The tax that a deposit is under; `nil`: it is a balance, and not subject to tax.
  public var depositTax: TaxID?

  public struct Phase: Hashable, Sendable, Codable {
    public let name: String
    public let percent: Decimal

    public init(name: String, percent: Decimal) {
      self.name = name
      self.percent = percent
    }
  }

  public init(retainage: Decimal = .zero, phases: [Phase] = [], depositTax: TaxID? = nil) {
    self.retainage = retainage
    self.phases = phases
    self.depositTax = depositTax
  }
}
