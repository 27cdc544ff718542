import Jobs
import Measures

// From what was used to lines: merged, in their order, with increments, minimums and setups, with a price.
extension Oracle {
  /// One line for each thing. Machine time that was noted goes with what was measured.
  func merged(_ uses: [Use]) -> [Use] {
    var result: [Use] = []
    for var use in uses {
      if use.key.kind == .machine { use.key.isNoted = false }
      if let index = result.firstIndex(where: { $0.key == use.key }), use.key.kind != .service {
        result[index].base += use.base
      } else {
        result.append(use)
      }
    }
    return result
  }

  /// Part by part as the job names them, what is no part's last; material, machine, labor, energy, services.
  func ordered(_ uses: [Use]) -> [Use] {
    let kinds: [LineKind] = [.material, .machine, .labor, .energy, .service]
    func rank(_ index: Int) -> (Int, Int, String, Int) {
      let key = uses[index].key
      let part = job.parts.firstIndex { $0.part == key.part } ?? job.parts.count
      // Services as they were put on the job.
      return (
        part, kinds.firstIndex(of: key.kind) ?? kinds.count, key.kind == .service ? "" : key.name, index
      )
    }
    return uses.indices.sorted { rank($0) < rank($1) }.map { uses[$0] }
  }

  /// Each line of machine time is rounded up to the increment. The minimum and the setup are due once for each part, or
  /// plate, and machine: the setup before the first of its lines, what lacks of the minimum on the last.
  func withFees(_ uses: [Use]) -> [Use] {
    func group(_ use: Use) -> Use.Key {
      var key = use.key
      key.percent = Fraction(100)
      return key
    }
    func machine(_ use: Use) -> MachinePrice? {
      guard use.key.kind == .machine, use.base > 0 else { return nil }
      return RateID(String(use.key.name.dropFirst("machine.".count))).flatMap { list.machines[$0] }
    }
    func roundedUp(_ use: Use) -> Int64 {
      guard let increment = machine(use)?.increment?.base else { return use.base }
      return (use.base + increment - 1) / increment * increment
    }
    var result: [Use] = []
    for (index, use) in uses.enumerated() {
      guard let machine = machine(use) else {
        result.append(use)
        continue
      }
      let siblings = uses.indices.filter { uses[$0].base > 0 && group(uses[$0]) == group(use) }
      if index == siblings.first, let setup = machine.setup { result.append(fee(setup, for: use)) }
      var billed = use
      billed.base = roundedUp(use)
      if index == siblings.last, let minimum = machine.minimum?.base {
        billed.base += max(0, minimum - siblings.reduce(0) { $0 + roundedUp(uses[$1]) })
      }
      result.append(billed)
    }
    return result
  }

  private func fee(_ setup: Decimal, for use: Use) -> Use {
    var fee = use
    fee.key.kind = .fee
    fee.key.name = "setup." + use.key.name.dropFirst("machine.".count)
    fee.item.name += ", setup"
    fee.item.price = Price(setup, per: .piece)
    fee.count = use.key.plate?.ofOne ?? Fraction(1)
    return fee
  }

  func line(_ use: Use) -> ExpectedLine {
    let free = Price(.zero, per: .piece)
    let price = use.item.price ?? settledPrices["price.\(use.key.name)"] ?? free
    let markup = use.item.hasMarkup ? markup(on: use.key.kind) : Fraction(0)
    let quantity = use.quantity(in: price.unit)
    let list = Fraction(price.amount)
    // Without a tax it was accepted as not subject to tax.
    let tax = use.item.tax.flatMap { self.list.taxes[$0] } ?? TaxRate(rate: .zero, category: "O")
    let inside = self.list.includesTax ? Fraction(tax.rate) : Fraction(0)
    let unitPrice = list.raised(byPercent: markup)
    return ExpectedLine(
      kind: use.key.kind, part: use.key.part, name: name(of: use), unit: price.unit, quantity: quantity,
      unitPrice: unitPrice,
      amount: (quantity * unitPrice).roundedHalfUp(digits: digits),
      cost: (quantity * list / Fraction(1).raised(byPercent: inside)).roundedHalfUp(digits: digits),
      tax: ExpectedTax.Group(category: tax.category, rate: tax.rate))
  }

  private func name(of use: Use) -> String {
    guard use.key.kind == .energy, let place = WorkCenterID(String(use.key.name.dropFirst("energy.".count)))
    else { return use.item.name }
    return "\(use.item.name), \(rules.workCenters[place]?.name ?? place.text)"
  }

  /// The job's wins over the customer's, and the customer's over the shop's.
  private func markup(on kind: LineKind) -> Fraction {
    func said(_ percentages: Percentages?) -> Decimal? {
      percentages.flatMap { $0.byKind[kind] ?? $0.others }
    }
    let percent = said(job.markup) ?? said(rules.customers[job.customer]?.markup) ?? said(list.markup)
    return Fraction(percent ?? .zero)
  }
}
