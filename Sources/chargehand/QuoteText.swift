import Costing
import JSON
import Jobs
import Measures

/// A quote, and a job beside its estimate, for people and for programs.
enum QuoteText {
  static func table(_ quote: Quote) -> String {
    let currency = quote.currency
    let rows = quote.lines.map { line in
      let price = line.taxIncluded?.unitPrice ?? line.unitPrice
      return [
        line.part?.text ?? "", line.name, quantity(line.quantity, line.unit),
        price.text(minimumFractionDigits: currency.minorDigits), line.netAmount.text(in: currency),
        "\(line.tax.category) \(line.tax.rate) %",
      ]
    }
    let totals = quote.totals
    return Terminal.table(["part", "what", "quantity", "price", currency.code, "tax"], rows)
      + "\n\nnet \(totals.taxExclusive.text(in: currency)), tax \(totals.tax.text(in: currency)), "
      + Terminal.styled("to pay \(totals.payable.text(in: currency)) \(currency.code)", .bold)
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
    let sum = row("all, before tax", ["", ""], variance.estimated, variance.actual)
    return Terminal.table(
      ["what", "estimated", "used", "estimated \(currency.code)", "used \(currency.code)", "difference", ""],
      rows + [sum])
  }

  static func json(_ quote: Quote) -> JSONValue {
    let currency = quote.currency
    return [
      "currency": .string(currency.code), "lines": .array(quote.lines.map { line($0, currency) }),
      "net": .string(quote.totals.taxExclusive.text(in: currency)),
      "tax": .string(quote.totals.tax.text(in: currency)),
      "total": .string(quote.totals.payable.text(in: currency)),
      "problems": .array(quote.problems.map { .string($0.message) }),
    ]
  }

  private static func line(_ line: CostLine, _ currency: Currency) -> JSONValue {
    var object: JSONObject = [
      "type": .string(line.kind.rawValue), "name": .string(line.name),
      "quantity": .string(line.quantity.description),
      "unit": .string(line.unit.rawValue), "unit_price": .string(line.unitPrice.description),
      "net_amount": .string(line.netAmount.text(in: currency)), "tax": .string(line.tax.category),
    ]
    if let part = line.part { object["part"] = .string(part.text) }
    return .object(object)
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
