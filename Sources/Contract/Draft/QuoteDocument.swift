public import Costing
public import JSON
internal import Jobs
internal import Measures

/// A quote for programs: its lines, taxes and totals as a draft has them.
public enum QuoteDocument {
  /// - Returns: no `tax_breakdown` and no `totals` where something has no price: a sum without it would be taken for
  ///   the whole.
  public static func value(of quote: Quote) -> JSONValue {
    var payload = Payload()
    payload.set("currency", quote.currency.code)
    payload.set("lines", quote.lines.map { line($0, quote.currency) })
    if quote.problems.isEmpty {
      payload.set("tax_breakdown", quote.taxes.map { DraftDocument.tax($0, currency: quote.currency) })
      payload["totals"] = DraftDocument.totals(quote.totals, currency: quote.currency)
    }
    payload.set("problems", quote.problems.map { .string($0.message) })
    return payload.value
  }

  /// Without what only work has: a job, evidence, gaps, and how well it was measured.
  private static func line(_ line: CostLine, _ currency: Currency) -> JSONValue {
    var object = DraftDocument.line(line, currency: currency) { _ in "" }.object ?? [:]
    for key in ["job", "quality", "gaps", "flags", "evidence"] { object[key] = nil }
    return .object(object)
  }
}
