import ArgumentParser
import Configuration
import Costing
import Foundation
import JSON
import Jobs
import Ledger
import Measures

/// What was used, billed, unattributed and written off, in a day, a week or a month.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "What was used and billed, by job, customer, machine or material.",
    discussion: """
      Of this month, unless a --day (2026-11-28), a --week (2026-W48) or a --month (2026-11) is given, in the shop's timezone. A run counts
      where it ended, a note where it was made, a draft where it was made. Billed are invoices less credits, before tax; what deposits, draws
      and releases were to pay, with tax, is in advance: an invoice bills it again, and takes it off. By machine and by material not all of what
      was billed is there: labor and services have neither. With the daemon running or stopped.
      """)
  @OptionGroup var options: ConfigurationOption
  @Option(help: "job, customer, machine or material.", transform: grouping) var by = Report.Grouping.job
  @Option(help: ArgumentHelp("One day.", valueName: "2026-11-28")) var day: String?
  @Option(help: ArgumentHelp("A week, by ISO 8601.", valueName: "2026-W48")) var week: String?
  @Option(help: ArgumentHelp("A month.", valueName: "2026-11")) var month: String?
  @Flag(help: "As JSON.") var json = false
  @Flag(help: "As CSV.") var csv = false

  private static func grouping(_ text: String) throws -> Report.Grouping {
    guard let grouping = Report.Grouping(rawValue: text) else {
      throw ValidationError("give one of \(Report.Grouping.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return grouping
  }

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    guard [day, week, month].compactMap({ $0 }).count <= 1, !(json && csv) else {
      throw Complaint(.usage, "give one of --day, --week and --month, and one of --json and --csv")
    }
    let calendar = ReportPeriod(timezone: configuration.gateway.timezone)
    let period =
      if let day {
        try calendar.day(day)
      } else if let week {
        try calendar.week(week)
      } else {
        try calendar.month(month)
      }
    let shop = try StoredShop.read(directory: configuration.gateway.stateDirectory)
    let report = Report(of: shop, by: by, in: period.times, currency: configuration.gateway.currency)
    let text = ReportText(report: report, title: period.title, now: Date())
    print(json ? text.json.compactText : csv ? text.csv : text.table)
    if !report.foreign.isEmpty {
      Terminal.complain(
        "not in it, for they are billed in another currency: \(report.foreign.map(\.text).joined(separator: ", "))"
      )
    }
  }
}
