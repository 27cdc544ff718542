import Costing
import Foundation
import JSON
import Measures

/// A report as a table, as CSV (RFC 4180) and as JSON.
struct ReportText {
  let report: Report
  let title: String
  let now: Date

  private struct Column {
    let name: String
    let heading: String
    let text: (Report.Row) -> String
  }

  private var columns: [Column] {
    var columns = [
      Column(name: report.grouping.rawValue, heading: report.grouping.rawValue) { $0.key }
    ]
    if report.grouping == .job {
      columns.append(Column(name: "customer", heading: "customer") { $0.customer ?? "" })
    }
    let name = report.grouping == .job ? "title" : "name"
    columns.append(Column(name: name, heading: name) { $0.name ?? "" })
    func amounts(_ what: String, _ words: String, _ of: @escaping (Report.Row) -> Report.Amounts) {
      columns.append(Column(name: "\(what)_g", heading: "\(words) g") { text(of($0).material.grams, 1) })
      if report.grouping == .material { return }
      columns.append(Column(name: "\(what)_h", heading: "h") { text(hours(of($0).time), 2) })
      columns.append(Column(name: "\(what)_kwh", heading: "kWh") { text(of($0).energy.kilowattHours, 2) })
    }
    amounts("used", "used") { $0.used }
    let isOfJobs = [.job, .customer].contains(report.grouping)
    if isOfJobs {
      columns.append(Column(name: "labor_h", heading: "labor h") { text(hours($0.labor), 2) })
    }
    amounts("unattributed", "unattributed") { $0.unattributed }
    amounts("written_off", "written off") { $0.writtenOff }
    columns.append(
      Column(name: "billed", heading: "billed \(report.currency.code)") {
        $0.billed.text(in: report.currency)
      })
    if isOfJobs {
      columns.append(
        Column(name: "in_advance", heading: "asked in advance") { $0.inAdvance.text(in: report.currency) })
    }
    if report.grouping == .machine {
      columns.append(
        Column(name: "utilization_percent", heading: "busy") { row in
          row.key == "all" ? "" : row.utilization(of: elapsed).map { "\($0) %" } ?? ""
        })
    }
    return columns
  }

  /// Of a period that is not over, what has passed of it.
  private var elapsed: Span {
    let now = WallTime(milliseconds: Int64(self.now.timeIntervalSince1970 * 1000))
    return min(now, report.period.upperBound).since(report.period.lowerBound)
  }

  var table: String {
    let remark = remark.map { "\n\($0)" } ?? ""
    guard !report.rows.isEmpty else { return "Nothing was used or billed in \(title).\(remark)" }
    let columns = columns
    // What is nothing in every row is left out: a shop without energy meters has no column for them.
    let shown = columns.filter { column in
      column.name == report.grouping.rawValue || column.name == "billed"
        || report.rows.contains { !isNothing(column.text($0)) }
    }
    let rows = (report.rows + [report.total]).map { row in shown.map { $0.text(row) } }
    return "\(title), by \(report.grouping.rawValue)\n" + Terminal.table(shown.map(\.heading), rows)
      + remark
  }

  /// Nothing in any digits: `0`, `0.00`, `0 %`.
  private func isNothing(_ text: String) -> Bool { text.allSatisfy { "0. %".contains($0) } }

  /// Where `all` is not the period's sum.
  private var remark: String? {
    switch report.grouping {
    case .job, .customer: nil
    case .machine:
      "Billed here is only what ran or was used at machines; for all that was billed: chargehand report --by job"
    case .material:
      "Billed here is only material; for all that was billed: chargehand report --by job"
    }
  }

  /// Without the sum, which whoever adds up the rows would have twice; each row says of when, and in what, it is.
  var csv: String {
    let columns =
      [Column(name: "period", heading: "") { _ in title }] + self.columns
      + [Column(name: "currency", heading: "") { _ in report.currency.code }]
    let rows =
      [columns.map(\.name)]
      + report.rows.map { row in columns.map { $0.text(row).replacing(" %", with: "") } }
    return rows.map { $0.map(Self.quoted).joined(separator: ",") }.joined(separator: "\r\n")
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { [",", "\"", "\n", "\r"].contains($0) }) else { return field }
    return "\"\(field.replacing("\"", with: "\"\""))\""
  }

  var json: JSONValue {
    let columns = columns
    func object(_ row: Report.Row) -> JSONValue {
      var object: JSONObject = [:]
      for column in columns { object[column.name] = .string(column.text(row).replacing(" %", with: "")) }
      return .object(object)
    }
    return [
      "period": .string(title), "from": .string("\(report.period.lowerBound)"),
      "to": .string("\(report.period.upperBound)"), "by": .string(report.grouping.rawValue),
      "currency": .string(report.currency.code), "rows": .array(report.rows.map(object)),
      "total": object(report.total),
    ]
  }

  private func hours(_ span: Span) -> Measures.Decimal {
    Measures.Decimal(span.milliseconds).divided(by: Measures.Decimal(3_600_000), roundedTo: 6) ?? .zero
  }

  private func text(_ amount: Measures.Decimal, _ digits: Int) -> String { "\(amount.rounded(to: digits))" }
}
