import Glibc

/// What surrounds the file: where secrets and time zones are found.
public struct ConfigurationEnvironment: Hashable, Sendable {
  /// `$CREDENTIALS_DIRECTORY`, where systemd puts what `LoadCredential=` names; `nil` if it is not set.
  public var credentialsDirectory: String?
  /// Where relative paths begin: the directory of the configuration file.
  public var configurationDirectory: String
  public var zoneinfoDirectory: String
  /// Where profiles are looked for, in this order: one's own first.
  public var profileDirectories: [String]

  /// - Parameter profileDirectories: besides `profiles` beside the configuration.
  public init(
    credentialsDirectory: String?, configurationDirectory: String,
    zoneinfoDirectory: String = "/usr/share/zoneinfo", profileDirectories: [String] = []
  ) {
    self.profileDirectories = ["\(configurationDirectory)/profiles"] + profileDirectories
    self.credentialsDirectory = credentialsDirectory.flatMap { $0.isEmpty ? nil : $0 }
    self.configurationDirectory = configurationDirectory
    self.zoneinfoDirectory = zoneinfoDirectory
  }

  /// A secret's path: below the credentials directory where there is one, else beside the configuration.
  func secretPath(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(credentialsDirectory ?? configurationDirectory)/\(path)"
  }

  func isFile(_ path: String) -> Bool {
    let kind = FileKind(path)
    return kind == .file || kind == .worldReadableFile
  }
}

/// What stands at a path, as far as this user may know.
enum FileKind: Hashable {
  case file
  /// A file that every user of the machine may read.
  case worldReadableFile
  case missing
  case hidden
  case other

  /// Follows symbolic links, like whoever opens it.
  init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = errno == ENOENT || errno == ENOTDIR ? .missing : .hidden
      return
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      self = .other
      return
    }
    self = status.st_mode & S_IROTH == 0 ? .file : .worldReadableFile
  }
}
