/// What an argument of a command may be. Each kind says once what it takes, for the decoder, the CLI and
/// the docs.
public enum ArgumentKind: Hashable, Sendable {
  /// 1 to 64 of `A-Za-z0-9._-`.
  case id
  /// At most 20 of `A-Z0-9-`.
  case draftID
  /// 1 to 200 characters, none of them a control.
  case name
  /// 1 to 500 characters, none of them a control.
  case reason
  case flag
  /// Only `true`: the argument is either given or left out.
  case affirmation
  /// One of these words.
  case word([String])
  /// Above 0, at most 100,000, up to 3 decimals.
  case minutes
  /// Above 0, at most 1,000,000, up to 3 decimals.
  case grams
  /// Above 0, at most 1,000,000, up to 6 decimals.
  case quantity
  /// A whole number from 1 to 1,000,000.
  case pieces
  /// A whole number from 1.
  case sequence
  /// −100 to 1,000, up to 6 decimals.
  case percent
  /// Percent for every kind of line, or `{material, machine, …, others}`.
  case markup
  /// 0 to 1,000,000,000, up to 6 decimals.
  case amount
  /// An amount with its unit: `12.5 g`, `14 min`.
  case measure
  /// A price with its unit: `24.90/kg`, `6.00/h`, `35.00` each.
  case unitPrice
  /// A reference, or `{ref, name}` in place.
  case customer
  /// What `job.create` says of each part, at most 100.
  case parts
  /// What `job.estimate` says, item by item, at most 100.
  case estimate
  /// How several jobs share a plate.
  case shares
  /// A list of 1 to 100 ids.
  case ids

  /// For messages and docs.
  public var expectation: String {
    switch self {
    case .id: "an id of 1 to 64 of A-Z a-z 0-9 . _ -"
    case .draftID: "a draft id of at most 20 of A-Z 0-9 -"
    case .name: "a text of 1 to 200 characters"
    case .reason: "a text of 1 to 500 characters"
    case .flag: "true or false"
    case .affirmation: "true"
    case .word(let words): words.joined(separator: ", ")
    case .minutes: "minutes, above 0 and at most 100000, up to 3 decimals"
    case .grams: "grams, above 0 and at most 1000000, up to 3 decimals"
    case .quantity: "a number above 0 and at most 1000000, up to 6 decimals"
    case .pieces: "a whole number from 1 to 1000000"
    case .sequence: "a whole number from 1"
    case .percent: "percent, from -100 to 1000, up to 6 decimals"
    case .markup:
      "percent, from -100 to 1000, up to 6 decimals; or for some kinds of lines, {\(Self.markupMembers.map(\.name).joined(separator: ", "))}"
    case .amount: "an amount of money from 0 to 1000000000, up to 6 decimals"
    case .measure: "an amount with its unit, such as \"12.5 g\" or \"14 min\""
    case .unitPrice: "a price with its unit, such as \"24.90/kg\""
    case .customer: "a customer's ref, or {\"ref\", \"name\"}"
    case .parts: "a list of {part, name?, quantity?, work_center?, material?}"
    case .estimate:
      "a list of {material, grams, part?}, {work_center, minutes, part?}, {work_center, kwh, part?}, {activity, minutes}, "
        + "{service, quantity?} and {name, price, tax, quantity?}"
    case .shares: "a list of {job, part?, share}"
    case .ids: "a list of 1 to 100 ids"
    }
  }
}

/// One argument of a verb: its key in the payload, what it takes, and whether it must be there.
public struct ArgumentSpec: Hashable, Sendable {
  public let name: String
  public let kind: ArgumentKind
  public let isRequired: Bool
  /// What it means, for the CLI's help.
  public let help: String

  init(_ name: String, _ kind: ArgumentKind, optional: Bool = false, _ help: String) {
    self.name = name
    self.kind = kind
    isRequired = !optional
    self.help = help
  }

  /// As the CLI spells it: `--work-center`.
  public var option: String { "--" + name.map { $0 == "_" ? "-" : String($0) }.joined() }
  /// As messages and docs list it: `part?` where it may be left out.
  public var listed: String { isRequired ? name : "\(name)?" }
}
