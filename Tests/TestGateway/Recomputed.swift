public import Contract
public import Foundation
import JSON

/// A draft's amounts, computed once more from what it states, by other arithmetic than the program's own.
public enum Recomputed {
  /// - Returns: a sentence for everything that does not come out as stated; empty when all does.
  public static func faults(in draft: DraftView) -> [String] {
    var faults: [String] = []
    func check(_ what: String, _ stated: String, _ computed: Decimal) {
      if number(stated) != computed {
        faults.append("\(what) is stated as \(stated), but comes to \(computed)")
      }
    }
    var sums: [String: Decimal] = [:]
    var rates: [String: Decimal] = [:]
    var net = Decimal.zero
    for line in draft.lines {
      let perUnit = number(line.unitPrice) / number(line.priceBaseQuantity)
      check("\(line.id) net_amount", line.netAmount, cents(number(line.quantity) * perUnit))
      let cost = number(line.unitPrice) / (1 + number(line.markupPercent) / 100)
      check("\(line.id) cost", line.costAmount, cents(number(line.quantity) * cost))
      net += number(line.netAmount)
      sums["\(line.taxCategory) \(line.taxRate)", default: 0] += number(line.netAmount)
      rates["\(line.taxCategory) \(line.taxRate)"] = number(line.taxRate)
    }
    var tax = Decimal.zero
    for (key, sum) in sums {
      let own = cents(sum * (rates[key] ?? 0) / 100)
      tax += own
      guard let stated = draft.taxes.first(where: { "\($0.category) \($0.rate)" == key }) else {
        faults.append("the tax breakdown lacks \(key)")
        continue
      }
      check("taxable of \(key)", stated.taxable, sum)
      check("tax of \(key)", stated.tax, own)
    }
    check("lines_net", draft.totals["lines_net"] ?? "", net)
    check("tax", draft.totals["tax"] ?? "", tax)
    check("tax_exclusive", draft.totals["tax_exclusive"] ?? "", net)
    check("tax_inclusive", draft.totals["tax_inclusive"] ?? "", net + tax)
    let applied = (draft.document["deposits_applied"]?.array ?? []).compactMap { $0["amount"]?.string }
    let prepaid = applied.reduce(Decimal.zero) { $0 + number($1) }
    check("prepaid", draft.totals["prepaid"] ?? "", prepaid)
    check("payable", draft.payable, net + tax - prepaid - number(draft.totals["retainage"] ?? ""))
    return faults
  }

  /// Not a number compares unequal to everything.
  public static func number(_ text: String) -> Decimal { Decimal(string: text) ?? .nan }

  /// Half up.
  private static func cents(_ exact: Decimal) -> Decimal {
    var (exact, rounded) = (exact, Decimal())
    NSDecimalRound(&rounded, &exact, 2, .plain)
    return rounded
  }
}
