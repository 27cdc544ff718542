internal import JSON
internal import Jobs
internal import Measures
internal import Metering

/// An argument that its kind let in.
enum ArgumentValue {
  case text(String)
  case flag(Bool)
  case decimal(Decimal)
  case whole(Int64)
  case settlement(HoldSettlement)
  case customer(ref: CustomerID, name: String?)
  case parts([JobOrder.PartOrder])
  case estimate([Estimate.Item])
  case shares([PlateShare])
  case ids([String])
  case percentages(Percentages)
}

extension ArgumentKind {
  /// Reads one value.
  /// - Throws: `malformed` for the wrong type, `invalid_argument` for a value that is ill-formed or out of
  ///   range.
  func read(_ value: JSONValue, as name: String) throws(Refusal) -> ArgumentValue {
    switch self {
    case .id: return .text(try identifier(value, name))
    case .draftID:
      let text = try identifier(value, name)
      guard text.utf8.count <= 20, text.utf8.allSatisfy(Self.isDraftByte) else {
        throw invalid(name, Text.quoted(text))
      }
      return .text(text)
    case .name: return .text(try prose(value, name, maximum: 200))
    case .reason: return .text(try prose(value, name, maximum: 500))
    case .flag:
      guard let flag = value.bool else { throw mistyped(name, value) }
      return .flag(flag)
    case .affirmation:
      guard let flag = value.bool else { throw mistyped(name, value) }
      guard flag else { throw invalid(name, "false; leave it out instead") }
      return .flag(true)
    case .word(let words):
      guard let word = value.string else { throw mistyped(name, value) }
      guard words.contains(word) else { throw invalid(name, Text.quoted(word), "one of \(expectation)") }
      return .text(word)
    case .minutes: return .decimal(try number(value, name, above: .zero, to: 100_000, decimals: 3))
    case .grams: return .decimal(try number(value, name, above: .zero, to: 1_000_000, decimals: 3))
    case .quantity: return .decimal(try number(value, name, above: .zero, to: 1_000_000, decimals: 6))
    case .pieces: return .whole(try whole(value, name, to: 1_000_000))
    case .sequence: return .whole(try whole(value, name, to: 1 << 53 - 1))
    case .percent: return .decimal(try number(value, name, from: Decimal(-100), to: 1_000, decimals: 6))
    case .markup: return .percentages(try markup(value, name))
    case .amount: return .decimal(try number(value, name, from: .zero, to: 1_000_000_000, decimals: 6))
    case .measure: return .settlement(try measure(value, name))
    case .unitPrice: return .settlement(try price(value, name))
    case .customer: return try customer(value, name)
    case .parts: return .parts(try parts(value, name))
    case .estimate: return .estimate(try estimate(value, name))
    case .shares: return .shares(try shares(value, name))
    case .ids: return .ids(try identifiers(value, name))
    }
  }

  // MARK: Texts

  private func identifier(_ value: JSONValue, _ name: String) throws(Refusal) -> String {
    guard let text = value.string else { throw mistyped(name, value) }
    guard JobID.isValid(text) else { throw invalid(name, Text.quoted(text)) }
    return text
  }

  private func identifiers(_ value: JSONValue, _ name: String) throws(Refusal) -> [String] {
    guard let list = value.array else { throw mistyped(name, value) }
    guard !list.isEmpty, list.count <= 100 else {
      throw Refusal(.invalidArgument, "\(name) has \(list.count) items, 1 to 100 are allowed")
    }
    var ids: [String] = []
    for (index, item) in list.enumerated() {
      guard let text = item.string, JobID.isValid(text) else {
        throw Refusal(.invalidArgument, "\(name)[\(index)] must be an id, found \(item.compactText)")
      }
      ids.append(text)
    }
    return ids
  }

  private func prose(_ value: JSONValue, _ name: String, maximum: Int) throws(Refusal) -> String {
    guard let text = value.string else { throw mistyped(name, value) }
    if let fault = Text.fault(in: text, maximum: maximum) {
      throw Refusal(.invalidArgument, "\(name) \(fault)")
    }
    return text
  }

