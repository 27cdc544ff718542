import Testing

/// One thing changed in the shop, and every line that must come of it.
struct MistakeCase: Sendable, CustomTestStringConvertible {
  let old: String
  let new: String
  let lines: [String]

  init(_ old: String, _ new: String, _ lines: String...) {
    self.old = old
    self.new = new
    self.lines = lines
  }

  var testDescription: String { "\(old.debugDescription) to \(new.debugDescription)" }
}
