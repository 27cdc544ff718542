import Measures

// Each gives nil after it has reported what was expected and what was found.
extension Cursor {
  func id<Kind>(_ kind: Kind.Type = Kind.self) -> Identifier<Kind>? {
    read("an id of 1 to 64 of A-Z a-z 0-9 . _ -") { Identifier<Kind>($0) }
  }

  /// One of an enumeration's words.
  func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type = Choice.self) -> Choice?
  where Choice.RawValue == String {
    choice(Choice.allCases.map { ($0.rawValue, $0) })
  }

  func choice<Choice>(_ words: [(word: String, value: Choice)]) -> Choice? {
    if let text, let match = words.first(where: { $0.word == text }) { return match.value }
    let names = words.map(\.word)
    let list =
      names.count < 2
      ? names.joined() : names.dropLast().joined(separator: ", ") + " or \(names[names.count - 1])"
    expected(list, hint: text.map { Suggestion.text(for: $0, among: names) } ?? "")
    return nil
  }

  func bool() -> Bool? { choice([("true", true), ("false", false)]) }

  /// A whole number, decimal or `0x…`.
  func integer(_ range: ClosedRange<Int>) -> Int? {
    read("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
      let number = text.hasPrefix("0x") ? Int(text.dropFirst(2), radix: 16) : Int(text)
      return number.flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func decimal(_ what: String = "a decimal number", where holds: (Decimal) -> Bool = { _ in true })
    -> Decimal?
  {
    read(what) { Decimal($0).flatMap { holds($0) ? $0 : nil } }
  }

  func span(_ range: ClosedRange<Span>) -> Span? {
    let limits = "from \(range.lowerBound.written) to \(range.upperBound.written)"
    return read("a duration \(limits), such as 250ms, 5s, 6min or 1h") {
      Span(text: $0).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// Percent with its sign: `8.25%`.
  func percent(_ range: ClosedRange<Int>) -> Decimal? {
    read("a percentage from \(range.lowerBound)% to \(range.upperBound)%, such as 15%") { text in
      guard text.hasSuffix("%"), let percent = Decimal(text.dropLast().trimmingSpaces) else { return nil }
      return Decimal(range.lowerBound) <= percent && percent <= Decimal(range.upperBound) ? percent : nil
    }
  }

  /// A text for people: one line.
  func line(maximum: Int = 200) -> String? {
    read("a text of 1 to \(maximum) bytes on one line") { $0.isLine(maximum: maximum) ? $0 : nil }
  }

  /// An amount with its unit behind it: `0.1g`, `60W`. A space between them is allowed.
  func amount<Unit: RawRepresentable & CaseIterable, Value>(
    _ what: String, _ units: Unit.Type, where holds: (Value) -> Bool, _ make: (Decimal, Unit) -> Value?
  ) -> Value? where Unit.RawValue == String {
    read(what) { text in
      let digits = text.prefix { !$0.isLetter }
      guard let unit = Unit(rawValue: String(text.dropFirst(digits.count))),
        let number = Decimal(digits.trimmingSpaces), let value = make(number, unit), holds(value)
      else { return nil }
      return value
    }
  }

  func topic() -> String? {
    guard let text else {
      expected("an MQTT topic")
      return nil
    }
    if text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "#") }) {
      expected("one MQTT topic without the wildcards + and #")
      return nil
    }
    guard text.isLine(maximum: 65_535) else {
      expected("an MQTT topic of 1 to 65535 bytes without control characters")
      return nil
    }
    return text
  }

  /// Whether `HOST:PORT` has a port that there cannot be; that is reported then.
  /// - Parameter address: the text itself unless given.
  func refusesPort(of address: Substring? = nil) -> Bool {
    guard let address = address ?? text.map({ $0[...] }), let port = HostPort.impossiblePort(in: address)
    else {
      return false
    }
    mistake("a port is 1 to 65535 (found \(port.shown))")
    return true
  }

  /// An absolute path.
  func absolutePath() -> String? {
    read("an absolute path") { $0.hasPrefix("/") && $0.isLine(maximum: 4096) ? $0 : nil }
  }
}

extension String {
  func isLine(maximum: Int) -> Bool {
    (1...maximum).contains(utf8.count)
      && unicodeScalars.allSatisfy {
        $0.properties.generalCategory != .control && $0 != "\u{2028}" && $0 != "\u{2029}"
      }
  }
}

extension StringProtocol {
  var trimmingSpaces: SubSequence {
    let trailing = reversed().prefix { $0 == " " }.count
    return dropLast(trailing).drop { $0 == " " }
  }
}

extension Span {
  /// As the file writes it: `250ms`, `5s`, `6min`, `1h`.
  var written: String {
    let milliseconds = self.milliseconds
    if milliseconds == 0 { return "0s" }
    for (factor, unit) in [(3_600_000, "h"), (60_000, "min"), (1000, "s")] as [(Int64, String)]
    where milliseconds % factor == 0 { return "\(milliseconds / factor)\(unit)" }
    return "\(milliseconds)ms"
  }
}
