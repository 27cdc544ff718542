/// What a price is per, with its UN/ECE Recommendation 20 code.
public enum BillingUnit: String, Hashable, Sendable, Codable, CaseIterable {
  case gram = "GRM"
  case kilogram = "KGM"
  case hour = "HUR"
  case minute = "MIN"
  case kilowattHour = "KWH"
  case piece = "C62"

  /// How it is written behind the slash in the configuration: `24.90/kg`.
  public var symbol: String {
    switch self {
    case .gram: "g"
    case .kilogram: "kg"
    case .hour: "h"
    case .minute: "min"
    case .kilowattHour: "kWh"
    case .piece: "each"
    }
  }
}

/// An exact price for one unit: `24.90/kg`, `6.00/h`, `0.21/kWh`, `35.00` (each).
public struct Price: Hashable, Sendable, Codable, CustomStringConvertible {
  public let amount: Decimal
  public let unit: BillingUnit

  public init(_ amount: Decimal, per unit: BillingUnit) {
    self.amount = amount
    self.unit = unit
  }

  /// Reads `AMOUNT/UNIT`, or `AMOUNT` alone for a price each. Negative prices are refused.
  public init?(text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let amount = Decimal(first), !amount.isNegative else { return nil }
    self.amount = amount
    guard parts.count == 2 else {
      unit = .piece
      return
    }
    guard let unit = BillingUnit.allCases.first(where: { $0.symbol == parts[1] }) else { return nil }
    self.unit = unit
  }

  public var description: String { unit == .piece ? "\(amount)" : "\(amount)/\(unit.symbol)" }
}
