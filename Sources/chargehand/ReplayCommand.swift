import ArgumentParser
import Configuration
import Foundation
import Jobs
import JSON
import Ledger
import Measures
import Metering

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Meter a run again from what was read for it, with other parameters if asked.",
    discussion: """
      Beside what the meters made of the run then stands what they make of its trace now, and with the parameters given
      here. Nothing is changed. The runs of a job: chargehand job show JOB.

        chargehand replay R12 --max-use-rate 500g/min
      """)
  @OptionGroup var options: ConfigurationOption
  @Argument(help: ArgumentHelp("The run's id, such as R12.", valueName: "run")) var id: String
  @Option(help: "The scale's smallest step, such as 0.5g.") var division: String?
  @Option(name: .customLong("max-use-rate"), help: "The fastest that material can be used, such as 500g/min.")
  var maxUseRate: String?
  @Option(name: .customLong("on-gap"), help: "What a gap in the machine's state is: bill, skip or hold.")
  var onGap: String?
  @Option(help: "Also draw what was read into this file, as SVG.") var svg: String?
  @Flag(help: "As JSON.") var json = false

  func run() throws {
    let change = Replay.Change(
      division: try mass(), maxUseRate: try MassRate(option: maxUseRate), onGap: try policy())
    let configuration = try ConfigurationFile.require(options.config)
    let replay = try Replay(id, change: change, directory: configuration.gateway.stateDirectory)
    if let svg { try ChartFile.write(replay.charts, title: "Run \(id)", to: svg) }
    if json {
      print(replay.json.compactText)
      return
    }
    print("Run \(replay.run.id) of job \(replay.run.job) at \(replay.run.workCenter)\n")
    print(Terminal.table(replay.headings, replay.rows.map { [$0.name] + $0.values }))
    print("\n" + replay.parameters)
    print(replay.closeness + "\nWhat is metered again may differ by as much; what is billed is as metered.")
  }

  private func mass() throws -> Mass? {
    guard let division else { return nil }
    let digits = division.prefix { !$0.isLetter }
    let unit = MassUnit(rawValue: String(division.dropFirst(digits.count)))
    guard let unit, let number = Decimal(digits), let mass = Mass(number, unit), mass > .zero else {
      throw Complaint(.usage, "--division is a mass above 0 with its unit, such as 0.5g (found \(division))")
    }
    return mass
  }

  private func policy() throws -> GapPolicy? {
    guard let onGap else { return nil }
    guard let policy = GapPolicy(rawValue: onGap) else {
      throw Complaint(.usage, "--on-gap is bill, skip or hold (found \(onGap))")
    }
    return policy
  }
}

extension MassRate {
  /// What `--max-use-rate` says.
  init?(option text: String?) throws {
    guard let text else { return nil }
    guard let rate = MassRate(text: text) else {
      throw Complaint(.usage, "--max-use-rate is a rate such as 500g/min (found \(text))")
    }
    self = rate
  }
}

/// Charts in a file.
enum ChartFile {
  static func write(_ charts: [RunChart], title: String, to path: String) throws {
    guard !charts.isEmpty else {
      throw Complaint(.refused, "no weights and no counts were kept, so there is nothing to draw")
    }
    let svg = ChartDrawing(title: title, charts: charts).svg
    guard let file = fopen(path, "w") else { throw refusal(of: path) }
    let isWritten = fputs(svg, file) >= 0
    guard fclose(file) == 0, isWritten else { throw refusal(of: path) }
    Terminal.complain("drawn into \(path)")
  }

  private static func refusal(of path: String) -> Complaint {
    Complaint(.file, "\(path) cannot be written: \(String(cString: strerror(errno)))")
  }
}
