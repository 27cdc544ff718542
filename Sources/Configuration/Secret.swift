/// A secret kept in a file: its place, never its content, so that a configuration can be shown and hashed.
public struct Secret: Hashable, Sendable {
  /// An absolute path, or one relative to the working directory if the configuration file's was.
  public let path: String

  public static let maximumBytes = 65_536

  /// The content without the line end behind it. Read it at each use: a secret may be renewed.
  /// - Throws: `SecretError` if it is missing, empty, or readable by every user of the machine.
  public func read() throws(SecretError) -> [UInt8] {
    if FileKind(path) == .worldReadableFile {
      throw SecretError(path, "every user may read it; chmod 600 it")
    }
    var bytes: [UInt8]
    do {
      bytes = try FileBytes.read(path, maximum: Self.maximumBytes)
    } catch {
      throw SecretError(path, error.description)
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else {
      throw SecretError(
        path,
        "it is empty; write the secret into it (systemd hands over an empty one where the file that the "
          + "unit's LoadCredential= names is missing)")
    }
    return bytes
  }
}

/// `secret /etc/chargehand/mqtt-password: No such file or directory`.
public struct SecretError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  public let reason: String

  init(_ path: String, _ reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "secret \(path): \(reason)" }
}

extension ConfigurationReader {
  /// A file that holds a secret. One that is not there yet, or hidden from this user, is a warning: the
  /// rest of the file is good, and may be checked before the secret is there. The daemon does not start so.
  func secret(_ cursor: Cursor) -> Secret? {
    guard let name = cursor.read("the path of a file", { $0.isLine(maximum: 4096) ? $0 : nil }) else {
      return nil
    }
    let path = environment.secretPath(name)
    switch FileKind(path) {
    case .file: break
    case .worldReadableFile:
      cursor.mistake("every user of this machine may read this secret; chmod 600 it (found \(path.shown))")
    case .missing: cursor.warning("there is no such file yet (looked for \(path.shown))")
    case .hidden: cursor.warning("this user may not look at the file, the daemon must (found \(path.shown))")
    case .other: cursor.mistake("expected a file (found \(path.shown), which is none)")
    }
    return Secret(path: path)
  }

  /// A file that has to be there and need not be secret: a certificate.
  func file(_ cursor: Cursor) -> String? {
    guard let name = cursor.read("the path of a file", { $0.isLine(maximum: 4096) ? $0 : nil }) else {
      return nil
    }
    let path = name.hasPrefix("/") ? name : "\(environment.configurationDirectory)/\(name)"
    switch FileKind(path) {
    case .file, .worldReadableFile: break
    case .hidden: cursor.warning("this user may not look at the file, the daemon must (found \(path.shown))")
    case .missing: cursor.mistake("there is no such file (looked for \(path.shown))")
    case .other: cursor.mistake("expected a file (found \(path.shown), which is none)")
    }
    return path
  }
}
