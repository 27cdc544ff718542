internal import Jobs
internal import Measures
internal import Metering

/// A line before it has a price: what was used, and how well that is known.
struct LineDraft {
  var kind: LineKind
  var part: PartID?
  var item: PricedItem
  /// What the price list calls it, for holds: `material.pla-black`.
  var key: String
  var list: PriceList
  /// In base units of `units`' dimension: mg, ms, mWh; pieces carry theirs in `count`.
  var base: Int64 = 0
  var count: Decimal?
  var measuredBase: Int64?
  var estimatedBase: Int64 = 0
  /// What hands took in mid-run.
  var removedBase: Int64 = 0
  /// How far off `base` may be, either way.
  var driftBase: Int64 = 0
  var units: [BillingUnit]
  var quality = CostLine.Quality.measured
  var gaps: [Gap] = []
  var flags: [String] = []
  var evidence: [CostLine.Evidence] = []
  var runs: [RunID] = []
  var places: [BilledPlace] = []
  /// Nobody said what was on the scale.
  var isOfUnknownMaterial = false
  /// Its share of a plate: everything on the line is of the whole plate until it is priced.
  var plate: PlateFraction?
  /// Which plate that is: another one may have the same fractions.
  var plateShares: [PlateShare] = []
  /// So many percent of what was used are billed.
  var share = Decimal(100)

  /// What was used, for people.
  var amount: String {
    switch kind {
    case .machine, .labor: Span(base: own(base)).exact
    case .energy: Energy(base: own(base)).description
    case .material: Mass(base: own(base)).description
    case .fee, .service: "\(count ?? .one)"
    }
  }

  /// Of an amount of the whole plate.
  func own(_ base: Int64) -> Int64 { plate?.part(of: base) ?? base }

  /// Only so many percent of what was used are billed.
  mutating func bill(_ percent: Decimal) {
    func part(of base: Int64) -> Int64 {
      Decimal(base).percent(percent)?.rounded(to: 0).int64 ?? base
    }
    share = percent
    measuredBase = base - estimatedBase
    base = part(of: base)
    estimatedBase = part(of: estimatedBase)
    driftBase = part(of: driftBase)
  }

  mutating func worsen(to other: CostLine.Quality) { quality = max(quality, other) }

  mutating func flag(_ text: String) {
    if !flags.contains(text) { flags.append(text) }
  }

  /// Shows on the line who settled what held it.
  mutating func settle(_ settled: Pricing.Settled, as text: String) {
    flag(text)
    evidence.append(.settled(settled.hold, settled.record))
  }

  /// Whether two pieces of use belong on one line: same thing, same price, same tax.
  ///
  /// Material noted by hand stays apart from what was weighed; machine time does not, for its minimum and its
  /// rounding are due once per part and machine.
  func belongsWith(_ other: LineDraft) -> Bool {
    kind == other.kind && part == other.part && key == other.key && item == other.item
      && share == other.share && isOfSamePlate(as: other) && list.hasSameTerms(as: other.list)
      && (kind == .machine || (quality == .manual) == (other.quality == .manual))
  }

  func isOfSamePlate(as other: LineDraft) -> Bool {
    plate == other.plate && plateShares == other.plateShares
  }

  mutating func merge(_ other: LineDraft) {
    if let more = other.measuredBase {
      measuredBase = (Mass(base: measuredBase ?? 0) + Mass(base: more)).base
    }
    base = (Mass(base: base) + Mass(base: other.base)).base
    estimatedBase = (Mass(base: estimatedBase) + Mass(base: other.estimatedBase)).base
    removedBase = (Mass(base: removedBase) + Mass(base: other.removedBase)).base
    driftBase = (Mass(base: driftBase) + Mass(base: other.driftBase)).base
    worsen(to: other.quality)
    gaps += other.gaps
    for text in other.flags { flag(text) }
    evidence += other.evidence
    for run in other.runs where !runs.contains(run) { runs.append(run) }
    for place in other.places {
      if let index = places.firstIndex(where: { $0.workCenter == place.workCenter }) {
        places[index].base = (Mass(base: places[index].base) + Mass(base: place.base)).base
      } else {
        places.append(place)
      }
    }
  }

  /// A quantity of a base amount in the unit it is priced in: six decimals at most.
  static func quantity(_ base: Int64, in unit: BillingUnit) -> Decimal? {
    switch unit {
    case .gram: Mass(base: base).grams
    case .kilogram: Mass(base: base).kilograms
    case .hour: Decimal(base).divided(by: Decimal(3_600_000), roundedTo: 6)
    case .minute: Decimal(base).divided(by: Decimal(60_000), roundedTo: 6)
    case .kilowattHour: Energy(base: base).kilowattHours
    case .piece: Decimal(base)
    }
  }

  /// The finished line; `nil` after a hold.
  func priced(with pricing: inout Pricing, number: Int) -> CostLine? {
    if own(base) < 0 {
      pricing.holdNegative(self)
      return nil
    }
    var line = self
    let price = pricing.price(of: &line)
    let tax = pricing.tax(of: &line)
    guard let price, let tax else { return nil }
    let markup = pricing.markup(for: self)
    guard let quantity = count ?? Self.quantity(own(base), in: price.unit),
      let amounts = pricing.amounts(
        quantity: quantity, price: price.amount, markup: markup.percent,
        taxInside: list.includesTax ? tax.rate : .zero)
    else {
      pricing.holdOverflow(of: self)
      return nil
    }
    let taxIncluded = list.includesTax ? TaxIncluded(unitPrice: amounts.unitPrice, amount: amounts.net) : nil
    let measured = measuredBase.flatMap { $0 == base ? nil : Self.quantity(own($0), in: price.unit) }
    return CostLine(
      id: "L\(number)", job: pricing.job.id, kind: kind, key: key, part: part, name: item.name,
      quantity: quantity,
      measuredQuantity: measured,
      estimatedQuantity: own(estimatedBase) == 0 ? nil : Self.quantity(own(estimatedBase), in: price.unit),
      removedQuantity: own(removedBase) == 0 ? nil : Self.quantity(own(removedBase), in: price.unit),
      uncertainty: own(driftBase) == 0 ? nil : Self.quantity(own(driftBase), in: price.unit),
      unit: price.unit,
      unitPrice: amounts.unitPrice, priceBaseQuantity: .one, netAmount: amounts.net,
      taxIncluded: taxIncluded, tax: tax,
      cost: Cost(amount: amounts.cost, markupPercent: markup.percent, markupFrom: markup.from),
      quality: quality,
      gaps: gaps, flags: line.flags, evidence: line.evidence, runs: line.runs, places: line.places)
  }
}
