internal import Jobs
internal import Measures
internal import Metering

/// Goes through a shop once and adds up.
struct ReportTally {
  let shop: Shop
  let grouping: Report.Grouping
  let period: Range<WallTime>
  let currency: Currency
  private(set) var rows: [String: Report.Row] = [:]
  private(set) var foreign: Set<JobID> = []

  init(shop: Shop, grouping: Report.Grouping, period: Range<WallTime>, currency: Currency) {
    self.shop = shop
    self.grouping = grouping
    self.period = period
    self.currency = currency
  }

  mutating func count() {
    for run in shop.runs.rows.values {
      if let end = run.endedAt, period.contains(end.wall) { count(run) }
    }
    for usage in shop.usages.rows.values where period.contains(usage.to.wall) { count(usage) }
    for job in shop.jobs.rows.values {
      // What was noted for a job that was not billed after all is dropped.
      for entry in job.entries where !job.isReleased && entry.voided == nil && period.contains(entry.at.wall)
      {
        count(entry, job)
      }
      for draft in job.drafts where period.contains(draft.emittedAt) { count(draft, job) }
    }
  }

  // MARK: Used

  private mutating func count(_ run: Run) {
    let time = run.time.total(of: billable(run)).base
    let energy = max(0, run.energy?.amount ?? 0)
    for item in run.work.fractions {
      // What a job was not billed for became usage that was nobody's.
      guard let job = shop.jobs[item.share.job], !job.isReleased else { continue }
      for tally in run.materials {
        use(.material, item.own(max(0, tally.amount)), job, run.workCenter, tally.material)
      }
      if let report = run.billedReport {
        use(.material, item.own(max(0, report.amount)), job, run.workCenter, report.material)
      }
      use(.machineTime, item.own(time), job, run.workCenter, nil)
      use(.energy, item.own(energy), job, run.workCenter, nil)
    }
  }

  private mutating func use(
    _ kind: Usage.Kind, _ base: Int64, _ job: Job, _ place: WorkCenterID?, _ material: MaterialID?
  ) {
    guard base > 0 else { return }
    var amounts = Report.Amounts()
    amounts.add(kind, base)
    add(used: amounts, to: key(job, at: place, material, kind))
  }

  private func billable(_ run: Run) -> [MachineState] {
    run.time.isManual ? [.running] : shop.rules[run.rules]?.workCenters[run.workCenter]?.billable ?? []
  }

  private mutating func count(_ usage: Usage) {
    var amounts = Report.Amounts()
    amounts.add(usage.kind, usage.quantity)
    let place = key(nil, at: usage.workCenter, usage.material, usage.kind)
    switch usage.decision {
    case nil: add(unattributed: amounts, to: place)
    case .writtenOff: add(writtenOff: amounts, to: place)
    case .assigned(let id, _):
      guard let job = shop.jobs[id] else { return }
      add(used: amounts, to: key(job, at: usage.workCenter, usage.material, usage.kind))
    }
  }

  private mutating func count(_ entry: Entry, _ job: Job) {
    switch entry.content {
    case .labor(_, _, let from, let to):
      guard let span = to?.since(from) else { return }
      addLabor(span, job)
    case .laborRecorded(_, _, let span): addLabor(span, job)
    case .material(_, let material, let mass, _): use(.material, mass.base, job, nil, material)
    case .weighing(let weighing):
      guard let used = weighing.used else { return }
      use(.material, used.base, job, nil, weighing.material)
    case .service, .usage, .check: break
    }
  }

  private mutating func addLabor(_ span: Span, _ job: Job) {
    // It has neither a machine nor a material.
    guard grouping == .job || grouping == .customer else { return }
    add(labor: span, to: key(job, at: nil, nil))
  }

  // MARK: Billed

  private mutating func count(_ draft: DraftRecord, _ job: Job) {
    guard draft.state != .superseded, draft.state != .rejected, draft.payment != .void else { return }
    guard shop.rules[job.rules]?.priceList.currency == currency else {
      foreign.insert(job.id)
      return
    }
    // A credit takes back the lines of what it names.
    let taken =
      draft.kind == .credit ? job.drafts.first { $0.id == draft.supersedes && $0.state == .credited } : draft
    guard let taken else { return }
    let isCredit = draft.kind == .credit
    guard taken.kind == .invoice else {
      return billInAdvance(isCredit ? .zero - draft.payable : draft.payable, job)
    }
    for line in taken.lines { bill(line, isCredit ? .zero - line.net : line.net, job) }
  }

  private mutating func billInAdvance(_ amount: Money, _ job: Job) {
    // It is a share of the whole: neither a machine's nor a material's.
    guard grouping == .job || grouping == .customer else { return }
    add(inAdvance: amount, to: key(job, at: nil, nil))
  }

  private mutating func bill(_ line: BilledLine, _ amount: Money, _ job: Job) {
    switch grouping {
    case .job, .customer: add(billed: amount, to: key(job, at: nil, nil))
    case .material:
      guard line.kind == .material else { return }
      let material =
        line.key.hasPrefix("material.") ? MaterialID(String(line.key.dropFirst("material.".count))) : nil
      add(billed: amount, to: key(job, at: nil, material))
    case .machine: split(amount, of: line)
    }
  }

  /// To the work centers that it comes from, by how much of it each has; the last has what rounding leaves.
  private mutating func split(_ amount: Money, of line: BilledLine) {
    let places = (line.places ?? []).map { (place: $0.workCenter, weight: Int128(max(1, $0.base))) }
    var left = places.reduce(Int128(0)) { $0 + $1.weight }
    var rest = amount
    for (place, weight) in places {
      let part = Money(base: Int64(clamping: Int128(rest.base) * weight / max(1, left)))
      add(billed: part, to: key(nil, at: place, nil))
      rest = rest - part
      left -= weight
    }
  }

  // MARK: Rows

  private struct Place {
    let key: String
    let name: String?
    var customer: String?
  }

  /// Where something belongs; `nil` where it is nobody's by that.
  private func key(
    _ job: Job?, at place: WorkCenterID?, _ material: MaterialID?, _ kind: Usage.Kind = .material
  ) -> Place? {
    switch grouping {
    case .job:
      guard let job else { return Place(key: "-", name: "no job") }
      return Place(
        key: job.id.text, name: job.title, customer: job.customer.name ?? job.customer.ref.text)
    case .customer:
      guard let job else { return Place(key: "-", name: "nobody's") }
      return Place(key: job.customer.ref.text, name: job.customer.name)
    case .machine:
      guard let place else { return Place(key: "-", name: "no machine") }
      return Place(key: place.text, name: shop.currentRules?.workCenters[place]?.name)
    case .material:
      guard kind == .material else { return nil }
      guard let material else { return Place(key: "-", name: "material not named") }
      return Place(key: material.text, name: shop.currentRules?.priceList.materials[material]?.name)
    }
  }

  private mutating func add(
    used: Report.Amounts = .init(), unattributed: Report.Amounts = .init(),
    writtenOff: Report.Amounts = .init(),
    labor: Span = .zero, billed: Money = .zero, inAdvance: Money = .zero, to place: Place?
  ) {
    guard let place else { return }
    var row = rows[place.key] ?? Report.Row(place.key, place.name, customer: place.customer)
    row.used.add(used)
    row.unattributed.add(unattributed)
    row.writtenOff.add(writtenOff)
    row.labor = row.labor + labor
    row.billed = row.billed + billed
    row.inAdvance = row.inAdvance + inAdvance
    rows[place.key] = row
  }
}
