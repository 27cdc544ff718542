internal import JSON
internal import Jobs
internal import Measures

/// Reads what the billing service sends. Members this version does not know are passed over: a service that
/// says more than it must is still understood.
struct BillingReader {
  let object: JSONObject
  let what: String

  init(_ what: String, _ payload: [UInt8]) throws(Refusal) {
    let limits = JSONLimits(maximumBytes: CommandMessage.maximumBytes)
    let value: JSONValue
    do {
      value = try JSONScanner.parse(payload, limits: limits)
    } catch {
      throw Refusal(
        error.kind.isLimit ? .tooLarge : .malformed, error.sentence(about: what))
    }
    guard let object = value.object else {
      throw Refusal(.malformed, "\(what) is a JSON object, found \(ArgumentKind.found(value))")
    }
    self.object = object
    self.what = what
  }

  func text(_ key: String) throws(Refusal) -> String {
    guard let value = object[key] else { throw Refusal(.malformed, "\(what) lacks \(key)") }
    guard let text = value.string else {
      throw Refusal(.malformed, "\(what): \(key) must be a string, found \(ArgumentKind.found(value))")
    }
    return text
  }

  /// `null` is as good as nothing: many services write it.
  func optionalText(_ key: String) throws(Refusal) -> String? {
    guard let value = object[key], !value.isNull else { return nil }
    return try text(key)
  }

  /// For people; made fit to be shown rather than refused, so that a long reason cannot undo a rejection.
  func note(_ key: String) throws(Refusal) -> String? {
    try optionalText(key).map { Text.tamed($0, maximum: 500) }
  }

  func draftID() throws(Refusal) -> DraftID {
    let text = try text("draft_id")
    guard case .text(let checked) = try ArgumentKind.draftID.read(.string(text), as: "draft_id"),
      let id = DraftID(checked)
    else { throw invalid("draft_id", text) }
    return id
  }

  /// `null` is as good as nothing here too.
  func optionalRevision() throws(Refusal) -> Int? {
    guard let value = object["revision"], !value.isNull else { return nil }
    return try revision()
  }

  func revision() throws(Refusal) -> Int {
    guard let value = object["revision"] else { throw Refusal(.malformed, "\(what) lacks revision") }
    guard let number = value.number else {
      throw Refusal(.malformed, "\(what): revision must be a number, found \(ArgumentKind.found(value))")
    }
    guard let revision = number.exactly(Int.self), (1...1_000_000).contains(revision) else {
      throw invalid("revision", number.text)
    }
    return revision
  }

  func word<Word: RawRepresentable<String> & CaseIterable>(_ key: String) throws(Refusal) -> Word {
    let text = try text(key)
    guard let word = Word(rawValue: text) else {
      let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw Refusal(.invalidArgument, "\(what): \(key) must be one of \(words), found \(Text.quoted(text))")
    }
    return word
  }

  func amount(_ key: String) throws(Refusal) -> Decimal? {
    guard let text = try optionalText(key) else { return nil }
    guard text.utf8.count <= 64, let amount = Decimal(text) else { throw invalid(key, text) }
    return amount
  }

  func invalid(_ key: String, _ found: String) -> Refusal {
    Refusal(.invalidArgument, "\(what): \(key) cannot be \(Text.quoted(found))")
  }
}
