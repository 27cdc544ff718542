import Metering

/// All profiles of some directories, for lists and for docs/devices.md.
public struct ProfileCatalog: Sendable {
  public let profiles: [Profile]
  /// What is wrong with those that could not be read.
  public let mistakes: [Mistake]
  /// Where was looked, for a message: which of the directories are not there is said.
  public let places: String

  public init(directories: [String]) {
    let report = Report(file: "")
    let library = ProfileLibrary(report: report, directories: directories)
    profiles = library.names.compactMap { library.profile($0) ?? nil }
    mistakes = report.mistakes
    places = library.places
  }

  /// `; did you mean "laumas-tlb"?`, or nothing.
  public func suggestion(for name: String) -> String {
    Suggestion.text(for: name, among: profiles.map(\.name))
  }

  /// A page for people: what there is, what each needs, and how far it may be trusted.
  public var markdown: String {
    var out = [
      "# Devices", "",
      "Made from `config/profiles` by `make devices`; a test holds it to them. How a profile is written, and how to",
      "override any part of it: [profiles.md](profiles.md). *Documented* means written after the maker's or somebody's",
      "documentation, *simulated* that a fixture made after the same documentation plays through it. None was verified",
      "on hardware unless it says so: compare with the device's own display before you trust it with money.",
      "What `material_used`, `pieces` and `running_time` are for: [profiles.md](profiles.md#channels-on-a-bus).",
      "",
      "| profile | what | over | channels | evidence |", "| --- | --- | --- | --- | --- |",
    ]
    for profile in profiles {
      let transport = profile.isModbus ? "Modbus" : "MQTT"
      let channels = profile.channels.map { "`\($0)`" }.joined(separator: " ")
      out.append(
        "| [\(profile.name)](#\(profile.name)) | \(profile.title) | \(transport) | \(channels) | "
          + "\(profile.evidence.rawValue) |")
    }
    for profile in profiles { out += profile.section }
    return out.joined(separator: "\n") + "\n"
  }
}

extension Profile {
  /// The channels it offers, by name.
  public var channels: [String] {
    guard case .mapping(let entries) = device.content,
      case .mapping(let channels) = entries.first(where: { $0.key == "channels" })?.value.content
    else { return [] }
    return ChannelKind.allCases.map(\.rawValue).filter { kind in channels.contains { $0.key == kind } }
  }

  fileprivate var section: [String] {
    var out = [
      "", "## \(name)", "", "\(title) (\(make)). \(evidence.rawValue.capitalizedFirst), after: \(source)",
    ]
    if let notes { out += ["", notes] }
    guard !parameters.isEmpty else { return out }
    out += ["", "| parameter | what | without it |", "| --- | --- | --- |"]
    for parameter in parameters {
      let choices = parameter.choices.map { "`\($0.word)`" }.joined(separator: ", ")
      let about = parameter.about + (choices.isEmpty ? "" : " (\(choices))")
      let fallback = parameter.fallback.map { "`\($0)`" } ?? "has to be given"
      let example = parameter.example.map { ", such as `\($0)`" } ?? ""
      out.append(
        "| `\(parameter.name)` | \(about) | \(fallback)\(parameter.fallback == nil ? example : "") |")
    }
    return out
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
