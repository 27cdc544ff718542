internal import JSON
public import Jobs
public import Measures

extension CommandVerb {
  /// A command's payload from the texts of a command line, by argument name.
  ///
  /// Lists of parts and a customer in place are given as JSON, lists of ids with commas; flags as
  /// `true` or `false`. What the values may be is for `CommandMessage.decode` to say: the same check for
  /// every sender.
  /// - Throws: `malformed` for a name that is no argument and for JSON that cannot be read.
  public func payload(
    id: String, texts: [(name: String, text: String)], expiresAt: WallTime? = nil
  ) throws(Refusal) -> [UInt8] {
    var object: JSONObject = ["id": .string(id)]
    if let expiresAt { object["expires_at"] = .string(expiresAt.description) }
    for (name, text) in texts {
      guard let spec = arguments.first(where: { $0.name == name }) else {
        throw Refusal(.malformed, "\(self.name) has no argument \(Text.quoted(name))")
      }
      object[name] = try spec.value(text)
    }
    return JSONValue.object(object).compactBytes
  }
}

extension ArgumentSpec {
  fileprivate func value(_ text: String) throws(Refusal) -> JSONValue {
    switch kind {
    case .flag, .affirmation:
      switch text {
      case "true", "yes": return true
      case "false", "no": return false
      default: return .string(text)
      }
    case .markup where text.hasPrefix("{"): return try json(text)
    case .minutes, .grams, .quantity, .percent, .markup, .pieces, .sequence, .amount:
      // With an exponent it stays a text, which is refused: nobody types one on purpose.
      return Decimal(text) == nil
        ? .string(text) : JSONNumber(text: text).map(JSONValue.number) ?? .string(text)
    // A word in place of the list is more likely a mistake of the shell's than a part of that name.
    case .customer where text.hasPrefix("{"), .parts, .estimate, .shares: return try json(text)
    case .ids: return .array(names(in: text).map(JSONValue.string))
    case .id, .draftID, .name, .reason, .word, .measure, .unitPrice, .customer: return .string(text)
    }
  }

  private func names(in text: String) -> [String] {
    text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
  }

  private func json(_ text: String) throws(Refusal) -> JSONValue {
    do {
      return try JSONScanner.parse(text.utf8, limits: .command)
    } catch {
      throw Refusal(.malformed, error.sentence(about: option))
    }
  }
}
