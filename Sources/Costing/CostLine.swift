public import Jobs
public import Measures
public import Metering

/// One line of a draft with its quantity, price, amount and evidence.
public struct CostLine: Hashable, Sendable {
  /// How well it is known; a line's worst part decides.
  public enum Quality: String, Hashable, Sendable, Comparable, CaseIterable {
    case measured
    case manual
    case measuredWithGap = "measured_with_gap"
    case estimated

    public static func < (left: Quality, right: Quality) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// Where a quantity comes from.
  public enum Evidence: Hashable, Sendable {
    case measured(MeasuredEvidence)
    case noted(by: String, at: Moment, note: String)
    /// Somebody settled what held the line.
    case settled(HoldID, SettledHold)

    var isSettlement: Bool { if case .settled = self { true } else { false } }
  }

  public var id: String
  public var job: JobID
  public var kind: LineKind
  /// What the price list calls it: `material.pla-black`.
  public var key: String
  public var part: PartID?
  public var name: String
  /// What is billed, in `unit`, at most six decimals.
  public var quantity: Decimal
  /// What was measured, where that is not what is billed.
  public var measuredQuantity: Decimal?
  public var estimatedQuantity: Decimal?
  /// What a hand took from the scale in mid-run, in `unit`: nobody's use, and not in `quantity`.
  public var removedQuantity: Decimal?
  /// How far off `quantity` may be, either way, in `unit`: by how the scale drifted while nothing was used.
  public var uncertainty: Decimal?
  public var unit: BillingUnit
  /// Markup included; for `priceBaseQuantity` units.
  public var unitPrice: Decimal
  public var priceBaseQuantity: Decimal
  /// `quantity` × `unitPrice` ÷ `priceBaseQuantity`, rounded once.
  public var netAmount: Money
  /// What the customer pays, where prices are with tax.
  public var taxIncluded: TaxIncluded?
  public var tax: LineTax
  public var cost: Cost
  public var quality: Quality
  public var gaps: [Gap]
  public var flags: [String]
  public var evidence: [Evidence]
  /// Those that it comes from, each once: of time by hand too, which has no evidence of a device.
  public var runs: [RunID] = []
  /// Where it comes from, each once; nowhere of labor, of services and of what was noted by hand.
  public var places: [BilledPlace] = []
  /// Of a credit: the line that it takes back.
  public var credits: CreditedLine?
}

/// A price and an amount with the tax in them, as the price list has them.
public struct TaxIncluded: Hashable, Sendable {
  public let unitPrice: Decimal
  public let amount: Money
}

/// A line of a draft that was accepted.
public struct CreditedLine: Hashable, Sendable {
  public let draft: DraftID
  public let revision: Int
  /// `L1`.
  public let line: String
}

/// Readings behind a quantity: the journal rows of one run on one channel.
public struct MeasuredEvidence: Hashable, Sendable {
  public let run: RunID
  public let channel: ChannelID
  public let from: Moment
  public let to: Moment
  /// The readings at both ends with their unit, for a cumulative channel.
  public let first: String?
  public let last: String?
  public let segments: Int
}

public struct LineTax: Hashable, Sendable {
  public let code: TaxID?
  public let category: String
  public let rate: Decimal
  public let reason: String?
}

/// The line before markup.
public struct Cost: Hashable, Sendable {
  public let amount: Money
  public let markupPercent: Decimal
  /// `job`, `customer`, `shop` or `none`.
  public let markupFrom: String
}
