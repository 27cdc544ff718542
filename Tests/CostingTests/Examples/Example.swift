import Testing

/// One worked example of docs/costing.md: what is given, and the drafts that must come of it.
struct Example: Sendable, CustomTestStringConvertible {
  let title: String
  /// Lines of configuration: those of its chapter, then its own.
  let given: [String]
  let work: [String]
  /// The rows of its tables, a cell by a cell.
  let expected: [[String]]

  var testDescription: String { title }
}

/// The page, read: chapters (`##`) give prices for the examples (`###`) below them.
///
/// A fenced block has `currency:`, `prices:`, `customers:` and `job:` as the configuration and the commands have them, and
/// `work:`, a line for each thing that happens.
struct ExamplePage {
  private(set) var examples: [Example] = []
  private var chapter: [String] = []
  private var title: String?
  private var given: [String] = []
  private var work: [String] = []
  private var rows: [[String]] = []

  init(_ text: String) {
    var isFenced = false
    var isWork = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        isFenced.toggle()
        isWork = false
      } else if isFenced {
        if !line.hasPrefix(" ") { isWork = line == "work:" }
        if !isWork {
          if title == nil { chapter.append(line) } else { given.append(line) }
        } else if line.hasPrefix("  - ") {
          work.append(String(line.dropFirst(4)))
        }
      } else if line.hasPrefix("### ") {
        finish()
        title = String(line.dropFirst(4))
      } else if line.hasPrefix("## ") {
        finish()
        chapter = []
      } else if line.hasPrefix("| "), title != nil {
        rows.append(line.split(separator: "|").map { cell in cell.drop { $0 == " " }.trimmingEnd })
      }
    }
    finish()
  }

  private mutating func finish() {
    if let title, !work.isEmpty {
      let own = Set(given.filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } })
      examples.append(
        Example(
          title: title, given: Self.without(own, chapter) + given, work: work,
          expected: rows.filter { !($0.first?.hasPrefix("---") ?? true) }))
    }
    title = nil
    given = []
    work = []
    rows = []
  }

  /// What an example gives itself takes the place of what its chapter gave.
  private static func without(_ keys: Set<Substring>, _ lines: [String]) -> [String] {
    var isLeftOut = false
    return lines.filter { line in
      if !line.hasPrefix(" ") { isLeftOut = keys.contains(line.prefix { $0 != ":" }) }
      return !isLeftOut
    }
  }
}

extension Substring {
  fileprivate var trimmingEnd: String { String(reversed().drop { $0 == " " }.reversed()) }
}
