/// The document as text with places: no type is guessed from how a scalar looks.
struct Tree: Sendable {
  enum Content: Sendable {
    /// A scalar as it was written; `24.90`, `true` and `0x3F` are text here.
    case scalar(String)
    case list([Tree])
    case mapping([Entry])
    /// Nothing behind the colon, `~` or `null`.
    case empty
  }

  struct Entry: Sendable {
    let key: String
    let keyPlace: Place
    let value: Tree
  }

  let place: Place
  let content: Content

  /// What stands here, for a message.
  var shown: String {
    switch content {
    case .scalar(let text): text.shown
    case .list: "a list"
    case .mapping: "a mapping"
    case .empty: "nothing"
    }
  }
}

extension Tree {
  /// The same text for the same content: comments, spacing, quotes and the order of keys do not matter.
  ///
  /// It is what a configuration's version is the hash of.
  var canonicalText: String {
    switch content {
    case .scalar(let text): return text.quoted
    case .empty: return "null"
    case .list(let items): return "[" + items.map(\.canonicalText).joined(separator: ",") + "]"
    case .mapping(let entries):
      let members = entries.map { ($0.key, "\($0.key.quoted):\($0.value.canonicalText)") }
      return "{" + members.sorted { $0.0 < $1.0 }.map(\.1).joined(separator: ",") + "}"
    }
  }
}

extension String {
  /// In double quotes, with what could break a line or a terminal escaped.
  var quoted: String {
    var quoted = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default:
        if scalar.properties.generalCategory == .control {
          quoted += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          quoted.unicodeScalars.append(scalar)
        }
      }
    }
    return quoted + "\""
  }

  /// Quoted, and cut where it would fill the screen.
  var shown: String {
    unicodeScalars.count > 60 ? (String(unicodeScalars.prefix(57)) + "…").quoted : quoted
  }
}
