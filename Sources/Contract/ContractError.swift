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
      throw ContractError("\(what) is not the JSON that is expected: \(error)")
    }
  }
}
