internal import JSON
internal import Jobs
internal import Measures

/// The arguments of one command, each let in by its kind.
struct ArgumentReader {
  private let values: [String: ArgumentValue]
  private let place: String

  /// Reads every member of `object` by its spec.
  /// - Throws: `malformed` for a member no spec names, and for one that is missing; what the kinds throw.
  static func read(
    _ object: JSONObject, by specs: [ArgumentSpec], in place: String = "", besides: Set<String> = [],
    of verb: String? = nil
  ) throws(Refusal) -> ArgumentReader {
    let listed = specs.isEmpty ? "takes no arguments" : "takes \(specs.map(\.listed).joined(separator: ", "))"
    let subject = verb ?? (place.isEmpty ? "it" : String(place.dropLast()))
    var values: [String: ArgumentValue] = [:]
    for (key, _) in object where !besides.contains(key) && !specs.contains(where: { $0.name == key }) {
      let hint = Text.nearest(to: key, among: specs.map(\.name)).map { "; did you mean \($0)?" } ?? ""
      throw Refusal(.malformed, "unknown argument \(Text.quoted(place + key))\(hint) (\(subject) \(listed))")
    }
    for spec in specs {
      if let value = object[spec.name] {
        values[spec.name] = try spec.kind.read(value, as: place + spec.name)
      } else if spec.isRequired {
        throw Refusal(.malformed, "missing argument \(place)\(spec.name) (\(subject) \(listed))")
      }
    }
    return ArgumentReader(values: values, place: place)
  }

  func has(_ name: String) -> Bool { values[name] != nil }

  /// Exactly one of these must be there.
  func one(of names: [String]) throws(Refusal) -> String {
    let given = names.filter(has)
    guard let only = given.first, given.count == 1 else {
      let choice = names.joined(separator: ", ")
      let message =
        given.isEmpty
        ? "missing argument: give" : "\(given.joined(separator: " and ")) exclude each other: give"
      throw Refusal(.malformed, "\(message) one of \(choice)")
    }
    return only
  }

  // MARK: What has been let in

  func id<Kind>(_ name: String) throws(Refusal) -> Identifier<Kind> {
    guard let id: Identifier<Kind> = try optionalID(name) else { throw missing(name) }
    return id
  }

  func optionalID<Kind>(_ name: String) throws(Refusal) -> Identifier<Kind>? {
    guard case .text(let text) = values[name] else { return nil }
    guard let id = Identifier<Kind>(text) else {
      throw Refusal(.invalidArgument, "\(place)\(name) must be an id, found \(Text.quoted(text))")
    }
    return id
  }

  func text(_ name: String) throws(Refusal) -> String {
    guard let text = optionalText(name) else { throw missing(name) }
    return text
  }

  func optionalText(_ name: String) -> String? {
    if case .text(let text) = values[name] { text } else { nil }
  }

  func flag(_ name: String) throws(Refusal) -> Bool {
    guard case .flag(let flag) = values[name] else { throw missing(name) }
    return flag
  }

  func decimal(_ name: String) throws(Refusal) -> Decimal {
    guard let decimal = optionalDecimal(name) else { throw missing(name) }
    return decimal
  }

  func optionalDecimal(_ name: String) -> Decimal? {
    if case .decimal(let decimal) = values[name] { decimal } else { nil }
  }

  func optionalWhole(_ name: String) -> Int64? {
    if case .whole(let whole) = values[name] { whole } else { nil }
  }

  func whole(_ name: String) throws(Refusal) -> Int64 {
    guard let whole = optionalWhole(name) else { throw missing(name) }
    return whole
  }

  func settlement(_ name: String) throws(Refusal) -> HoldSettlement {
    switch values[name] {
    case .settlement(let settlement): return settlement
    case .flag: return .accept
    default: throw missing(name)
    }
  }

  func customer(_ name: String) throws(Refusal) -> (ref: CustomerID, name: String?) {
    guard case .customer(let ref, let called) = values[name] else { throw missing(name) }
    return (ref, called)
  }

  func parts(_ name: String) throws(Refusal) -> [JobOrder.PartOrder] {
    guard case .parts(let parts) = values[name] else { throw missing(name) }
    return parts
  }

  private func missing(_ name: String) -> Refusal { Refusal(.malformed, "missing argument \(place)\(name)") }

  /// Of minutes.
  func span(_ name: String) throws(Refusal) -> Span {
    guard let milliseconds = try decimal(name).multiplied(by: Decimal(60_000))?.int64 else {
      throw Refusal(.invalidArgument, "\(place)\(name) cannot be counted in milliseconds")
    }
    return .milliseconds(milliseconds)
  }

  /// `service` of the price list, or all of `name`, `price` and `tax`.
  func service() throws(Refusal) -> ServiceOrder {
    let free = ["name", "price", "tax"]
    if has("service") {
      if let extra = free.first(where: has) {
        throw Refusal(
          .malformed, "\(place)service and \(extra) exclude each other: give service, or name, price and tax")
      }
      return .listed(try id("service"))
    }
    if let missing = free.first(where: { !has($0) }) {
      throw Refusal(.malformed, "missing argument \(place)\(missing): give service, or name, price and tax")
    }
    return .free(name: try text("name"), price: try decimal("price"), tax: try id("tax"))
  }

  func markup(_ name: String) -> Percentages? {
    if case .percentages(let percentages) = values[name] { percentages } else { nil }
  }

  func estimate(_ name: String) throws(Refusal) -> [Estimate.Item] {
    guard case .estimate(let items) = values[name] else { throw missing(name) }
    return items
  }

  func shares(_ name: String) throws(Refusal) -> [PlateShare] {
    guard case .shares(let shares) = values[name] else { throw missing(name) }
    return shares
  }

  func optionalIDs<Kind>(_ name: String) -> [Identifier<Kind>]? {
    guard case .ids(let texts) = values[name] else { return nil }
    return texts.compactMap { Identifier($0) }
  }
}
