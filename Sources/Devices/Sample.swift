import JSON
import Measures
import Metering

/// One MQTT payload, parsed at most once however many channels look into it.
struct Sample: PayloadSource {
  enum Body {
    case document(JSONValue)
    case refused(Rejection)
  }

  private let payload: [UInt8]
  let document: Body?

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

  func field(at path: PayloadPath?) -> Field {
    guard let path else {
      guard payload.count <= JSONLimits.telemetry.maximumBytes else { return .refused(.tooLarge) }
      guard let text = String(validating: payload, as: UTF8.self) else { return .refused(.malformed) }
      return .value(.string(String(text.trimmingASCIISpace)))
    }
    switch document {
    case .document(let value): return value.at(path.path).map { .value($0) } ?? .missing
    case .refused(let reason): return .refused(reason)
    case nil: return .missing
    }
  }
}

/// What a message holds for one channel.
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

extension MQTTChannel {
  /// - Parameter retained: a retained message may set a level, never cause an event.
  func find(in message: some PayloadSource, retained: Bool) -> Find {
    if case .stateRules(let rules) = source { return state(by: rules, in: message) }
    let field: JSONValue
    switch message.field(atFirstOf: paths) {
    case .value(let found): field = found
    case .refused(let reason): return .value(.rejected(reason))
    case .missing:
      // Most of a button's messages are about its battery: no action is no event.
      if case .button = source { return .none }
      return .missing
    }
    let verdict = flags.judge(message.flag)
    guard case .believed(let stable, _) = verdict else { return verdict.rejection.map(Find.value) ?? .none }
    switch source {
    case .number(let quantity, let scale):
      switch Amount(json: field, scale: scale) {
      case .success(let amount): return .value(quantity.value(of: amount, stable: stable))
      case .failure(let reason): return .value(.rejected(reason))
      }
    case .stateWord(let map): return .value(Self.meaning(of: field, map.mapValues(ReadingValue.state)))
    case .stateRules: return .missing
    case .button(let map):
      if field.isNull || field.string == "" { return .none }
      switch field.word {
      case .failure(let reason): return .value(.rejected(reason))
      case .success(let word):
        // Other things that a device says of its button: released, held, turned.
        if let meaning = map[word], meaning == nil { return .none }
        if retained { return .value(.rejected(.retainedEvent)) }
        return .value(map[word].flatMap { $0 }.map(ReadingValue.action) ?? .rejected(.unmappedState))
      }
    case .taskName:
      if field.isNull { return .value(.task("")) }
      switch field.word {
      case .success(let name): return .value(Self.isName(name) ? .task(name) : .rejected(.tooLarge))
      case .failure(let reason): return .value(.rejected(reason))
      }
    }
  }

  private static func isName(_ text: String) -> Bool {
    text.utf8.count <= 128 && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  private static func meaning(of field: JSONValue, _ map: [String: ReadingValue]) -> ReadingValue {
    switch field.word {
    case .success(let word): map[word] ?? .rejected(.unmappedState)
    case .failure(let reason): .rejected(reason)
    }
  }

  /// The first rule that holds; where none of the fields is there, the message is about something else.
  private func state(by rules: [StateRule], in source: some PayloadSource) -> Find {
    var isThere = false
    for path in rules.flatMap({ $0.conditions.map(\.path) }) {
      switch source.field(at: path) {
      case .value: isThere = true
      case .refused(let reason): return .value(.rejected(reason))
      case .missing: break
      }
    }
    guard isThere else { return .missing }
    let verdict = flags.judge(source.flag)
    guard case .believed = verdict else { return verdict.rejection.map(Find.value) ?? .none }
    let state = rules.first { $0.holds(in: source) }?.state
    return .value(state.map(ReadingValue.state) ?? .rejected(.unmappedState))
  }
}
