import Costing
import Jobs
import Measures

extension InvoiceDraft {
  /// The rules of EN 16931 that it breaks, by their names; amounts in minor units.
  var breaches: [String] {
    var breaches: [String] = []
    func check(_ rule: String, _ left: Int128, _ right: Int128) {
      if left != right { breaches.append("\(id)/\(revision) breaks \(rule): \(left) is not \(right)") }
    }
    func minor(_ money: Money) -> Int128 { Int128(money.base) }
    let (lines, taxes) = (lines, taxes)
    let net = lines.reduce(Int128(0)) { $0 + minor($1.netAmount) }
    check("BR-CO-10", minor(totals.linesNet), net)
    // A draft has neither allowances nor charges of the whole document.
    check("BR-CO-11", minor(totals.allowances), 0)
    check("BR-CO-12", minor(totals.charges), 0)
    check("BR-CO-13", minor(totals.taxExclusive), net - minor(totals.allowances) + minor(totals.charges))
    check("BR-CO-14", minor(totals.tax), taxes.reduce(0) { $0 + minor($1.tax) })
    check("BR-CO-15", minor(totals.taxInclusive), minor(totals.taxExclusive) + minor(totals.tax))
    // BT-113 is what was paid before and what the customer keeps.
    check(
      "BR-CO-16", minor(totals.payable),
      minor(totals.taxInclusive) - (minor(totals.prepaid) + minor(totals.retainage)))
    check("BR-16: a line", lines.isEmpty ? 0 : 1, 1)
    check("BR-CO-18: a tax", taxes.isEmpty ? 0 : 1, 1)
    check("the sum of the taxes' bases", taxes.reduce(0) { $0 + minor($1.taxable) }, net)
    for tax in taxes {
      let mine = lines.filter { $0.tax.category == tax.category && $0.tax.rate == tax.rate }
      check("BR-S-8", minor(tax.taxable), mine.reduce(0) { $0 + minor($1.netAmount) })
    }
    for line in lines {
      let amount = Fraction(line.quantity) * Fraction(line.unitPrice) / Fraction(line.priceBaseQuantity)
      check(
        "quantity × price of \(line.id)", minor(line.netAmount),
        Int128(amount.roundedHalfUp(digits: currency.minorDigits)))
    }
    check("a payable amount below zero", minor(totals.payable), max(0, minor(totals.payable)))
    return breaches
  }
}
