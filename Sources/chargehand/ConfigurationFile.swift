import Configuration
import Foundation
import Journal

/// The configuration as the program finds it.
enum ConfigurationFile {
  static let standardPath = "/etc/chargehand/chargehand.yaml"

  static func load(_ path: String) -> Result<Configuration, ConfigurationErrors> {
    Configuration.load(
      path: path, credentialsDirectory: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"],
      profileDirectories: profileDirectories, digest: SHA256.hexDigest)
  }

  /// `$CHARGEHAND_PROFILES`, or else where the profiles were installed with this program.
  static var profileDirectories: [String] {
    if let given = ProcessInfo.processInfo.environment["CHARGEHAND_PROFILES"] {
      return given.split(separator: ":").map(String.init)
    }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let prefix = program.deletingLastPathComponent().deletingLastPathComponent()
    return [prefix.appendingPathComponent("share/chargehand/profiles").path]
  }

  /// - Throws: every mistake, to end the program by.
  static func require(_ path: String) throws -> Configuration { try load(path).get() }
}
