import ArgumentParser
import Configuration
import Foundation
import Gateway
import Jobs
import JSON
import Logging
import Measures

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "Run the daemon.")
  @OptionGroup var options: ConfigurationOption
  @Option(help: "How much to log: debug, info, notice, warning, error.")
  var logLevel = "info"

  func run() async throws {
    guard let level = Logger.Level(rawValue: logLevel) else {
      throw ValidationError("\(logLevel) is no log level; use debug, info, notice, warning or error")
    }
    LoggingSystem.bootstrap { _ in DaemonLog(level: level) }
    let configuration = try ConfigurationFile.require(options.config)
    let path = options.config
    let daemon = Daemon(
      configuration: configuration, reload: { ConfigurationFile.load(path) }, log: Logger(label: "chargehand")
    )
    try await daemon.run()
  }
}

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the configuration file: every mistake in one go.")
  @OptionGroup var options: ConfigurationOption

  func run() throws {
    let loaded = ConfigurationFile.load(options.config)
    if case .failure(let errors) = loaded {
      for warning in errors.warnings { Terminal.complain("\(warning)") }
    }
    let configuration = try loaded.get()
    for warning in configuration.warnings { Terminal.complain("\(warning)") }
    let centers = configuration.rules.workCenters.count
    print(
      "\(options.config): good: gateway \(configuration.gateway.id), \(configuration.buses.count) buses, "
        + "\(configuration.devices.count) devices, \(centers) work centers, version \(configuration.version.text.prefix(12))"
    )
  }
}

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "What the shop is doing now.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "As JSON.") var json = false

  func run() throws { try show("show.status", options, json, StatusText.render) }
}

struct DevicesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "devices", abstract: "Every channel with its value, quality and age.")
  @OptionGroup var options: ConfigurationOption
  @Flag(help: "As JSON.") var json = false

  func run() throws { try show("show.devices", options, json) { StatusText.devices($0) } }
}

/// Asks the daemon for its live state and prints it.
private func show(
  _ question: String, _ options: ConfigurationOption, _ json: Bool, _ text: (JSONValue) -> String
) throws {
  let configuration = try ConfigurationFile.require(options.config)
  let connection = try ControlConnection(path: configuration.gateway.controlSocket)
  defer { connection.close() }
  let answer = try connection.ask(question)
  print(json ? answer.compactText : text(answer))
}
