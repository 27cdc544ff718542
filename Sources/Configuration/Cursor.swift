/// One value of the file with the path that leads to it, and where to report what is wrong with it.
struct Cursor {
  let tree: Tree
  let path: String
  let report: Report

  func mistake(_ message: String) { report.note(.error, message, path: path, at: tree.place) }
  func warning(_ message: String) { report.note(.warning, message, path: path, at: tree.place) }

  /// Reports that something else was expected here.
  func expected(_ what: String, hint: String = "") {
    mistake("expected \(what) (found \(tree.shown))\(hint)")
  }

  var text: String? {
    if case .scalar(let text) = tree.content { text } else { nil }
  }

  /// The scalar as `parse` understands it; otherwise a mistake naming what was expected.
  func read<Value>(_ what: @autoclosure () -> String, _ parse: (String) -> Value?) -> Value? {
    guard let text, let value = parse(text) else {
      expected(what())
      return nil
    }
    return value
  }

  /// The entries of a mapping; nothing behind the colon counts as an empty one.
  func section() -> Section? {
    switch tree.content {
    case .mapping(let entries): return Section(entries, at: self)
    case .empty: return Section([], at: self)
    case .scalar, .list:
      expected("a mapping")
      return nil
    }
  }

  /// The items of a list; nothing behind the colon counts as an empty one.
  func items() -> [Cursor] {
    switch tree.content {
    case .list(let items):
      return items.enumerated().map { Cursor(tree: $1, path: "\(path)[\($0)]", report: report) }
    case .empty: return []
    case .scalar, .mapping:
      expected("a list")
      return []
    }
  }
}

/// A mapping being read. It remembers what was asked for, so that what nobody asked for is an unknown key.
final class Section {
  private(set) var cursor: Cursor
  private let entries: [Tree.Entry]
  private var known: [String] = []
  /// Set where the kind of thing is not known, so that nothing can be said of its keys.
  private var isLenient = false

  init(_ entries: [Tree.Entry], at cursor: Cursor) {
    self.entries = entries
    self.cursor = cursor
  }

  /// The value under a key, if it is there.
  func optional(_ key: String) -> Cursor? {
    if !known.contains(key) { known.append(key) }
    return entries.first { $0.key == key }.map(self.cursor(of:))
  }

  /// The value under a key; a mistake if it is not there.
  func required(_ key: String) -> Cursor? {
    if let cursor = optional(key) { return cursor }
    report("is missing", key: key)
    return nil
  }

  /// From now on its keys are reported below `path`: `buses.floor` says more than `buses[0]`.
  func rename(_ path: String) { cursor = Cursor(tree: cursor.tree, path: path, report: cursor.report) }

  /// Whether a key is there, without taking it for known.
  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  var isEmpty: Bool { entries.isEmpty }

  /// Whether there are keys that nobody has asked for so far.
  var hasUnknownKeys: Bool { entries.contains { !known.contains($0.key) } }

  /// All entries, for mappings whose keys are ids or words; each is known by that.
  func all() -> [(key: String, keyCursor: Cursor, value: Cursor)] {
    isLenient = true
    return entries.map { entry in
      let key = Tree(place: entry.keyPlace, content: .scalar(entry.key))
      let value = cursor(of: entry)
      return (entry.key, Cursor(tree: key, path: value.path, report: value.report), value)
    }
  }

  /// A mistake about a key that is not there, at the place of the mapping.
  func report(_ message: String, key: String) {
    cursor.report.note(.error, message, path: path(to: key), at: cursor.tree.place)
  }

  /// A mistake about a key that should not be there, at the place of the key; it counts as known.
  func refuse(_ key: String, _ message: String) {
    guard let entry = entries.first(where: { $0.key == key }) else { return }
    if !known.contains(key) { known.append(key) }
    cursor.report.note(.error, message, path: path(to: key), at: entry.keyPlace)
  }

  /// Reports every key that nobody asked for.
  func finish() {
    guard !isLenient else { return }
    for entry in entries where !known.contains(entry.key) {
      let near = Suggestion.text(for: entry.key, among: known)
      let hint = near.isEmpty ? "; known here: \(known.joined(separator: ", "))" : near
      cursor.report.note(.error, "unknown key\(hint)", path: path(to: entry.key), at: entry.keyPlace)
    }
  }

  private func cursor(of entry: Tree.Entry) -> Cursor {
    Cursor(tree: entry.value, path: path(to: entry.key), report: cursor.report)
  }

  private func path(to key: String) -> String {
    let isPlain =
      !key.isEmpty && key.unicodeScalars.allSatisfy { $0.isASCII && $0.value > 0x20 && $0 != "\"" }
    let name = isPlain && key.utf8.count <= 80 ? key : key.shown
    return cursor.path.isEmpty ? name : "\(cursor.path).\(name)"
  }
}
