import Costing
import Jobs
import Measures

/// What a draft bills, however its lines are numbered, put in order and accounted for.
struct Bill: Hashable {
  struct Line: Hashable {
    var kind: LineKind
    var part: PartID?
    var name: String
    var quantity: Decimal
    var unit: BillingUnit
    var unitPrice: Decimal
    /// In minor units, as all amounts. Not where the tax is inside: there it is what the lines before it have left.
    var net: Int64?
    var withTax: Int64?
    var cost: Int64
    var tax: LineTax
  }

  var kind: DraftRecord.Kind
  /// Each with how often it stands there.
  var lines: [Line: Int]
  var totals: Totals

  init(_ draft: InvoiceDraft) {
    kind = draft.kind
    totals = draft.totals
    lines = draft.lines.reduce(into: [:]) { lines, line in
      let same = Line(
        kind: line.kind, part: line.part, name: line.name, quantity: line.quantity, unit: line.unit,
        unitPrice: line.taxIncluded?.unitPrice ?? line.unitPrice,
        net: line.taxIncluded == nil ? line.netAmount.base : nil,
        withTax: line.taxIncluded?.amount.base, cost: line.cost.amount.base, tax: line.tax)
      lines[same, default: 0] += 1
    }
  }
}

extension [Bill] {
  /// What stands only here, and what only there.
  func differences(from others: [Bill]) -> [String] {
    guard count == others.count else { return ["\(count) drafts, not \(others.count)"] }
    var found: [String] = []
    for (here, there) in zip(self, others) {
      found += here.lines(missingIn: there).map { "only here: \($0)" }
      found += there.lines(missingIn: here).map { "only there: \($0)" }
      if here.totals != there.totals { found.append("\(here.totals), not \(there.totals)") }
    }
    return found
  }
}

extension Bill {
  fileprivate func lines(missingIn other: Bill) -> [String] {
    lines.filter { other.lines[$0.key] != $0.value }.map { line, count in
      let amounts =
        "\(line.net?.description ?? "-") net, \(line.withTax?.description ?? "-") with tax, \(line.tax.rate) %"
      let quantity = "\(line.quantity) \(line.unit) at \(line.unitPrice)"
      return "\(count) × \(line.name) of \(line.part?.text ?? "-"), \(quantity): \(amounts)"
    }
  }
}
