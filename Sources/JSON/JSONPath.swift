/// Where a value stands inside a document: `energy.total`, `params["switch:0"].apower`, `[0].x`.
///
/// Names that are not plain are written in brackets and quotes, with the escapes of a JSON string.
public struct JSONPath: Hashable, Sendable {
  public enum Component: Hashable, Sendable {
    case name(String)
    /// Counted from 0.
    case index(Int)
  }

  public var components: [Component]

  /// The document itself.
  public static let root = JSONPath([])

  public init(_ components: [Component]) {
    self.components = components
  }

  /// Reads a path; at least one component.
  public init(_ text: String) throws(JSONPathError) {
    var reader = JSONPathReader(text)
    components = try reader.components()
  }

  /// Whether `scalar` may stand in a name without quotes.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case ".", "[", "]", "\"", "\\": false
    default: !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
    }
  }
}

extension JSONPath: CustomStringConvertible {
  /// The shortest text that reads back as this path; empty for the root.
  public var description: String {
    var text = ""
    for component in components {
      switch component {
      case .index(let index): text += "[\(index)]"
      case .name(let name):
        if !name.isEmpty, name.unicodeScalars.allSatisfy(Self.isPlain) {
          text += text.isEmpty ? name : ".\(name)"
        } else {
          text += "[\(JSONValue.string(name).compactText)]"
        }
      }
    }
    return text
  }
}

extension JSONValue {
  /// The value at the end of `path`; nil if some step of it is not there.
  public func at(_ path: JSONPath) -> JSONValue? {
    var value = self
    for component in path.components {
      switch (component, value) {
      case (.name(let name), .object(let object)):
        guard let next = object[name] else { return nil }
        value = next
      case (.index(let index), .array(let values)):
        guard values.indices.contains(index) else { return nil }
        value = values[index]
      default: return nil
      }
    }
    return value
  }
}

/// A path that cannot be read. `path "a..b", column 3: expected a name, found "."`.
public struct JSONPathError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: String
  /// Counted from 1, in Unicode scalars.
  public let column: Int
  public let expected: String
  /// What stands there instead; nil at the end of the path.
  public let found: String?

  public var description: String {
    let found = found.map(\.quotedForMessage) ?? "the end"
    return "path \(path.quotedForMessage), column \(column): expected \(expected), found \(found)"
  }
}
