/// A length of time in whole milliseconds.
public struct Span: Measure {
  public let base: Int64
  public init(base: Int64) { self.base = base }

  public static func milliseconds(_ count: Int64) -> Span { Span(base: count) }
  public static func seconds(_ count: Int64) -> Span { Span(base: 1000) * count }
  public static func minutes(_ count: Int64) -> Span { Span(base: 60_000) * count }
  public static func hours(_ count: Int64) -> Span { Span(base: 3_600_000) * count }

  public var milliseconds: Int64 { base }
  public var seconds: Decimal { decimal(exponent: 3) }

  /// Reads a duration with its unit: `250ms`, `5s`, `6min`, `1h`, `1.5h`.
  public init?(text: some StringProtocol) {
    let units: [(String, Int64)] = [("ms", 1), ("min", 60_000), ("s", 1000), ("h", 3_600_000)]
    for (suffix, factor) in units where text.hasSuffix(suffix) {
      guard let number = Decimal(text.dropLast(suffix.count)), !number.isNegative,
        let span = Self.fromDecimal(number, times: Decimal(factor))
      else { return nil }
      self = span
      return
    }
    return nil
  }

  /// For people: `850 ms`, `4.2 s`, `3 min 05 s`, `2 h 07 min`.
  public var description: String {
    let total = base.magnitude
    let sign = base < 0 ? "-" : ""
    func padded(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    switch total {
    case 0..<1000: return "\(sign)\(total) ms"
    case 1000..<60_000: return "\(sign)\(Span(base: Int64(total / 100 * 100)).seconds) s"
    case 60_000..<3_600_000: return "\(sign)\(total / 60_000) min \(padded(total / 1000 % 60)) s"
    default: return "\(sign)\(total / 3_600_000) h \(padded(total / 60_000 % 60)) min"
    }
  }

  /// With nothing cut, for what is billed: `45 min`, `1 h 23 min 4.5 s`.
  public var exact: String {
    let total = base.magnitude
    let rest = Span(base: Int64(total % 60_000))
    var words: [String] = []
    if total >= 3_600_000 { words.append("\(total / 3_600_000) h") }
    if total / 60_000 % 60 > 0 { words.append("\(total / 60_000 % 60) min") }
    if rest > .zero || words.isEmpty { words.append("\(rest.seconds) s") }
    return (base < 0 ? "-" : "") + words.joined(separator: " ")
  }
}
