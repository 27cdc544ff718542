/// Why a value could not be turned into JSON or back, and where in it.
/// `runs[3].mass: expected an integer from 0 to 255, found the number 300`.
public struct JSONCodingError: Error, Sendable, CustomStringConvertible {
  /// From the value that was given to the encoder or decoder.
  public let path: JSONPath
  /// A sentence without the path.
  public let message: String
  /// What a type's own `init(from:)` or `encode(to:)` threw, if that was the cause.
  public let underlying: (any Error)?

  public var description: String {
    "\(path.components.isEmpty ? "the document" : "\(path)"): \(message)"
  }

  init(_ trail: Trail?, _ message: String) {
    self.init(JSONPath(trail.components), message, nil)
  }

  /// Puts any error of a `Codable` type into this form; one that has it already stays as it is.
  ///
  /// The standard library's own implementations (enums, raw values) throw `DecodingError` with a coding
  /// path; other errors know no path and get that of the value they were thrown for.
  init(_ error: any Error, at trail: Trail?) {
    switch error {
    case let error as JSONCodingError: self = error
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
      DecodingError.keyNotFound(_, let context), DecodingError.dataCorrupted(let context):
      self.init(context.codingPath, context.debugDescription, error)
    case EncodingError.invalidValue(_, let context):
      self.init(context.codingPath, context.debugDescription, error)
    default:
      self.init(JSONPath(trail.components), "\(error)", error)
    }
  }

  private init(_ codingPath: [any CodingKey], _ message: String, _ error: any Error) {
    self.init(JSONPath(codingPath.map(\.component)), message, error)
  }

  private init(_ path: JSONPath, _ message: String, _ underlying: (any Error)?) {
    self.path = path
    self.message = message
    self.underlying = underlying
  }
}
