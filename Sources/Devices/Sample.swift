import JSON
import Measures
import Metering

/// One MQTT payload, parsed at most once however many channels look into it.
struct Sample {
  /// What a sample holds for one channel.
  enum Find: Equatable {
    case value(ReadingValue)
    /// The document is sound but has no such field.
    case missing
    /// Nothing, and rightly so.
    case none

    var isPresent: Bool {
      if case .value = self { true } else { false }
    }
  }

  private enum Body {
    case document(JSONValue)
    case refused(Rejection)
  }

  private let payload: [UInt8]
  private let document: Body?

  init(_ payload: [UInt8], asDocument: Bool) {
    self.payload = payload
    guard asDocument else {
      document = nil
      return
    }
    do {
      document = .document(try JSONScanner.parse(payload, limits: .telemetry))
    } catch {
      document = .refused(error.kind.isLimit ? .tooLarge : .malformed)
    }
  }

  /// The payload as the channel sees it: the field at its path, or the whole of it as text.
  private func field(at path: PayloadPath?) -> Result<JSONValue, FieldError> {
    guard let path else {
      guard payload.count <= JSONLimits.telemetry.maximumBytes else { return .failure(.refused(.tooLarge)) }
      guard let text = String(validating: payload, as: UTF8.self) else {
        return .failure(.refused(.malformed))
      }
      return .success(.string(String(text.trimmingASCIISpace)))
    }
    switch document {
    case .document(let value): return value.at(path.path).map { .success($0) } ?? .failure(.missing)
    case .refused(let reason): return .failure(.refused(reason))
    case nil: return .failure(.missing)
    }
  }

  private enum FieldError: Error {
    case missing
    case refused(Rejection)
  }

  func value(of channel: MQTTChannel, retained: Bool) -> Find {
    let field: JSONValue
    switch self.field(at: channel.path) {
    case .success(let found): field = found
    case .failure(.refused(let reason)): return .value(.rejected(reason))
    case .failure(.missing):
      // Most of a button's messages are about its battery: no action is no event.
      if case .button = channel.source { return .none }
      return .missing
    }
    let verdict = channel.flags.judge(flag)
    guard case .believed(let stable, _) = verdict else { return verdict.rejection.map(Find.value) ?? .none }
    switch channel.source {
    case .number(let quantity, let scale):
      switch Amount(json: field, scale: scale) {
      case .success(let amount): return .value(quantity.value(of: amount, stable: stable))
      case .failure(let reason): return .value(.rejected(reason))
      }
    case .stateWord(let map):
      switch Self.word(field) {
      case .success(let word): return .value(map[word].map(ReadingValue.state) ?? .rejected(.unmappedState))
      case .failure(let reason): return .value(.rejected(reason))
      }
    case .button(let map):
      if field.isNull || field.string == "" { return .none }
      if retained { return .value(.rejected(.retainedEvent)) }
      switch Self.word(field) {
      case .success(let word): return .value(map[word].map(ReadingValue.action) ?? .rejected(.unmappedState))
      case .failure(let reason): return .value(.rejected(reason))
      }
    }
  }

  /// The word that stands at `path`: a string, or a number or a bool as it would be written.
  func word(at path: PayloadPath?) -> Word {
    switch field(at: path) {
    case .success(let field): Self.word(field)
    case .failure(.refused(let reason)): .failure(reason)
    case .failure(.missing): .failure(.missingField)
    }
  }

  enum Word {
    case success(String)
    case failure(Rejection)
  }

  private static func word(_ field: JSONValue) -> Word {
    switch field {
    case .string(let text): .success(text)
    // 1 and 1.0 are the same state.
    case .number(let number): .success(Decimal(number.text)?.description ?? number.text)
    case .bool(let value): .success(value ? "true" : "false")
    case .null: .failure(.missingField)
    case .array, .object: .failure(.wrongType)
    }
  }

  private func flag(_ flag: PayloadFlag) -> Flag {
    switch field(at: flag.path) {
    case .failure(.missing): return .rejected(.missingField)
    case .failure(.refused(let reason)): return .rejected(reason)
    case .success(let field):
      guard case .success(let word) = Self.word(field) else {
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
