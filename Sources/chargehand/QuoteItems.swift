import Contract
import JSON
import Jobs
import Measures

/// The items of a quote as the command line gives them: the same JSON that `job.estimate` takes, and so the same checks.
struct QuoteItems {
  let json: JSONValue
  let items: [Estimate.Item]

  init(_ command: QuoteCommand) throws {
    var given = Given()
    for text in command.material {
      try given.add("--material", text, "material", "grams", "a mass, such as 120g") { text in
        Self.amount(text, MassUnit.self).flatMap { Mass($0, $1)?.grams }
      }
    }
    for text in command.time {
      try given.add("--time", text, "work_center", "minutes", "a time, such as 4.5h", Self.minutes)
    }
    for text in command.energy {
      try given.add("--energy", text, "work_center", "kwh", "an energy, such as 0.5kWh") { text in
        Self.amount(text, EnergyUnit.self).flatMap { Energy($0, $1)?.kilowattHours }
      }
    }
    for text in command.labor {
      try given.add("--labor", text, "activity", "minutes", "a time, such as 30min", Self.minutes)
    }
    for text in command.service {
      let parts = Self.parts(text)
      var object: JSONObject = ["service": .string(parts[0])]
      if parts.count > 1 { object["quantity"] = .string(parts[1]) }
      try given.add("--service", text, object)
    }
    for text in command.extra {
      let parts = Self.parts(text)
      guard parts.count == 3 else {
        throw Complaint(
          .usage, "--extra \(text) is not understood; give NAME=PRICE=TAX, such as Shipping=12.50=standard")
      }
      try given.add(
        "--extra", text,
        ["name": .string(parts[0]), "price": .string(parts[1]), "tax": .string(parts[2])])
    }
    json = .array(given.list)
    items = given.items
  }

  /// What was given so far, each read at once: a mistake is told by the option that it stands in.
  private struct Given {
    var list: [JSONValue] = []
    var items: [Estimate.Item] = []

    mutating func add(_ option: String, _ text: String, _ object: JSONObject) throws {
      let items: JSONValue = [.object(object)]
      let payload = JSONValue.object(["id": "quote", "job": "quote", "items": items]).compactBytes
      switch CommandMessage.decode(verb: "job.estimate", payload: payload).command {
      case .success(.jobEstimate(_, let read)): self.items += read
      case .success: break
      case .failure(let refusal):
        let message = refusal.message.replacing("items[0].", with: "")
        throw Complaint(.usage, "\(option) \(text): \(message)")
      }
      list.append(.object(object))
    }

    /// `NAME=AMOUNT`, and `@PART` behind it.
    mutating func add(
      _ option: String, _ text: String, _ name: String, _ quantity: String, _ what: String,
      _ read: (String) -> Decimal?
    ) throws {
      let halves = text.split(separator: "@", maxSplits: 1).map(String.init)
      let parts = halves.isEmpty ? [] : QuoteItems.parts(halves[0])
      guard parts.count == 2, let amount = read(parts[1]) else {
        throw Complaint(.usage, "\(option) \(text) is not understood; give a name, = and \(what)")
      }
      var object: JSONObject = [name: .string(parts[0]), quantity: .string(amount.description)]
      if halves.count > 1 { object["part"] = .string(halves[1]) }
      try add(option, text, object)
    }
  }

  fileprivate static func parts(_ text: String) -> [String] {
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
