internal import Measures

/// A draft as a person would read it: plain text, aligned, 80 columns.
public enum InvoiceText {
  public static let width = 80

  /// - Parameter canceled: jobs of it that were canceled; the draft itself only says when they ended.
  public static func render(_ draft: DraftView, canceled: Set<String> = []) -> String {
    var page = Page()
    head(draft, canceled, &page)
    page.rule()
    page.columns("", "What", "Quantity", "Price", draft.currency)
    page.rule()
    var part: String?
    var job: String?
    for line in draft.lines {
      if draft.jobs.count > 1, line.job != job {
        page.text("Job \(line.job)")
        (job, part) = (line.job, nil)
      }
      if line.part != part {
        if let name = line.part {
          page.text("Part \(name)")
        } else if part != nil {
          page.text("The whole job")
        }
        part = line.part
      }
      self.line(line, &page)
    }
    page.rule()
    totals(draft, &page)
    page.text("")
    for row in draft.notes.flatMap({ Page.wrapped("Note: \($0)", to: width) }) { page.text(row) }
    page.text("sha256 \(draft.contentSHA256)")
    return page.lines.joined(separator: "\n") + "\n"
  }

  private static func head(_ draft: DraftView, _ canceled: Set<String>, _ page: inout Page) {
    let title =
      draft.kind == "invoice" ? "INVOICE DRAFT" : "\(draft.kind.replacingUnderscores.uppercased()) (DRAFT)"
    let clock = draft.isClockTrusted ? "" : " (clock not synchronized)"
    page.pair(draft.gatewayName, title)
    page.pair("", "\(draft.id) revision \(draft.revision)")
    page.pair("", "\(second(draft.emittedAt))\(clock)")
    if let earlier = draft.supersedes { page.pair("", "supersedes \(earlier)") }
    page.pair("Bill to  \(draft.customerName ?? draft.customerRef)", draft.terms.map { "terms \($0)" } ?? "")
    for job in draft.jobs {
      let references = [job.orderRef.map { "order \($0)" }, job.poNumber.map { "PO \($0)" }].compactMap { $0 }
      page.pair("Job      \(job.id)\(job.title.map { "  \($0)" } ?? "")", references.joined(separator: ", "))
      let ended = canceled.contains(job.id) ? "canceled" : "completed"
      let times = [
        job.startedAt.map { "started \(second($0))" }, job.completedAt.map { "\(ended) \(second($0))" },
      ]
      page.text("         \(times.compactMap { $0 }.joined(separator: ", "))")
    }
  }

  private static func line(_ line: DraftView.Line, _ page: inout Page) {
    let unit = BillingUnit(rawValue: line.unit)?.symbol ?? line.unit
    let isPiece = line.unit == BillingUnit.piece.rawValue
    let price = line.taxIncluded?.unitPrice ?? line.unitPrice
    page.columns(
      line.id, line.name, isPiece ? line.quantity : "\(line.quantity) \(unit)",
      isPiece ? price : "\(price)/\(unit)", line.netAmount)
    var remarks: [String] = []
    if let included = line.taxIncluded { remarks.append("\(included.amount) with tax") }
    if line.quality != "measured" { remarks.append(line.quality.replacingUnderscores) }
    if let measured = line.measuredQuantity { remarks.append("measured \(measured) \(unit)") }
    if let estimated = line.estimatedQuantity { remarks.append("\(estimated) \(unit) of it estimated") }
    if let removed = line.removedQuantity { remarks.append("\(removed) \(unit) taken from the scale") }
    if let uncertainty = line.uncertainty { remarks.append("± \(uncertainty) \(unit)") }
    if line.gaps > 0 { remarks.append(line.gaps == 1 ? "1 gap" : "\(line.gaps) gaps") }
    remarks += line.flags.map(\.replacingUnderscores)
    var texts = [remarks.joined(separator: "; ")]
    for settled in line.settlements {
      let means = settled.with == "accept" ? "accepted" : "with \(settled.with)"
      texts.append("settled by \(settled.by), \(second(settled.at)), \(means): \(settled.reason)")
    }
    for row in texts.flatMap({ Page.wrapped($0, to: width - 8) }) { page.text("       \(row)") }
  }

  private static func totals(_ draft: DraftView, _ page: inout Page) {
    page.total("Lines", draft.totals["lines_net"] ?? "")
    for (key, name) in [("allowances", "Allowances"), ("charges", "Charges")] {
      if let amount = draft.totals[key], !isZero(amount) { page.total(name, amount) }
    }
    for tax in draft.taxes {
      let reason = tax.reason.map { " (\($0))" } ?? ""
      page.total("Tax \(tax.category) \(tax.rate) % on \(tax.taxable)\(reason)", tax.tax)
    }
    for (key, name) in [("prepaid", "Prepaid"), ("retainage", "Retained")] {
      if let amount = draft.totals[key], !isZero(amount) { page.total(name, "-\(amount)") }
    }
    page.total(
      draft.kind == "credit" ? "Credited, \(draft.currency)" : "To pay, \(draft.currency)", draft.payable)
  }

  /// A time in UTC without its fraction of a second.
  private static func second(_ time: String) -> String {
    time.firstIndex(of: ".").map { "\(time[..<$0])Z" } ?? time
  }

  private static func isZero(_ amount: String) -> Bool { Decimal(amount) == .zero }
}

extension String {
  fileprivate var replacingUnderscores: String { map { $0 == "_" ? " " : String($0) }.joined() }
}
