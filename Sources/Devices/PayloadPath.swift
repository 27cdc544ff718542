import JSON

/// Where a value stands in a JSON payload: `energy.total`, `params["switch:0"].apower`, `[0].x`.
public struct PayloadPath: Hashable, Sendable, CustomStringConvertible {
  let path: JSONPath

  /// - Throws: what was expected where, as a sentence.
  public init(_ text: String) throws(PayloadPathError) {
    do {
      path = try JSONPath(text)
    } catch {
      throw PayloadPathError(description: "\(error)")
    }
  }

  public var description: String { path.description }

  /// What is left of the path below another one; `nil` if it does not lead through that.
  func below(_ prefix: PayloadPath?) -> JSONPath? {
    let start = prefix?.path.components ?? []
    guard path.components.starts(with: start) else { return nil }
    return JSONPath(Array(path.components.dropFirst(start.count)))
  }
}

/// A path that cannot be read.
public struct PayloadPathError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String
}
