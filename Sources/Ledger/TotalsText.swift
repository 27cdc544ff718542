import JSON
import Measures

/// How a draft's lines come to what is to pay.
struct TotalsText {
  let draft: JSONValue

  var rows: [String] {
    let currency = draft["currency"]?.string ?? ""
    func row(_ name: String, _ amount: String, _ remark: String = "") -> String {
      "    \(name)\(String(repeating: " ", count: max(1, 10 - name.count)))\(amount) \(currency)\(remark)"
    }
    func total(_ name: String) -> String { draft["totals"]?[name]?.string ?? "" }
    var rows = ["Totals", row("net", total("tax_exclusive"))]
    for tax in draft["tax_breakdown"]?.array ?? [] {
      func field(_ name: String) -> String { tax[name]?.string ?? "" }
      let reason = tax["reason"]?.string.map { " (\($0))" } ?? ""
      rows.append(
        row("tax", field("tax"), ", \(field("category")) \(field("rate")) % on \(field("taxable"))\(reason)"))
    }
    rows.append(row("with tax", total("tax_inclusive")))
    for applied in draft["deposits_applied"]?.array ?? [] {
      func field(_ name: String) -> String { applied[name]?.string ?? "" }
      let kind = field("kind") == "progress" ? "draw" : field("kind")
      rows.append(row("prepaid", "-\(field("amount"))", ", by the \(kind) \(field("draft_id"))"))
    }
    if Decimal(total("retainage")) != .zero {
      rows.append(row("retained", "-\(total("retainage"))", ", until it is released"))
    }
    rows.append(row(draft["kind"]?.string == "credit" ? "credited" : "to pay", total("payable")))
    return rows
  }
}
