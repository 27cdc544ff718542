import Measures
import Yams

/// Reads a YAML document into a tree, reporting what is not YAML and every key that is given twice.
struct TreeParser {
  /// No real configuration comes near it; a reference that multiplies itself does.
  static let maximumNodes = 200_000
  static let maximumDuplicates = 200

  let report: Report
  /// Set for a profile: whose places say so.
  let file: String?
  /// Keys that were changed so that reading could go on past a duplicate, with what they began with.
  private var replaced: [Unicode.Scalar: Unicode.Scalar] = [:]
  private var nodes = 0

  init(report: Report, file: String? = nil) {
    self.report = report
    self.file = file
  }

  /// - Returns: `nil` if there is no document to go on with; that has been reported then.
  mutating func parse(_ text: String) -> Tree? {
    var scalars = Array(text.unicodeScalars)
    // Yams stops at the first key that is given twice. Mask it and read on: all mistakes in one go.
    while true {
      do {
        var source = String.UnicodeScalarView()
        source.append(contentsOf: scalars)
        let parser = try Parser(yaml: String(source), encoding: .utf8)
        guard let root = try parser.singleRoot() else {
          report.note(.error, "the file holds no configuration", path: "", at: start)
          return nil
        }
        return tree(root, path: "")
      } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
        let place = spot(context.mark)
        guard replaced.count < Self.maximumDuplicates, mask(place, in: &scalars) else {
          report.note(
            .error, "the key \((keys.first ?? "").shown) is given more than once", path: "", at: place)
          return nil
        }
      } catch {
        note(error, in: text)
        return nil
      }
    }
  }

  /// Puts a scalar of private use in the place of a key's first character.
  private mutating func mask(_ place: Place, in scalars: inout [Unicode.Scalar]) -> Bool {
    guard var index = offset(of: place, in: scalars) else { return false }
    let quotes: [Unicode.Scalar] = ["\"", "'"]
    if quotes.contains(scalars[index]) { index += 1 }
    guard index < scalars.count,
      scalars[index].properties.isAlphabetic || scalars[index].properties.numericType != nil,
      let mask = Unicode.Scalar(0xF000 + UInt32(replaced.count)), !scalars.contains(mask)
    else { return false }
    replaced[mask] = scalars[index]
    scalars[index] = mask
    return true
  }

  private func offset(of place: Place, in scalars: [Unicode.Scalar]) -> Int? {
    var line = 1
    var index = 0
    while line < place.line, index < scalars.count {
      let scalar = scalars[index]
      index += 1
      if scalar == "\n" || (scalar == "\r" && (index == scalars.count || scalars[index] != "\n")) {
        line += 1
      }
    }
    index += place.column - 1
    return index < scalars.count ? index : nil
  }

  private mutating func tree(_ node: Node, path: String) -> Tree {
    let place = node.mark.map(spot) ?? start
    nodes += 1
    guard nodes <= Self.maximumNodes else {
      if nodes == Self.maximumNodes + 1 {
        report.note(
          .error, "the file is too large: more than \(Self.maximumNodes) values", path: "", at: place)
      }
      return Tree(place: place, content: .empty)
    }
    switch node {
    case .scalar(let scalar):
      let isEmpty = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      return Tree(place: place, content: isEmpty ? .empty : .scalar(scalar.string))
    case .sequence(let items):
      return Tree(place: place, content: .list(list(items, path: path)))
    case .mapping(let mapping):
      return Tree(place: place, content: .mapping(entries(of: mapping, path: path)))
    case .alias:
      return Tree(place: place, content: .empty)
    }
  }

  private mutating func list(_ items: Node.Sequence, path: String) -> [Tree] {
    var trees: [Tree] = []
    for (index, item) in items.enumerated() {
      trees.append(tree(item, path: id(of: item).map { "\(path).\($0)" } ?? "\(path)[\(index)]"))
    }
    return trees
  }

  /// What an entry is named by, as in every other message about it.
  private func id(of item: Node) -> String? {
    guard case .mapping(let mapping) = item else { return nil }
    for case (.scalar(let key), .scalar(let value)) in mapping
    where ["id", "ref"].contains(unmasked(key.string)) {
      return Identifier<Tree>.isValid(value.string) ? value.string : nil
    }
    return nil
  }

  private mutating func entries(of mapping: Node.Mapping, path: String) -> [Tree.Entry] {
    var entries: [Tree.Entry] = []
    var seen: [String: Place] = [:]
    for (key, value) in mapping {
      let place = key.mark.map(spot) ?? start
      guard case .scalar(let scalar) = key else {
        report.note(
          .error, "expected a name as the key (found \(tree(key, path: "").shown))", path: path, at: place)
        continue
      }
      let name = unmasked(scalar.string)
      let keyPath = path.isEmpty ? name : "\(path).\(name)"
      if let first = seen[name] {
        report.note(
          .error, "the key is given twice (first on line \(first.line))", path: keyPath, at: place)
        continue
      }
      seen[name] = place
      entries.append(Tree.Entry(key: name, keyPlace: place, value: tree(value, path: keyPath)))
    }
    return entries
  }

  private func unmasked(_ key: String) -> String {
    guard let first = key.unicodeScalars.first, let original = replaced[first] else { return key }
    return String(original) + String(key.unicodeScalars.dropFirst())
  }

  private func note(_ error: any Error, in text: String) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let context = context.map { "\($0.text), " } ?? ""
      report.note(.error, "not valid YAML: \(context)\(problem)", path: "", at: spot(mark))
    case YamlError.reader(let problem, let offset, _, _):
      let before = text.prefix(offset ?? 0)
      let line = before.split(separator: "\n", omittingEmptySubsequences: false).count
      let column = (before.split(separator: "\n", omittingEmptySubsequences: false).last?.count ?? 0) + 1
      report.note(
        .error, "not valid YAML: \(problem)", path: "", at: Place(line: line, column: column, file: file))
    default:
      report.note(.error, "not valid YAML: \(error)", path: "", at: start)
    }
  }

  private var start: Place { Place(line: 1, column: 1, file: file) }
  private func spot(_ mark: Mark) -> Place { Place(line: mark.line, column: mark.column, file: file) }
}
