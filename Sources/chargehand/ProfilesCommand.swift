import ArgumentParser
import Configuration
import Foundation

struct ProfilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profiles", abstract: "The device profiles there are, and what each needs to know.",
    discussion: "Parameters in brackets may be left out. With a profile's name: everything about it.")
  @OptionGroup var options: ConfigurationOption
  @Argument(help: "One profile, such as laumas-tlb; all without.") var name: String?
  @Option(help: "Only the profiles of this directory.") var directory: String?
  @Flag(help: "As the page docs/devices.md.") var markdown = false

  func run() throws {
    if let directory, !FileManager.default.fileExists(atPath: directory) {
      throw Complaint(.file, "there is no directory \(directory)")
    }
    let beside = URL(fileURLWithPath: options.config).deletingLastPathComponent()
      .appendingPathComponent("profiles").path
    let catalog = ProfileCatalog(
      directories: directory.map { [$0] } ?? [beside] + ConfigurationFile.profileDirectories)
    for mistake in catalog.mistakes { Terminal.complain("\(mistake)") }
    if catalog.profiles.isEmpty, catalog.mistakes.isEmpty {
      throw Complaint(.file, "there are no profiles; looked in \(catalog.places)")
    }
    if let name {
      try show(name, of: catalog)
    } else if markdown {
      print(catalog.markdown, terminator: "")
    } else {
      let rows = catalog.profiles.map { profile in
        [
          profile.name, profile.title, profile.isModbus ? "Modbus" : "MQTT",
          profile.channels.joined(separator: " "), Self.parameters(of: profile), profile.evidence.rawValue,
        ]
      }
      print(Terminal.table(["profile", "what", "over", "channels", "parameters", "evidence"], rows))
    }
    if !catalog.mistakes.isEmpty { throw Complaint(.refused) }
  }

  private static func parameters(of profile: Profile) -> String {
    profile.parameters.map { $0.fallback == nil ? $0.name : "[\($0.name)]" }.joined(separator: " ")
  }

  private func show(_ name: String, of catalog: ProfileCatalog) throws {
    guard let profile = catalog.profiles.first(where: { $0.name == name }) else {
      let hint = catalog.suggestion(for: name)
      throw Complaint(.refused, "there is no profile \(name) in \(catalog.places)\(hint)")
    }
    print("\(Terminal.styled(profile.name, .bold)): \(profile.title) (\(profile.make))")
    print(
      "over \(profile.isModbus ? "Modbus" : "MQTT"); channels: \(profile.channels.joined(separator: " "))")
    print("\(profile.evidence.rawValue), after: \(profile.source)")
    if let notes = profile.notes { print("\n\(notes)") }
    guard !profile.parameters.isEmpty else { return }
    let rows = profile.parameters.map { parameter in
      let choices =
        parameter.choices.isEmpty ? "" : " (\(parameter.choices.map(\.word).joined(separator: ", ")))"
      let example = parameter.example.map { ", such as \($0)" } ?? ""
      return [
        parameter.name, parameter.fallback ?? "has to be given\(example)", "\(parameter.about)\(choices)",
      ]
    }
    print("\n" + Terminal.table(["parameter", "without it", "what"], rows))
  }
}
