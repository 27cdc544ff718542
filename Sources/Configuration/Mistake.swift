/// One thing in the configuration that is wrong, or that should be looked at, with its place.
public struct Mistake: Hashable, Sendable, CustomStringConvertible {
  public enum Severity: Hashable, Sendable {
    /// The configuration is refused.
    case error
    /// It works, but perhaps not as meant.
    case warning
  }

  public let severity: Severity
  /// The file as it was named to `load`.
  public let file: String
  /// Counted from 1; 0: the file itself, which could not be read.
  public let line: Int
  /// Counted from 1, in Unicode scalars.
  public let column: Int
  /// `devices.scale-2.channels.weight.type`; empty for the file as a whole.
  public let path: String
  public let message: String

  /// `FILE:LINE:COLUMN: path.to.key: what is wrong (what was found)`.
  public var description: String {
    let key = path.isEmpty ? "" : "\(path): "
    let word = severity == .warning ? "warning: " : ""
    let place = line == 0 ? file : "\(file):\(line):\(column)"
    return "\(place): \(key)\(word)\(message)"
  }
}

/// Every mistake of one configuration, in the order of their places.
public struct ConfigurationErrors: Error, Hashable, Sendable, CustomStringConvertible {
  /// Never empty.
  public let mistakes: [Mistake]
  public let warnings: [Mistake]
  /// The file itself could not be read, so nobody knows whether it has any.
  public var isUnread: Bool { mistakes.contains { $0.line == 0 } }

  /// One line for each.
  public var description: String { mistakes.map(\.description).joined(separator: "\n") }
}

/// Where a node stands in its file, both from 1.
struct Place: Hashable, Sendable {
  var line: Int
  var column: Int
  /// `nil`: the configuration itself; else a profile that it names.
  var file: String?

  static let start = Place(line: 1, column: 1)
  /// Of a file that could not be read.
  static let nowhere = Place(line: 0, column: 0)
}

/// Gathers the mistakes of one reading.
final class Report {
  let file: String
  private var found: [Mistake] = []

  init(file: String) { self.file = file }

  func note(_ severity: Mistake.Severity, _ message: String, path: String, at place: Place) {
    found.append(
      Mistake(
        severity: severity, file: place.file ?? file, line: place.line, column: place.column, path: path,
        message: message))
  }

  var mistakes: [Mistake] { sorted(.error) }
  var warnings: [Mistake] { sorted(.warning) }

  private func sorted(_ severity: Mistake.Severity) -> [Mistake] {
    // The configuration's own come first. Stable: two mistakes of one place stay in the order they were found.
    found.enumerated().filter { $0.element.severity == severity }.sorted {
      (key($0.element), $0.element.line, $0.element.column, $0.offset)
        < (key($1.element), $1.element.line, $1.element.column, $1.offset)
    }.map(\.element)
  }

  private func key(_ mistake: Mistake) -> String {
    mistake.file == file ? "" : mistake.file
  }
}
