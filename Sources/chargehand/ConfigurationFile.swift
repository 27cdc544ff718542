import ArgumentParser
import Configuration
import Foundation
import Journal

/// The configuration as the program finds it.
enum ConfigurationFile {
  static let standardPath = "/etc/chargehand/chargehand.yaml"

  static func load(_ path: String) -> Result<Configuration, ConfigurationErrors> {
    Configuration.load(
      path: path, credentialsDirectory: ProcessInfo.processInfo.environment["CREDENTIALS_DIRECTORY"],
      digest: SHA256.hexDigest)
  }

  /// - Throws: exit status 78 after saying every mistake.
  static func require(_ path: String) throws -> Configuration {
    switch load(path) {
    case .success(let configuration): return configuration
    case .failure(let errors):
      Terminal.complain("\(errors)")
      throw ExitCode(78)
    }
  }
}
