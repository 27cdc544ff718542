/// Texts from outside: what is let in, and how it is shown in a message.
public enum Text {
  /// What is wrong with a text that people will read; `nil` if nothing is.
  ///
  /// Counted in Unicode scalars, for one character may be made of any number of them.
  static func fault(in text: String, maximum: Int) -> String? {
    let count = text.unicodeScalars.count
    guard count <= maximum else { return "must have at most \(maximum) characters (it has \(count))" }
    if let bad = text.unicodeScalars.first(where: isHostile) {
      return "must not hold control characters (found U+\(hex(bad)))"
    }
    guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
      return "must not be empty"
    }
    return nil
  }

  /// Fit to be kept and shown whatever it was: hostile characters replaced, cut to `maximum`.
  static func tamed(_ text: String, maximum: Int) -> String {
    var result = ""
    for scalar in text.unicodeScalars.prefix(maximum) {
      result.unicodeScalars.append(
        isHostile(scalar) ? (scalar == "\n" || scalar == "\t" ? " " : "\u{FFFD}") : scalar)
    }
    return result
  }

  /// Controls, line separators, and the marks that turn the direction of what follows.
  private static func isHostile(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: return true
    default: break
    }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default: return scalar.properties.isNoncharacterCodePoint
    }
  }

  /// In quotes, cut, everything hostile escaped: a message must not carry an attack any further.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard index < 48 else { return result + "…\"" }
      if isHostile(scalar) {
        result += "\\u{\(hex(scalar))}"
      } else {
        if scalar == "\"" || scalar == "\\" { result += "\\" }
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func hex(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
  }

  /// The candidate with the fewest letters to change, if it is at most three, or a third of the word.
  public static func nearest(to word: String, among candidates: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let ranked = candidates.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.utf8.count / 3) else {
      return nil
    }
    return best.0
  }

  /// Levenshtein's.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
