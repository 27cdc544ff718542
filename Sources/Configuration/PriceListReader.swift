import Jobs
import Measures
import Metering

extension ConfigurationReader {
  /// - Returns: `nil` where the currency is not known; the prices are checked all the same.
  func priceList(_ cursor: Cursor?, currency: Currency?) -> PriceList? {
    let section = cursor?.section()
    let taxes = self.taxes(section?.optional("taxes"))
    let materials = entries(section?.optional("materials"), MaterialKind.self).map { id, cursor in
      (id, item(cursor, id.text, per: [.kilogram, .gram]))
    }
    let machines = entries(section?.optional("machines"), RateKind.self).map { id, cursor in
      declared.machines.insert(id)
      return (id, machine(cursor, id.text))
    }
    let labor = entries(section?.optional("labor"), ActivityKind.self).map { id, cursor in
      (id, item(cursor, id.text, per: [.hour, .minute]))
    }
    let energy = section?.optional("energy").flatMap { item($0, "Energy", per: [.kilowattHour]) }
    let services = entries(section?.optional("services"), ServiceKind.self).map { id, cursor in
      (id, item(cursor, id.text, per: [.piece]))
    }
    let markup = section?.optional("markup")?.percent(Self.markups)
    section?.finish()
    guard let currency else { return nil }
    return PriceList(
      currency: currency, materials: dictionary(materials), machines: dictionary(machines),
      labor: dictionary(labor), energy: energy, services: dictionary(services), markup: markup ?? .zero,
      taxes: taxes)
  }

  /// The keys of a mapping are unique; what was refused is left out.
  private func dictionary<ID: Hashable, Item>(_ items: [(ID, Item?)]) -> [ID: Item] {
    Dictionary(items.compactMap { id, item in item.map { (id, $0) } }) { first, _ in first }
  }

  /// Minus 100 % gives it away.
  static let markups = -100...1000

  private func item(_ cursor: Cursor, _ name: String, per units: [BillingUnit]) -> PricedItem? {
    guard let section = cursor.section() else { return nil }
    let priced = self.item(section, name, per: units)
    section.finish()
    return priced
  }

  private func machine(_ cursor: Cursor, _ name: String) -> MachinePrice? {
    guard let section = cursor.section() else { return nil }
    let priced = self.item(section, name, per: [.hour, .minute])
    let day = Span.milliseconds(1)...Span.hours(24)
    let increment = section.optional("increment")?.span(day)
    let minimum = section.optional("minimum")?.span(day)
    let setup = section.optional("setup")?.decimal("an amount of 0 or more, such as 20.00") { !$0.isNegative }
    section.finish()
    return MachinePrice(item: priced, increment: increment, minimum: minimum, setup: setup)
  }

  private func item(_ section: Section, _ name: String, per units: [BillingUnit]) -> PricedItem {
    let given = section.optional("name")?.line()
    let price = section.optional("price").flatMap { self.price($0, per: units) }
    if !section.has("price") {
      section.cursor.warning("has no price; a draft that needs it is held until somebody settles it")
    }
    let tax = section.optional("tax")?.reference(to: declared.taxes, in: "price_list.taxes", "tax")
    let hasMarkup = section.optional("markup").map { cursor in
      cursor.choice([("none", false)]) ?? true
    }
    return PricedItem(name: given ?? name, price: price, tax: tax, hasMarkup: hasMarkup ?? true)
  }

  private func price(_ cursor: Cursor, per units: [BillingUnit]) -> Price? {
    let forms = units.map { $0 == .piece ? "35.00" : "24.90/\($0.symbol)" }.joined(separator: " or ")
    guard let price = cursor.read("an exact price such as \(forms)", { Price(text: $0) }) else { return nil }
    guard units.contains(price.unit) else {
      cursor.expected("a price such as \(forms)")
      return nil
    }
    return price
  }

  private func taxes(_ cursor: Cursor?) -> [TaxID: TaxRate] {
    var taxes: [TaxID: TaxRate] = [:]
    for (id, value) in entries(cursor, TaxKind.self) {
      declared.taxes.insert(id)
      guard let section = value.section() else { continue }
      let rate = section.required("rate")?.percent(0...100)
      let category = section.required("category")?.choice(Self.taxCategories.map { ($0, $0) })
      let reason = section.optional("reason")?.line()
      section.finish()
      guard let rate, let category else { continue }
      if category == "S", rate == .zero {
        section.optional("category")?.mistake(
          "the standard category has a rate above 0; use Z or E (found 0%)")
      }
      if category != "S", rate != .zero {
        section.optional("rate")?.mistake("the category \(category) has the rate 0% (found \(rate)%)")
      }
      // EN 16931, BR-E-10 and its like: whoever charges no tax says why.
      if !["S", "Z"].contains(category), !section.has("reason") {
        section.report("is missing: the category \(category) needs a reason", key: "reason")
      }
      taxes[id] = TaxRate(rate: rate, category: category, reason: reason)
    }
    return taxes
  }

  /// The categories of EN 16931 that a shop can meet.
  private static let taxCategories = ["S", "E", "Z", "AE", "K", "G", "O"]

  func customers(_ cursor: Cursor?) -> [CustomerID: Customer] {
    var customers: [CustomerID: Customer] = [:]
    guard let cursor else { return customers }
    var refs = Names(list: "customers")
    for item in cursor.items() {
      guard let section = item.section() else { continue }
      let ref: CustomerID? = name(section, key: "ref", as: &refs)
      let name = section.optional("name")?.line()
      let markup = section.optional("markup")?.percent(Self.markups)
      let terms = section.optional("terms")?.line()
      let delivery = section.optional("delivery")?.choice([
        ("draft", Customer.Delivery.draft), ("auto_send", .autoSend),
      ])
      section.finish()
      guard let ref else { continue }
      customers[ref] = Customer(
        ref: ref, name: name, markup: markup, terms: terms, delivery: delivery ?? .draft)
    }
    return customers
  }
}
