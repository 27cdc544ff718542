import Costing
import struct Foundation.URL
import Jobs
import Measures
import Testing

/// docs/costing.md is read as it stands: each of its examples is worked, and must come to the tables below it.
struct ExampleTests {
  static let examples: [Example] = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
    let text = try? String(contentsOf: root.appendingPathComponent("docs/costing.md"), encoding: .utf8)
    return ExamplePage(text ?? "").examples
  }()

  @Test("there are at least 60 worked examples, each with a number of its own")
  func count() {
    let numbers = Self.examples.map { $0.title.prefix { $0 != "." } }
    #expect(numbers == (1...max(1, numbers.count)).map { "\($0)"[...] })
    #expect(Self.examples.count >= 60)
  }

  @Test("what docs/costing.md works out is what is billed", arguments: examples)
  func example(_ example: Example) throws {
    let drafts = try ExampleShop(example).drafts
    let rows = drafts.flatMap(Self.rows)
    #expect(
      rows == example.expected,
      "\(example.title) comes to:\n\(rows.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n"))"
    )
  }

  /// A draft as the page's tables have it.
  static func rows(of draft: InvoiceDraft) -> [[String]] {
    let currency = draft.currency
    func tax(_ category: String, _ rate: Decimal) -> String {
      rate == .zero ? category : "\(category) \(rate) %"
    }
    let lines = draft.lines.map { line in
      let price = line.taxIncluded?.unitPrice ?? line.unitPrice
      let unit = line.unit == .piece ? "" : line.unit.symbol
      return [
        line.name, "\(line.quantity)\(unit.isEmpty ? "" : " \(unit)")",
        "\(price.text(minimumFractionDigits: currency.minorDigits))\(unit.isEmpty ? "" : "/\(unit)")",
        line.netAmount.text(in: currency), tax(line.tax.category, line.tax.rate),
      ]
    }
    let totals = draft.totals
    let taxes = draft.taxes.map { "\(tax($0.category, $0.rate)): \($0.tax.text(in: currency))" }
    return [["\(draft.kind.rawValue)", "quantity", "price", "net", "tax"]] + lines
      + [
        [
          "**total**", "net \(totals.taxExclusive.text(in: currency))", taxes.joined(separator: ", "),
          "with tax \(totals.taxInclusive.text(in: currency))",
          "**pay \(totals.payable.text(in: currency))**",
        ]
      ]
  }
}
