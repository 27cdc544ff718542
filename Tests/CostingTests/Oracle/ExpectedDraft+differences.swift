import Costing
import Jobs
import Measures

extension ExpectedDraft {
  /// In what a draft is not as it should be, line by line and tax by tax.
  func differences(from draft: InvoiceDraft) -> [String] {
    var found: [String] = []
    func same(_ isSame: Bool, _ what: @autoclosure () -> String) { if !isSame { found.append(what()) } }
    same(
      draft.lines.map(\.name) == lines.map(\.name),
      "the lines are \(draft.lines.map(\.name)), not \(lines.map(\.name))")
    for (line, (wanted, net)) in zip(draft.lines, zip(lines, nets)) {
      let what = "\(line.id) \(line.name)"
      same(
        line.kind == wanted.kind && line.part == wanted.part && line.unit == wanted.unit
          && line.tax.category == wanted.tax.category && line.tax.rate == wanted.tax.rate,
        "\(what): \(line.kind), part \(line.part?.text ?? "-"), \(line.unit), \(line.tax), not \(wanted)")
      same(
        wanted.quantity.isSame(as: line.quantity),
        "\(what): a quantity of \(line.quantity), not \(wanted.quantity)")
      let unitPrice = includesTax ? line.taxIncluded?.unitPrice : line.unitPrice
      same(
        unitPrice.map(wanted.unitPrice.isSame) ?? false,
        "\(what): a price of \(unitPrice?.description ?? "none"), not \(wanted.unitPrice)")
      same(
        line.taxIncluded?.amount.base == (includesTax ? wanted.amount : nil),
        "\(what): \(line.taxIncluded?.amount.base ?? 0) with tax, not \(wanted.amount)")
      same(line.netAmount.base == net, "\(what): a net amount of \(line.netAmount.base), not \(net)")
      same(
        line.cost.amount.base == wanted.cost, "\(what): costs \(line.cost.amount.base), not \(wanted.cost)")
    }
    let shown = draft.taxes.map {
      ExpectedTax(
        group: ExpectedTax.Group(category: $0.category, rate: $0.rate), taxable: $0.taxable.base,
        tax: $0.tax.base)
    }
    same(shown == taxes, "the taxes are \(shown), not \(taxes)")
    same(
      draft.totals.linesNet.base == net && draft.totals.tax.base == tax
        && draft.totals.taxInclusive.base == withTax,
      "the totals are \(draft.totals), not \(net) + \(tax)")
    return found
  }
}
