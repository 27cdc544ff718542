import Costing
import Jobs
import Measures

extension InvoiceDraft {
  /// What there is to see in it: a test that claims to know it all must have seen all of these.
  var sights: Set<String> {
    var sights: Set<String> = [kind.rawValue, "a currency of \(currency.minorDigits) decimals"]
    func see(_ what: String, _ isThere: Bool) { if isThere { sights.insert(what) } }
    see("taxes of three rates", taxes.count >= 3)
    see("something taken off", totals.prepaid > .zero)
    see("nothing left to pay", totals.payable == .zero && totals.prepaid > .zero)
    see("something kept", totals.retainage > .zero)
    for line in lines where kind == .invoice {
      see(line.kind.rawValue, true)
      see("tax inside", line.taxIncluded != nil)
      see("tax on top", line.taxIncluded == nil && line.tax.rate > .zero)
      see("no tax named", line.tax.code == nil)
      see("markup of the \(line.cost.markupFrom)", true)
      see("billed in part", line.flags.contains { $0.hasPrefix("outcome_") } && line.measuredQuantity != nil)
      see("rounded up", line.kind == .machine && line.measuredQuantity != nil && line.flags.isEmpty)
      see("a plate", line.flags.contains("shared_plate"))
      see("a price settled", line.flags.contains("price_settled_by_hand"))
    }
    return sights
  }

  static let allSights: Set<String> = Set(LineKind.allCases.map(\.rawValue))
    .union(DraftRecord.Kind.allCases.map(\.rawValue))
    .union([0, 2, 3].map { "a currency of \($0) decimals" })
    .union(["none", "shop", "customer", "job"].map { "markup of the \($0)" })
    .union([
      "taxes of three rates", "something taken off", "nothing left to pay", "something kept", "tax inside",
      "tax on top", "no tax named", "billed in part", "rounded up", "a plate", "a price settled",
    ])
}
