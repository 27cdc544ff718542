import Measures

/// A declarative file that says how a make of device offers its channels.
///
/// Its `device:` is written like an entry of `devices:` in the configuration; `{name}` in it stands for a parameter.
public struct Profile: Sendable {
  /// How far a profile may be trusted.
  public enum Evidence: String, Hashable, Sendable, CaseIterable {
    /// Written after the maker's, or somebody's, documentation.
    case documented
    /// Tried on a simulation that was made after such documentation.
    case simulated
    /// Tried on the device itself.
    case verifiedOnHardware = "verified on hardware"
  }

  /// What a device that names the profile must, or may, say for itself.
  public struct Parameter: Sendable {
    public let name: String
    public let about: String
    /// `nil`: it has to be given.
    public let fallback: String?
    public let example: String?
    /// Words to choose from, with what each stands for: by a dotted name, or by itself.
    public let choices: [(word: String, values: [String: String])]
  }

  /// As a device names it, and as its file is called.
  public let name: String
  public let title: String
  public let make: String
  public let evidence: Evidence
  /// Where it was taken from.
  public let source: String
  /// What whoever wires such a device should know.
  public let notes: String?
  /// Whether it is for devices on a bus; else they are on a broker.
  public let isModbus: Bool
  public let parameters: [Parameter]
  let device: Tree
}

/// Reads profiles, each once, from where they are kept.
final class ProfileLibrary {
  private let report: Report
  private let directories: [String]
  private var read: [String: Profile?] = [:]

  init(report: Report, directories: [String]) {
    self.report = report
    self.directories = directories
  }

  /// The names there are, sorted.
  var names: [String] {
    Set(
      directories.flatMap { FileNames.in($0) }.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    )
    .sorted()
  }

  /// For a message about what was not found.
  var places: String {
    directories.map { FileNames.isDirectory($0) ? $0 : "\($0) (not there)" }.joined(separator: ", ")
  }

  /// - Returns: `nil` where there is none, or where a mistake in it was reported.
  func profile(_ name: String) -> Profile?? {
    if let known = read[name] { return .some(known) }
    guard let directory = directories.first(where: { FileNames.exists("\($0)/\(name).yaml") }) else {
      return nil
    }
    let path = "\(directory)/\(name).yaml"
    let before = report.mistakes.count
    var profile: Profile?
    do {
      let bytes = try FileBytes.read(path, maximum: Configuration.maximumBytes)
      profile = ProfileReader(report: report, path: path).profile(bytes, named: name)
    } catch {
      report.note(.error, "cannot be read: \(error)", path: "", at: Place(line: 1, column: 1, file: path))
    }
    if report.mistakes.count > before { profile = nil }
    read[name] = profile
    return .some(profile)
  }
}
