import Foundation

/// What goes to the terminal: plain and aligned; colors only where a person looks.
enum Terminal {
  static let isColorful =
    isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil
    && ProcessInfo.processInfo.environment["TERM"] != "dumb"

  enum Style: String {
    case bold = "1"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case dim = "2"
  }

  static func styled(_ text: String, _ style: Style) -> String {
    isColorful ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  static func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  /// Rows under their headings, each column as wide as it needs.
  static func table(_ headings: [String], _ rows: [[String]]) -> String {
    let all = [headings] + rows
    let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    return all.enumerated().map { index, row in
      let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
      let line = cells.joined(separator: "  ").replacing(/\s+$/, with: "")
      return index == 0 ? styled(line, .bold) : line
    }.joined(separator: "\n")
  }

  /// Progress of long work, on a terminal only, in place.
  static func progress(_ what: String, _ done: Int64, _ of: Int64) {
    guard isatty(STDERR_FILENO) == 1, of > 0 else { return }
    let text = done >= of ? "\r\u{1B}[K" : "\r\(what): \(done) of \(of) (\(done * 100 / of) %)"
    FileHandle.standardError.write(Data(text.utf8))
  }
}
