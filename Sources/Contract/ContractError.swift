internal import JSON

/// Why bytes are not what the contract says stands there, as a sentence.
public struct ContractError: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  /// Parses JSON written by one of our own programs or by billing.
  static func parsing(_ what: String, _ bytes: [UInt8]) throws(ContractError) -> JSONValue {
    do {
      return try JSONScanner.parse(bytes, limits: .trusted)
    } catch {
      throw ContractError(error.sentence(about: what))
    }
  }
}

extension JSONError {
  /// That it is no JSON at all comes first: who sent plain words does not look for a wrong byte.
  func sentence(about what: String) -> String {
    if kind.isLimit { return "\(what) is more than is taken: \(self)" }
    if case .duplicateKey = kind { return "\(what) cannot be read: \(self)" }
    return "\(what) is not JSON: \(self)"
  }
}
