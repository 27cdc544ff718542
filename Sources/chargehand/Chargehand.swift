import ArgumentParser
import Contract
import Foundation

/// The program: the daemon, the tools that talk to it, and the tools that read its journal.
@main
struct Chargehand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chargehand",
    abstract: "Keeps the tally of every gram and second a shop spends, and drafts the invoices.",
    discussion: ExitStatus.help,
    version: "chargehand 0.1.0",
    subcommands: [
      RunCommand.self, CheckCommand.self, DemoCommand.self, StatusCommand.self, DevicesCommand.self,
      ProbeCommand.self, MeterCommand.self, ProfilesCommand.self,
      ExplainCommand.self, ReplayCommand.self, VerifyCommand.self, JobGroup.self, LaborGroup.self,
      MaterialGroup.self,
      ServiceGroup.self, EntryGroup.self, UsageGroup.self, HoldGroup.self, DraftGroup.self, BillingGroup.self,
      LedgerGroup.self,
      QuoteCommand.self, ReportCommand.self,
      ClockWatchCommand.self,
    ])

  /// Verbs of the contract are read by the contract's own table, so that what the CLI offers is what the daemon
  /// takes; everything else is ArgumentParser's.
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      // ArgumentParser knows the groups, but not their verbs.
      if arguments.count == 3, arguments[0] == "help",
        let verb = CommandVerb.named(words: arguments[1], arguments[2])
      {
        var invocation = VerbInvocation(verb, ["--help"])
        return try invocation.run()
      }
      if arguments.count >= 2, let verb = CommandVerb.named(words: arguments[0], arguments[1]) {
        var invocation = VerbInvocation(verb, Array(arguments.dropFirst(2)))
        return try invocation.run()
      }
      try CommandWords.check(arguments)
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      end(error)
    }
  }
}

/// What every subcommand takes.
struct ConfigurationOption: ParsableArguments {
  @Option(help: "The configuration file.")
  var config = ConfigurationFile.standardPath
}
