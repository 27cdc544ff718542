import Jobs
import Measures
import Metering

/// What a job should be billed for, worked out beside the product from what happened and the rules in `docs/costing.md`.
struct Oracle {
  let job: JobOrder
  let rules: Rules
  /// What somebody said to holds for missing prices.
  let settledPrices: [String: Price]
  var list: PriceList { rules.priceList }
  var digits: Int { list.currency.minorDigits }

  /// The draft of the job, of all that happened in the shop from its beginning.
  func draft(of deeds: [Deed]) -> ExpectedDraft {
    var (runs, entries): ([Use], [Use]) = ([], [])
    var number = 0
    for deed in deeds {
      if case .run(let run) = deed {
        runs += uses(of: run)
      } else {
        number += 1
        if let use = entry(deed, number: number) { entries.append(use) }
      }
    }
    return draft(of: runs + entries)
  }

  /// The draft that an estimate would be.
  func draft(of items: [Estimate.Item]) -> ExpectedDraft {
    draft(of: items.enumerated().compactMap { estimated($1, number: $0) })
  }

  private func draft(of uses: [Use]) -> ExpectedDraft {
    ExpectedDraft(withFees(ordered(merged(uses))).map(line), digits: digits, includesTax: list.includesTax)
  }

  // MARK: What was used

  private func uses(of run: RunDeed) -> [Use] {
    let places = Use.Plate.places(run.shares).filter { $0.share.job == job.job }
    guard let first = places.first, let last = places.last else { return [] }
    let (whole, center) = (run.whole, rules.workCenters[run.place])
    let machine = "machine.\(center?.machineRate?.text ?? "")"
    // What is timed by hand has no scale, nor a meter.
    let isManual = center?.runState == nil
    let materials = isManual ? [] : whole.materials.sorted { $0.key < $1.key }
    let uses = places.flatMap { share, plate in
      [use(.machine, share.part, machine, plate, whole.span.base, run.outcome)]
        + materials.map { use(.material, share.part, "material.\($0)", plate, $1, run.outcome) }
    }
    // A job has one line of energy, whatever it has on the plate.
    var plate = first.plate
    plate?.upTo = last.plate?.upTo ?? 0
    let energy = isManual ? nil : use(.energy, nil, "energy.\(run.place)", plate, whole.energy, run.outcome)
    return (uses + [energy]).compactMap { $0 }
  }

  /// What is billed of it: in part, if it did not end well.
  private func use(
    _ kind: LineKind, _ part: PartID?, _ name: String, _ plate: Use.Plate?, _ base: Int64, _ outcome: Outcome
  ) -> Use? {
    guard let item = item(name), base > 0 else { return nil }
    let said = list.outcomes[outcome].flatMap { $0.byKind[kind] ?? $0.others }
    let percent = Fraction(min(said ?? Decimal(100), Decimal(100)))
    guard percent.top > 0 else { return nil }
    return Use(
      key: Use.Key(kind: kind, part: part, name: name, percent: percent, plate: plate), item: item,
      base: (Fraction(Int128(base)) * percent.hundredths).roundedHalfUp(digits: 0))
  }

  private func entry(_ deed: Deed, number: Int) -> Use? {
    guard deed.jobs.contains(job.job) else { return nil }
    switch deed {
    case .run, .mistake: return nil
    case .labor(_, _, let activity, let span), .timer(_, _, let activity, let span):
      return noted(.labor, nil, "labor.\(activity)", span.base)
    case .material(_, let part, let material, let mass), .weighing(_, let part, let material, let mass):
      return noted(.material, part, "material.\(material)", mass.base)
    case .service(_, let service, let quantity): return served(service, quantity, number, as: "E\(number)")
    }
  }

  private func estimated(_ item: Estimate.Item, number: Int) -> Use? {
    switch item.content {
    case .material(let material, let mass): noted(.material, item.part, "material.\(material)", mass.base)
    case .machine(let place, let span):
      noted(.machine, item.part, "machine.\(rules.workCenters[place]?.machineRate?.text ?? "")", span.base)
    case .energy(let place, let energy): noted(.energy, nil, "energy.\(place)", energy.base)
    case .labor(let activity, let span): noted(.labor, nil, "labor.\(activity)", span.base)
    case .service(let service, let quantity): served(service, quantity, number, as: "estimated")
    }
  }

  private func noted(_ kind: LineKind, _ part: PartID?, _ name: String, _ base: Int64) -> Use? {
    item(name).map {
      Use(key: Use.Key(kind: kind, part: part, name: name, isNoted: true), item: $0, base: base)
    }
  }

  /// - Parameter free: what stands for a service that is in no list: its entry's id, by which it is put in order.
  private func served(_ service: ServiceOrder, _ quantity: Decimal, _ number: Int, as free: String) -> Use? {
    var use: Use?
    switch service {
    case .listed(let id):
      use = item("service.\(id)").map { Use(key: Use.Key(kind: .service, name: "service.\(id)"), item: $0) }
    case .free(let name, let price, let tax):
      let item = PricedItem(name: name, price: Price(price, per: .piece), tax: tax)
      use = Use(key: Use.Key(kind: .service, name: "service.\(free)"), item: item)
    }
    use?.count = Fraction(quantity)
    use?.key.number = number
    return use
  }

  /// What a line's name in the price list stands for.
  func item(_ key: String) -> PricedItem? {
    let words = key.split(separator: ".").map(String.init)
    switch words[0] {
    case "material": return MaterialID(words[1]).flatMap { list.materials[$0] }
    case "machine": return RateID(words[1]).flatMap { list.machines[$0]?.item }
    case "labor": return ActivityID(words[1]).flatMap { list.labor[$0] }
    case "energy": return list.energy
    default: return ServiceID(words[1]).flatMap { list.services[$0] }
    }
  }
}
