import JSON
import Jobs
import Measures

/// A line's amount and what it was multiplied from, so that whoever takes a pencil comes to the same.
struct LineText {
  let line: JSONValue
  /// ISO 4217.
  let currency: String

  var rows: [String] {
    [
      "    amount    \(amount)", "    price     \(price), \(markup)", "    tax       \(tax)",
      cost.map { "    cost      \($0)" }, "    quantity  \(quantity)",
    ].compactMap { $0 }
  }

  /// Where prices have the tax in them, the draft's net price is only what was left of the amount: the product is that
  /// of the price list.
  private var amount: String {
    guard let included = line["tax_included"]?["amount"]?.string else {
      return "\(net) \(currency) = \(product)"
    }
    return "\(included) \(currency) with tax = \(product); net \(net) \(currency)"
  }

  private var product: String { "\(inUnit(text("quantity"))) × \(unitPrice)" }
  private var net: String { text("net_amount") }
  private var isTaxIncluded: Bool { line["tax_included"] != nil }

  private var unitPrice: String {
    let amount = line["tax_included"]?["unit_price"]?.string ?? text("unit_price")
    return "\(amount) \(currency)\(unit.isEmpty ? "" : "/\(unit)")"
  }

  private var price: String { isTaxIncluded ? "\(unitPrice) with tax" : unitPrice }

  private var markup: String {
    let from = line["cost"]?["markup_from"]?.string ?? "none"
    return from == "none" ? "no markup" : "with \(markupPercent) % markup of the \(from)"
  }

  private var markupPercent: String { line["cost"]?["markup_percent"]?.string ?? "0" }

  private var tax: String {
    let reason = line["tax"]?["reason"]?.string.map { " (\($0))" } ?? ""
    let kind = "\(line["tax"]?["category"]?.string ?? "") \(line["tax"]?["rate"]?.string ?? "") %"
    return "\(kind)\(reason), \(isTaxIncluded ? "taken out of" : "on") the sum of its lines"
  }

  /// Without a markup it is the amount itself, or, where the tax was taken out of a sum, a minor unit beside it.
  private var cost: String? {
    guard Decimal(markupPercent) != .zero, let cost = line["cost"]?["amount"]?.string else { return nil }
    return "\(cost) \(currency), the amount before markup\(isTaxIncluded ? " and without tax" : "")"
  }

  private var quantity: String {
    let quality = text("quality").replacingUnderscores
    var parts: [String] = []
    if let measured = line["measured_quantity"]?.string {
      let worse = quality == "measured" ? "" : ", \(quality)"
      parts.append("\(inUnit(text("quantity"))) billed, \(inUnit(measured)) measured\(worse)")
    } else {
      parts.append("\(inUnit(text("quantity"))), \(quality)")
    }
    if let estimated = line["estimated_quantity"]?.string {
      parts.append("of it estimated \(inUnit(estimated))")
    }
    if let uncertainty = line["uncertainty"]?.string {
      parts.append("± \(inUnit(uncertainty)) by the scale's drift while idle")
    }
    if let removed = line["removed_quantity"]?.string {
      parts.append("beside it \(inUnit(removed)) taken from the scale by hand")
    }
    return parts.joined(separator: "; ")
  }

  private func text(_ name: String) -> String { line[name]?.string ?? "" }

  /// Pieces have none.
  private var unit: String {
    let code = text("unit")
    guard let unit = BillingUnit(rawValue: code) else { return code }
    return unit == .piece ? "" : unit.symbol
  }

  private func inUnit(_ amount: String) -> String { unit.isEmpty ? amount : "\(amount) \(unit)" }
}
