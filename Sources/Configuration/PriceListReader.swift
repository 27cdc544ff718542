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
      (id, service(cursor, id.text))
    }
    let markup = section?.optional("markup").flatMap { percentages($0, Self.markups, of: LineKind.allCases) }
    let outcomes = section?.optional("outcomes").map(self.outcomes)
    let includesTax = section?.optional("prices_include_tax")?.bool()
    section?.finish()
    guard let currency else { return nil }
    return PriceList(
      currency: currency, materials: dictionary(materials), machines: dictionary(machines),
      labor: dictionary(labor), energy: energy, services: dictionary(services),
      markup: markup ?? Percentages(),
      taxes: taxes, outcomes: outcomes ?? [:], includesTax: includesTax ?? false)
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

  private func service(_ cursor: Cursor, _ name: String) -> PricedItem? {
    let item = item(cursor, name, per: [.piece])
    for field in NameTemplate(item?.name ?? "").named where !NameTemplate.fields.contains(field) {
      let hint = Suggestion.text(for: field, among: NameTemplate.fields)
      cursor.section()?.optional("name")?.mistake(
        "a name has places for \(NameTemplate.fields.map { "{\($0)}" }.joined(separator: ", ")) "
          + "(found \("{\(field)}".shown))\(hint)")
    }
    return item
  }

  /// What is billed of a run that did not end as it should.
  private func outcomes(_ cursor: Cursor) -> [Outcome: Percentages] {
    guard let section = cursor.section() else { return [:] }
    var outcomes: [Outcome: Percentages] = [:]
    for outcome in [Outcome.failed, .canceled] {
      outcomes[outcome] = section.optional(outcome.rawValue).flatMap {
        percentages($0, 0...100, of: [.machine, .material, .energy])
      }
    }
    section.finish()
    return outcomes
  }

  /// One percentage for every kind of line, or one for each of some, and for the others.
  private func percentages(
    _ cursor: Cursor, _ range: ClosedRange<Int>, of kinds: [LineKind]
  ) -> Percentages? {
    guard case .mapping = cursor.tree.content, let section = cursor.section() else {
      return cursor.percent(range).map { Percentages($0) }
    }
    var percentages = Percentages()
    for kind in kinds { percentages.byKind[kind] = section.optional(kind.rawValue)?.percent(range) }
    percentages.others = section.optional("others")?.percent(range)
    section.finish()
    return percentages
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
      let markup = section.optional("markup").flatMap { percentages($0, Self.markups, of: LineKind.allCases) }
      let terms = section.optional("terms")?.line()
      let delivery = section.optional("delivery")?.choice([
        ("draft", Customer.Delivery.draft), ("auto_send", .autoSend),
      ])
      let retainage = section.optional("retainage")?.percent(0...100)
      let batch = section.optional("batch")?.choice(BatchRule.allCases.map { ($0.rawValue, $0) })
      section.finish()
      guard let ref else { continue }
      customers[ref] = Customer(
        ref: ref, name: name, markup: markup, terms: terms, delivery: delivery ?? .draft,
        retainage: retainage,
        batch: batch)
    }
    return customers
  }
}
