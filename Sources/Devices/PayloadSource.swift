import JSON
import Measures
import Metering

/// Something that fields of a device can be looked up in: one message, or a document of many.
protocol PayloadSource {
  /// - Parameter path: `nil`: the whole of it, as text.
  func field(at path: PayloadPath?) -> Field
}

/// What stands at one place.
enum Field {
  case value(JSONValue)
  /// The document is sound but has no such field.
  case missing
  case refused(Rejection)
}

/// A field as a word of a map.
enum Word {
  case success(String)
  case failure(Rejection)
}

extension JSONValue {
  /// A string, or a number or a bool as it would be written.
  var word: Word {
    switch self {
    case .string(let text): .success(text)
    // 1 and 1.0 are the same state.
    case .number(let number): .success(Decimal(withExponent: number.text)?.description ?? number.text)
    case .bool(let value): .success(value ? "true" : "false")
    case .null: .failure(.missingField)
    case .array, .object: .failure(.wrongType)
    }
  }
}

extension PayloadSource {
  /// The word that stands at `path`.
  func word(at path: PayloadPath?) -> Word {
    switch field(at: path) {
    case .value(let field): field.word
    case .refused(let reason): .failure(reason)
    case .missing: .failure(.missingField)
    }
  }

  /// The first of several places that has a scalar; else the first that has anything.
  func field(atFirstOf paths: [PayloadPath]) -> Field {
    guard let first = paths.first else { return field(at: nil) }
    var found = field(at: first)
    for path in paths.dropFirst() {
      if case .value(let value) = found, value.array == nil, value.object == nil, !value.isNull {
        return found
      }
      let next = field(at: path)
      if case .value = next { found = next }
    }
    return found
  }

  func flag(_ flag: PayloadFlag) -> Flag {
    switch field(at: flag.path) {
    case .missing: return .rejected(.missingField)
    case .refused(let reason): return .rejected(reason)
    case .value(let field):
      guard case .success(let word) = field.word else {
        return .rejected(field.isNull ? .missingField : .wrongType)
      }
      switch word {
      case "true", "1", "on": return Flag(!flag.inverted)
      case "false", "0", "off": return Flag(flag.inverted)
      default: return .rejected(.wrongType)
      }
    }
  }
}
