import ArgumentParser
import Configuration
import Foundation

struct ProfilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profiles", abstract: "The device profiles there are, and what each needs to know.")
  @OptionGroup var options: ConfigurationOption
  @Option(help: "Only the profiles of this directory.") var directory: String?
  @Flag(help: "As the page docs/devices.md.") var markdown = false

  func run() throws {
    let beside = URL(fileURLWithPath: options.config).deletingLastPathComponent()
      .appendingPathComponent("profiles").path
    let catalog = ProfileCatalog(
      directories: directory.map { [$0] } ?? [beside] + ConfigurationFile.profileDirectories)
    for mistake in catalog.mistakes { Terminal.complain("\(mistake)") }
    if markdown {
      print(catalog.markdown, terminator: "")
    } else {
      let rows = catalog.profiles.map { profile in
        [
          profile.name, profile.title, profile.isModbus ? "Modbus" : "MQTT",
          profile.channels.joined(separator: " "), profile.evidence.rawValue,
        ]
      }
      print(Terminal.table(["profile", "what", "over", "channels", "evidence"], rows))
    }
    if !catalog.mistakes.isEmpty { throw Complaint(.refused) }
  }
}
