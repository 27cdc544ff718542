internal import Jobs
internal import Measures
internal import Metering

/// What a job is expected to need, as lines without prices.
struct EstimateLines {
  let estimate: Estimate
  let job: Job
  let rules: Rules
  private var list: PriceList { rules.priceList }

  var lines: [LineDraft] {
    estimate.items.compactMap { item in
      guard var line = line(item) else { return nil }
      line.worsen(to: .manual)
      line.evidence = [.noted(by: estimate.by.text, at: estimate.at, note: "estimated")]
      return line
    }
  }

  private func line(_ item: Estimate.Item) -> LineDraft? {
    var line: LineDraft?
    switch item.content {
    case .material(let material, let mass):
      line = LineDraft.ofMaterial(material, part: item.part, list: list)
      line?.base = mass.base
    case .machine(let place, let span):
      line = LineDraft.ofMachine(at: rules.workCenters[place], part: item.part, list: list)
      line?.base = span.base
    case .energy(let place, let energy):
      line = LineDraft.ofEnergy(at: place, rules.workCenters[place], list: list)
      line?.base = energy.base
    case .labor(let activity, let span):
      line = LineDraft.ofLabor(activity, list: list)
      line?.base = span.base
    case .service(let service, let quantity):
      line = LineDraft.ofService(service, for: job, key: "estimated", list: list)
      line?.count = quantity
    }
    return line
  }
}
