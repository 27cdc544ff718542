import ArgumentParser
import Contract
import Foundation

/// The verbs of one group, for its help: they are run by `VerbInvocation`.
func verbs(of group: String) -> String {
  let own = CommandVerb.all.filter { $0.words.group == group }
  let width = max(12, (own.map(\.words.action.count).max() ?? 0) + 2)
  let lines = own.map { verb in
    "  \(verb.words.action.replacing("_", with: "-").padding(toLength: width, withPad: " ", startingAt: 0))\(verb.summary)"
  }
  return lines.isEmpty ? "" : "Commands to the daemon (each has --help):\n" + lines.joined(separator: "\n")
}

struct JobGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job", abstract: "Jobs: create, start, pause, stop, complete, list, show.",
    discussion: verbs(of: "job"), subcommands: [JobList.self, JobShow.self])
}

struct LaborGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labor", abstract: "Labor: start, stop, record.", discussion: verbs(of: "labor"))
}

struct MaterialGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "material", abstract: "Material: load a scale, record grams by hand.",
    discussion: verbs(of: "material"))
}

struct ServiceGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service", abstract: "Services: add an extra to a job.", discussion: verbs(of: "service"))
}

struct BillingGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "billing", abstract: "Billing before completion: deposits, progress draws, retainage.",
    discussion: verbs(of: "billing"))
}

struct LedgerGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger", abstract: "The ledger that billing compares its books with: show, publish.",
    discussion: verbs(of: "ledger"), subcommands: [LedgerShow.self])
}

struct EntryGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "entry", abstract: "Entries: void one that was put on a job by mistake.",
    discussion: verbs(of: "entry"))
}

struct UsageGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "Unattributed usage: what ran with no job open.",
    discussion: verbs(of: "usage"), subcommands: [UsageList.self])
}

struct HoldGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Holds: what must be settled before a draft can go out.",
    discussion: verbs(of: "hold"), subcommands: [HoldList.self])
}

struct DraftGroup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "draft", abstract: "Invoice drafts: list, show, send again.",
    discussion: verbs(of: "draft"), subcommands: [DraftList.self, DraftShow.self])
}
