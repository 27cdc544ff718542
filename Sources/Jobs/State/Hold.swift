public import Measures
internal import Metering

/// What an operator must settle before a draft can go out, in words they can act on.
public struct Hold: Hashable, Sendable, Codable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    case priceMissing = "price_missing"
    case materialUnknown = "material_unknown"
    case baselineLost = "baseline_lost"
    case neverRead = "never_read"
    case gapUnsettled = "gap_unsettled"
    case weighingOpen = "weighing_open"
    case clockWrong = "clock_wrong"
    case overflow
    case taxMissing = "tax_missing"
    case depositExceeds = "deposit_exceeds"
    case negativeResult = "negative_result"
  }
  public enum Means: String, Hashable, Sendable, Codable, CaseIterable { case accept, quantity, price }

  public let id: HoldID
  public let kind: Kind
  /// The line it is about, in the words of the draft.
  public let line: String
  public let message: String
  public let settleWith: [Means]
  /// What a price, or a quantity, that settles it may be in.
  public let units: [BillingUnit]
  /// What a quantity that settles it stands for, and how much that may be.
  public let doubt: Doubt?

  public init(
    id: HoldID, kind: Kind, line: String, message: String, settleWith: [Means], units: [BillingUnit] = [],
    doubt: Doubt? = nil
  ) {
    self.id = id
    self.kind = kind
    self.line = line
    self.message = message
    self.settleWith = settleWith
    self.units = units
    self.doubt = doubt
  }
}

/// What somebody gave as the reason for a command that corrects.
public struct Remark: Hashable, Sendable, Codable {
  public let reason: String
  public let by: ActorID
  public let at: Moment
}

/// Who settled a hold, when, with what and why.
public struct SettledHold: Hashable, Sendable, Codable {
  public let settlement: HoldSettlement
  public let reason: String
  public let by: ActorID
  public let at: Moment
}

extension HoldSettlement {
  /// As an operator would give it, to the last digit: `accept`, `12.834 s`, `45 min`, `20 g`, `24.90/kg`.
  public func text(in currency: Currency) -> String {
    switch self {
    case .accept: return "accept"
    case .mass(let mass): return mass.description
    case .span(let span):
      let minutes = span.milliseconds / 60_000
      return minutes > 0 && span == .minutes(minutes) ? "\(minutes) min" : "\(span.seconds) s"
    case .price(let price):
      let amount = price.amount.text(minimumFractionDigits: currency.minorDigits)
      return price.unit == .piece ? amount : "\(amount)/\(price.unit.symbol)"
    }
  }
}
