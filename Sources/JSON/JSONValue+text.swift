extension JSONValue {
  /// The canonical form of RFC 8785: the bytes that are hashed and sent where both sides must agree on them.
  ///
  /// That standard writes every number as ECMAScript writes a binary double. We canonicalize integers from
  /// −(2^53 − 1) to 2^53 − 1 only, where the double and the integer are the same (so `1e3` becomes `1000`);
  /// every other number is refused, because its text would be rounded on the way. Money, masses and rates
  /// are strings in our payloads.
  /// - Throws: `JSONCanonicalError`, with the path of the number.
  public var canonicalBytes: [UInt8] {
    get throws(JSONCanonicalError) { try JSONWriter.bytes(self, .canonical) }
  }

  /// Keys sorted as in RFC 8785, numbers as they are written, nothing between: the same value gives the same
  /// bytes, whatever order it was built in. For what we store, where integers go beyond 2^53.
  public var sortedBytes: [UInt8] { written(.sorted) }

  /// Keys in their order, nothing between.
  public var compactBytes: [UInt8] { written(.compact) }

  /// Keys in their order, nothing between, on one line.
  public var compactText: String { String(decoding: compactBytes, as: UTF8.self) }

  /// Keys in their order, one member a line; without a line feed at the end.
  public func prettyText(indent: Int = 2) -> String {
    String(decoding: written(.pretty(indent: indent)), as: UTF8.self)
  }

  private func written(_ style: JSONWriter.Style) -> [UInt8] {
    do {
      return try JSONWriter.bytes(self, style)
    } catch {
      preconditionFailure("only the canonical style refuses a number")
    }
  }
}

extension JSONValue: CustomStringConvertible {
  public var description: String { compactText }
}

/// A number that has no canonical form here.
public struct JSONCanonicalError: Error, Hashable, Sendable, CustomStringConvertible {
  public let path: JSONPath
  public let number: JSONNumber

  public var description: String {
    let place = path.components.isEmpty ? "the document" : "\(path)"
    return "\(place): \(JSONValue.number(number).shown) has no canonical form; "
      + "write an integer within ±9007199254740991, or a string"
  }
}
