import Costing
import Jobs
import Measures

extension ExpectedInstallment {
  /// In what a deposit, a draw or a release is not as it should be.
  func differences(from draft: InvoiceDraft) -> [String] {
    var found: [String] = []
    let shown = draft.lines.map { line in
      ExpectedTax(
        group: ExpectedTax.Group(category: line.tax.category, rate: line.tax.rate),
        taxable: line.netAmount.base,
        tax: (line.taxIncluded?.amount.base ?? 0) - line.netAmount.base)
    }
    if shown != lines { found.append("the lines of the \(draft.kind) are \(shown), not \(lines)") }
    let taxes = draft.taxes.map {
      ExpectedTax(
        group: ExpectedTax.Group(category: $0.category, rate: $0.rate), taxable: $0.taxable.base,
        tax: $0.tax.base)
    }
    if taxes != lines { found.append("the taxes of the \(draft.kind) are \(taxes), not \(lines)") }
    let totals = draft.totals
    if totals.taxInclusive.base != withTax || totals.retainage.base != retainage
      || totals.payable.base != withTax - retainage || totals.prepaid != .zero
    {
      found.append("the totals of the \(draft.kind) are \(totals), not \(withTax) less \(retainage)")
    }
    return found
  }
}
