internal import JSON
internal import Jobs
internal import Measures
internal import Metering

extension ArgumentKind {
  /// What `job.estimate` takes: each item by what names it.
  func estimate(_ value: JSONValue, _ name: String) throws(Refusal) -> [Estimate.Item] {
    try objects(value, name, by: Self.itemMembers) { (item, place) throws(Refusal) in
      let subject = try item.one(of: ["material", "work_center", "activity", "service", "name"])
      let taken = Self.members[subject, default: []] + [subject]
      if let extra = Self.itemMembers.map(\.name).first(where: { item.has($0) && !taken.contains($0) }) {
        throw Refusal(.malformed, "\(place) has \(subject) and so no \(extra)")
      }
      return Estimate.Item(try content(of: subject, item), part: try item.optionalID("part"))
    }
  }

  private func content(
    of subject: String, _ item: ArgumentReader
  ) throws(Refusal) -> Estimate.Item.Content {
    switch subject {
    case "material": return .material(try item.id("material"), try mass(item))
    case "activity": return .labor(try item.id("activity"), try item.span("minutes"))
    case "work_center":
      guard try item.one(of: ["minutes", "kwh"]) == "kwh" else {
        return .machine(try item.id("work_center"), try item.span("minutes"))
      }
      guard let energy = Energy(try item.decimal("kwh"), .kWh) else {
        throw Refusal(.invalidArgument, "kwh cannot be counted in milliwatt-hours")
      }
      return .energy(try item.id("work_center"), energy)
    default:
      return .service(try item.service(), quantity: item.optionalDecimal("quantity") ?? .one)
    }
  }

  private func mass(_ item: ArgumentReader) throws(Refusal) -> Mass {
    guard let mass = Mass(try item.decimal("grams"), .g) else {
      throw Refusal(.invalidArgument, "grams cannot be counted in milligrams")
    }
    return mass
  }

  static let members = [
    "material": ["grams", "part"], "work_center": ["minutes", "kwh", "part"], "activity": ["minutes"],
    "service": ["quantity"], "name": ["price", "tax", "quantity"],
  ]

  static let itemMembers = [
    ArgumentSpec("material", .id, optional: true, "a material of the price list"),
    ArgumentSpec("grams", .grams, optional: true, "how much of it"),
    ArgumentSpec("work_center", .id, optional: true, "where a machine is to run"),
    ArgumentSpec("minutes", .minutes, optional: true, "for how long"),
    ArgumentSpec("kwh", .quantity, optional: true, "what it is to draw"),
    ArgumentSpec("activity", .id, optional: true, "an activity of the price list"),
    ArgumentSpec("service", .id, optional: true, "a service of the price list"),
    ArgumentSpec("name", .name, optional: true, "a free line's name"),
    ArgumentSpec("price", .amount, optional: true, "a free line's price each"),
    ArgumentSpec("tax", .id, optional: true, "a free line's tax"),
    ArgumentSpec("quantity", .quantity, optional: true, "how many; 1 unless given"),
    ArgumentSpec("part", .id, optional: true, "for which part"),
  ]
}
