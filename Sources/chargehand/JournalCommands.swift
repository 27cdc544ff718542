import ArgumentParser
import Configuration
import Foundation
import Journal
import JSON
import Ledger

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove the state against the journal: the audit chain, every tally, every draft.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "As JSON.") var json = false

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    let result = try Verification.run(directory: configuration.gateway.stateDirectory) { done, all in
      Terminal.progress("verifying", done, all)
    }
    if json {
      let value: JSONValue = [
        "clean": .bool(result.isClean), "rows": .number(result.rows), "jobs": .number(result.jobs),
        "drafts": .number(result.drafts), "audit_head": .string(result.head.text),
        "faults": .array(result.faults.map(JSONValue.string)),
      ]
      print(value.compactText)
    } else {
      for fault in result.faults { Terminal.complain("\(Terminal.styled("fault", .red)): \(fault)") }
      let verdict = result.isClean ? Terminal.styled("clean", .green) : Terminal.styled("NOT CLEAN", .red)
      print(
        "\(verdict): \(result.rows) journal rows, \(result.jobs) jobs, \(result.drafts) drafts, audit head \(result.head.text.prefix(16))…"
      )
    }
    if !result.isClean { throw Complaint(.refused) }
  }
}

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Why a line costs what it costs: from the amount down to the readings.")
  @OptionGroup var options: ConfigurationOption
  @Argument(help: "The draft's id.") var draft: String
  @Argument(help: "A line of it, such as L1; all without.") var line: String?
  @Option(parsing: .unconditional, help: "A revision; the newest without.") var revision: Int?
  @Option(help: "Also draw what was read into this file, as SVG.") var svg: String?

  func run() throws {
    let configuration = try ConfigurationFile.require(options.config)
    let explanation = try Explanation(
      draft: draft, revision: revision, line: line, directory: configuration.gateway.stateDirectory)
    print(explanation.text(paint: Self.paint))
    if let svg {
      let title = "Draft \(draft)\(line.map { " line \($0)" } ?? "")"
      try ChartFile.write(explanation.charts, title: title, to: svg)
    }
  }

  private static func paint(_ kind: RunChart.Band.Kind, _ text: String) -> String {
    switch kind {
    case .use: Terminal.styled(text, .green)
    case .byHand: Terminal.styled(text, .yellow)
    case .gap: Terminal.styled(text, .red)
    case .outside: Terminal.styled(text, .dim)
    }
  }
}