  private static func isDraftByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
    default: false
    }
  }

  // MARK: Numbers: by their text, never through a binary float

  private func number(
    _ value: JSONValue, _ name: String, above: Decimal? = nil, from: Decimal? = nil, to: Int64, decimals: Int
  ) throws(Refusal) -> Decimal {
    guard let text = value.number?.text ?? value.string else { throw mistyped(name, value) }
    guard text.utf8.count <= 64, let number = value.decimal, number.scale <= decimals, number <= Decimal(to),
      above.map({ number > $0 }) ?? true, from.map({ number >= $0 }) ?? true
    else { throw invalid(name, shown(value)) }
    return number
  }

  private func whole(_ value: JSONValue, _ name: String, to: Int64) throws(Refusal) -> Int64 {
    guard let number = value.number else { throw mistyped(name, value) }
    guard let whole = number.int64, (1...to).contains(whole) else { throw invalid(name, shown(value)) }
    return whole
  }

  private func measure(_ value: JSONValue, _ name: String) throws(Refusal) -> HoldSettlement {
    guard let text = value.string else { throw mistyped(name, value) }
    let unit = String(text.reversed().prefix { $0.isASCII && $0.isLetter }.reversed())
    var amount = text.dropLast(unit.count)
    if amount.hasSuffix(" ") { amount.removeLast() }
    guard text.utf8.count <= 64, let number = Decimal(amount), number.scale <= 6, !unit.isEmpty else {
      throw invalid(name, Text.quoted(text))
    }
    if let measure = MassUnit(rawValue: unit) {
      let most = Mass(milligrams: 1_000_000_000)
      guard !number.isNegative, let mass = Mass(number, measure), mass <= most else {
        throw invalid(name, Text.quoted(text), "from 0 g to \(most)")
      }
      return .mass(mass)
    }
    if Span(text: "1\(unit)") != nil {
      guard !number.isNegative, let span = Span(text: "\(number)\(unit)"), span <= .minutes(100_000) else {
        throw invalid(name, Text.quoted(text), "from 0 to 100000 minutes")
      }
      return .span(span)
    }
    throw invalid(name, Text.quoted(text))
  }

  private func price(_ value: JSONValue, _ name: String) throws(Refusal) -> HoldSettlement {
    guard let text = value.string else { throw mistyped(name, value) }
    guard text.utf8.count <= 64, let price = Price(text: text), price.amount.scale <= 6,
      price.amount <= Decimal(1_000_000_000)
    else { throw invalid(name, Text.quoted(text)) }
    return .price(price)
  }

  // MARK: Objects

  private func customer(_ value: JSONValue, _ name: String) throws(Refusal) -> ArgumentValue {
    if let text = value.string {
      guard let ref = CustomerID(text) else { throw invalid(name, Text.quoted(text)) }
      return .customer(ref: ref, name: nil)
    }
    guard let object = value.object else { throw mistyped(name, value) }
    let members = try ArgumentReader.read(object, by: Self.customerMembers, in: "\(name).")
    return .customer(ref: try members.id("ref"), name: try members.text("name"))
  }

  private func parts(_ value: JSONValue, _ name: String) throws(Refusal) -> [JobOrder.PartOrder] {
    try objects(value, name, by: Self.partMembers) { (members, _) throws(Refusal) in
      JobOrder.PartOrder(
        part: try members.id("part"), name: members.optionalText("name"),
        quantity: members.optionalWhole("quantity") ?? 1, workCenter: try members.optionalID("work_center"),
        material: try members.optionalID("material"))
    }
  }

  /// A list of at most 100 objects with these members.
  func objects<Item>(
    _ value: JSONValue, _ name: String, by specs: [ArgumentSpec],
    _ make: (ArgumentReader, String) throws(Refusal) -> Item
  ) throws(Refusal) -> [Item] {
    guard let list = value.array else { throw mistyped(name, value) }
    guard list.count <= 100 else {
      throw Refusal(.invalidArgument, "\(name) has \(list.count) items, 100 are allowed")
    }
    var items: [Item] = []
    for (index, item) in list.enumerated() {
      guard let object = item.object else {
        throw Refusal(.malformed, "\(name)[\(index)] must be an object, found \(Self.found(item))")
      }
      let place = "\(name)[\(index)]"
      items.append(try make(try ArgumentReader.read(object, by: specs, in: "\(place)."), place))
    }
    return items
  }

  private func shares(_ value: JSONValue, _ name: String) throws(Refusal) -> [PlateShare] {
    try objects(value, name, by: Self.shareMembers) { (members, place) throws(Refusal) in
      guard let weight = try members.decimal("share").multiplied(by: Decimal(1_000_000))?.int64 else {
        throw Refusal(.invalidArgument, "\(place).share has more than \(PlateShare.decimals) decimals")
      }
      return PlateShare(job: try members.id("job"), part: try members.optionalID("part"), weight: weight)
    }
  }

  static let shareMembers = [
    ArgumentSpec("job", .id, "the job"), ArgumentSpec("part", .id, optional: true, "its part"),
    ArgumentSpec(
      "share", .quantity, "how much of the plate is its, in whatever all shares are given in: grams, percent"),
  ]

  static let customerMembers = [
    ArgumentSpec("ref", .id, "the customer's reference"), ArgumentSpec("name", .name, "the customer's name"),
  ]

  static let partMembers = [
    ArgumentSpec("part", .id, "the part's id"),
    ArgumentSpec("name", .name, optional: true, "what it is called"),
    ArgumentSpec("quantity", .pieces, optional: true, "how many; 1 unless given"),
    ArgumentSpec("work_center", .id, optional: true, "where it is to be made"),
    ArgumentSpec("material", .id, optional: true, "what it is made of"),
  ]

  // MARK: Messages

  private func mistyped(_ name: String, _ value: JSONValue) -> Refusal {
    Refusal(.malformed, "\(name) must be \(expectation), found \(Self.found(value))")
  }

  private func invalid(_ name: String, _ found: String, _ expected: String? = nil) -> Refusal {
    Refusal(.invalidArgument, "\(name) must be \(expected ?? expectation), found \(found)")
  }

  private func shown(_ value: JSONValue) -> String {
    value.number.map { $0.text.utf8.count > 40 ? "\($0.text.prefix(40))…" : $0.text }
      ?? Text.quoted(value.string ?? "")
  }

  /// The type that stands there: `a string`, `the number 300`.
  static func found(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): flag ? "true" : "false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  /// A number of JSON may have an exponent; a text, which a person may have typed, may not.
  fileprivate var decimal: Decimal? {
    number.flatMap { Decimal(withExponent: $0.text) } ?? string.flatMap { Decimal($0) }
  }
}
