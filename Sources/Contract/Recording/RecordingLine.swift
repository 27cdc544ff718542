internal import JSON
internal import Measures

/// One line of a recording, each member let in by what it takes.
struct RecordingLine {
  let number: Int
  private let object: JSONObject

  static let limits = JSONLimits.trusted

  init(_ bytes: some Collection<UInt8>, number: Int) throws(RecordingError) {
    self.number = number
    do {
      guard let object = try JSONScanner.parse(bytes, limits: Self.limits).object else {
        throw RecordingError(line: number, message: "expected one JSON object a line")
      }
      self.object = object
    } catch let error as RecordingError {
      throw error
    } catch {
      throw RecordingError(line: number, message: "\(error)")
    }
  }

  func error(_ message: String) -> RecordingError { RecordingError(line: number, message: message) }

  func has(_ key: String) -> Bool { object[key] != nil }

  func allow(_ keys: [String]) throws(RecordingError) {
    for (key, _) in object where !keys.contains(key) {
      let hint = Text.nearest(to: key, among: keys).map { "; did you mean \"\($0)\"?" } ?? ""
      throw error("unknown member \(Text.quoted(key))\(hint) (it may have: \(keys.joined(separator: ", ")))")
    }
  }

  func word<Value>(
    _ key: String, as expected: String, _ read: (String) -> Value?
  ) throws(RecordingError) -> Value? {
    guard let value = object[key] else { return nil }
    guard let text = value.string, let found = read(text) else { throw wrong(key, expected, value) }
    return found
  }

  /// A number, in digits or as a text.
  func value<Value>(
    _ key: String, as expected: String, _ read: (String) -> Value?
  ) throws(RecordingError) -> Value? {
    guard let value = object[key] else { return nil }
    guard let text = value.number?.text ?? value.string, text.utf8.count <= 64, let found = read(text) else {
      throw wrong(key, expected, value)
    }
    return found
  }

  func flag(_ key: String) throws(RecordingError) -> Bool? {
    guard let value = object[key] else { return nil }
    guard let flag = value.bool else { throw wrong(key, "true or false", value) }
    return flag
  }

  private func wrong(_ key: String, _ expected: String, _ value: JSONValue) -> RecordingError {
    let found = value.number?.text ?? value.string.map(Text.quoted) ?? ArgumentKind.found(value)
    return error("\"\(key)\" must be \(expected), found \(found)")
  }
}
