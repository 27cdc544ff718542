import Costing
import JSON
import Jobs
import Measures

/// A quote, and a job beside its estimate, for people and for programs.
enum QuoteText {
  static func table(_ quote: Quote) -> String {
    let currency = quote.currency
    if quote.lines.isEmpty { return "nothing of it has a price" }
    // The price of such a line is that of its amount with tax: beside the net amount alone it would seem wrong.
    let isTaxIncluded = quote.lines.contains { $0.taxIncluded != nil }
    let rows = quote.lines.map { line in
      let price = line.taxIncluded?.unitPrice ?? line.unitPrice
      let included = isTaxIncluded ? [line.taxIncluded?.amount.text(in: currency) ?? ""] : []
      return [
        line.part?.text ?? "", line.name, quantity(line.quantity, line.unit),
        price.text(minimumFractionDigits: currency.minorDigits),
      ] + included + [line.netAmount.text(in: currency), "\(line.tax.category) \(line.tax.rate) %"]
    }
    let amounts = isTaxIncluded ? ["\(currency.code) with tax", "net"] : [currency.code]
    let table = Terminal.table(["part", "what", "quantity", "price"] + amounts + ["tax"], rows)
    let totals = quote.totals
    let sums = "net \(totals.taxExclusive.text(in: currency)), tax \(totals.tax.text(in: currency)), "
    let sum = "\(totals.payable.text(in: currency)) \(currency.code)"
    return quote.problems.isEmpty
      ? "\(table)\n\n\(sums)\(Terminal.styled("to pay \(sum)", .bold))"
      : "\(table)\n\nwithout what has no price: \(sums)with tax \(sum)"
  }

  static func table(_ variance: Variance) -> String {
    let currency = variance.currency
    func row(_ name: String, _ quantities: [String], _ estimated: Money, _ actual: Money) -> [String] {
      let difference = actual - estimated
      return [name] + quantities + [
        estimated.text(in: currency), actual.text(in: currency),
        "\(difference > .zero ? "+" : "")\(difference.text(in: currency))",
        percent(difference, of: estimated),
      ]
    }
    let rows = variance.rows.map { line in
      row(
        "\(line.name)\(line.part.map { " (\($0))" } ?? "")",
        [line.estimated, line.actual].map { $0.map { quantity($0, line.unit) } ?? "–" }, line.estimatedAmount,
        line.actualAmount)
    }
    let all = variance.problems.isEmpty ? "all" : "all that has a price"
    let sums = [
      row("\(all), before tax", ["", ""], variance.estimated, variance.actual),
      row("\(all), with tax", ["", ""], variance.estimatedWithTax, variance.actualWithTax),
    ]
    return Terminal.table(
      ["what", "estimated", "used", "estimated \(currency.code)", "used \(currency.code)", "difference", ""],
      rows + sums)
  }

  static func json(_ variance: Variance) -> JSONValue {
    let currency = variance.currency
    let lines = variance.rows.map { row in
      var object: JSONObject = [
        "type": .string(row.kind.rawValue), "name": .string(row.name), "unit": .string(row.unit.rawValue),
        "estimated_amount": .string(row.estimatedAmount.text(in: currency)),
        "actual_amount": .string(row.actualAmount.text(in: currency)),
        "difference": .string(row.difference.text(in: currency)),
      ]
      if let part = row.part { object["part"] = .string(part.text) }
      if let quantity = row.estimated { object["estimated"] = .string(quantity.description) }
      if let quantity = row.actual { object["actual"] = .string(quantity.description) }
      return JSONValue.object(object)
    }
    return [
      "currency": .string(currency.code), "lines": .array(lines),
      "estimated_net": .string(variance.estimated.text(in: currency)),
      "actual_net": .string(variance.actual.text(in: currency)),
      "estimated_with_tax": .string(variance.estimatedWithTax.text(in: currency)),
      "actual_with_tax": .string(variance.actualWithTax.text(in: currency)),
      "problems": .array(variance.problems.map { .string($0.message) }),
    ]
  }

  private static func quantity(_ quantity: Decimal, _ unit: BillingUnit) -> String {
    unit == .piece ? "\(quantity)" : "\(quantity) \(unit.symbol)"
  }

  private static func percent(_ difference: Money, of estimated: Money) -> String {
    guard estimated > .zero,
      let percent = Decimal(difference.base).multiplied(by: Decimal(100))?.divided(
        by: Decimal(estimated.base), roundedTo: 0)
    else { return "" }
    return "\(percent > .zero ? "+" : "")\(percent) %"
  }
}
