import Contract
import JSON
import Jobs
import Measures

/// The items of a quote as the command line gives them: the same JSON that `job.estimate` takes, and so the same checks.
struct QuoteItems {
  let json: JSONValue
  let items: [Estimate.Item]

  init(_ command: QuoteCommand) throws {
    var list: [JSONObject] = []
    for text in command.material {
      list.append(
        try Self.item("material", "grams", text, "a mass, such as 120g") { text in
          Self.amount(text, MassUnit.self).flatMap { Mass($0, $1)?.grams }
        })
    }
    for text in command.time {
      list.append(try Self.item("work_center", "minutes", text, "a time, such as 4.5h", Self.minutes))
    }
    for text in command.energy {
      list.append(
        try Self.item("work_center", "kwh", text, "an energy, such as 0.5kWh") { text in
          Self.amount(text, EnergyUnit.self).flatMap { Energy($0, $1)?.kilowattHours }
        })
    }
    for text in command.labor {
      list.append(try Self.item("activity", "minutes", text, "a time, such as 30min", Self.minutes))
    }
    for text in command.service {
      let parts = Self.parts(text)
      var object: JSONObject = ["service": .string(parts[0])]
      if parts.count > 1 { object["quantity"] = .string(parts[1]) }
      list.append(object)
    }
    for text in command.extra {
      let parts = Self.parts(text)
      guard parts.count == 3 else {
        throw Complaint(
          .usage, "\(text) is no line of its own; give NAME=PRICE=TAX, such as Shipping=12.50=standard")
      }
      list.append(["name": .string(parts[0]), "price": .string(parts[1]), "tax": .string(parts[2])])
    }
    json = .array(list.map(JSONValue.object))
    items = try list.isEmpty ? [] : Self.read(json)
  }

  private static func read(_ list: JSONValue) throws -> [Estimate.Item] {
    let payload = JSONValue.object(["id": "quote", "job": "quote", "items": list]).compactBytes
    switch CommandMessage.decode(verb: "job.estimate", payload: payload).command {
    case .success(.jobEstimate(_, let items)): return items
    case .success: return []
    case .failure(let refusal): throw Complaint(.usage, refusal.message)
    }
  }

  /// `NAME=AMOUNT`, and `@PART` behind it.
  private static func item(
    _ name: String, _ quantity: String, _ text: String, _ what: String, _ read: (String) -> Decimal?
  ) throws -> JSONObject {
    let halves = text.split(separator: "@", maxSplits: 1).map(String.init)
    let parts = halves.isEmpty ? [] : Self.parts(halves[0])
    guard parts.count == 2, let amount = read(parts[1]) else {
      throw Complaint(.usage, "\(text) is not understood; give a name, = and \(what)")
    }
    var object: JSONObject = [name: .string(parts[0]), quantity: .string(amount.description)]
    if halves.count > 1 { object["part"] = .string(halves[1]) }
    return object
  }

  private static func parts(_ text: String) -> [String] {
    text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
  }

  private static func amount<Unit: RawRepresentable>(_ text: String, _ unit: Unit.Type) -> (Decimal, Unit)?
  where Unit.RawValue == String {
    let name = String(text.reversed().prefix { $0.isLetter }.reversed())
    guard let unit = Unit(rawValue: name), let number = Decimal(text.dropLast(name.count)) else { return nil }
    return (number, unit)
  }

  private static func minutes(_ text: String) -> Decimal? {
    Span(text: text).flatMap { Decimal($0.milliseconds).divided(by: Decimal(60_000), roundedTo: 3) }
  }
}
