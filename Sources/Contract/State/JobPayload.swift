internal import Costing
internal import JSON
public import Jobs
internal import Measures
internal import Metering

extension StatePayloads {
  /// A job with its parts, their runs and tallies, its entries, drafts and holds.
  public static func job(_ job: Job, shop: Shop) -> [UInt8] {
    let runs = job.runs.compactMap { shop.runs[$0] }
    let currency = shop.rules[job.rules]?.priceList.currency
    var payload = Payload()
    payload.set("job", job.id)
    payload.set("title", job.title)
    payload.set("order_ref", job.orderRef)
    payload.set("po_number", job.poNumber)
    payload["customer"] = customer(job.customer)
    payload.set("production_state", job.production.rawValue)
    payload.set("billing_state", job.billing.rawValue)
    payload["settling"] = settling(shop.waits(of: job))
    payload.set("batch", job.batch?.rawValue)
    payload["reopened"] = job.reopened.map(remark)
    payload["canceled"] = job.canceled.map(remark)
    payload.set("created_at", job.createdAt)
    payload.set("started_at", job.startedAt)
    payload.set("completed_at", job.completedAt)
    payload.set("outcome", job.outcome?.id)
    if !job.completions.isEmpty { payload.set("completed_on", job.completions.map(completion)) }
    payload.set(
      "parts", job.parts.map { part($0, runs: runs.filter { [id = $0.id] in $0.makes(id, of: job) }) })
    payload.set(
      "runs", runs.filter { run in !job.parts.contains { run.makes($0.id, of: job) } }.map(self.run))
    payload.set("entries", job.entries.map { entry($0, currency: currency) })
    payload["estimate"] = job.estimate.flatMap { estimate($0, of: job, shop) }
    if let currency, job.retained > .zero { payload.set("retained", job.retained.text(in: currency)) }
    payload.set("drafts", job.drafts.map { draft($0, currency: currency) })
    payload.set("holds", job.holds.map(hold))
    let settled = job.settlements.sorted { ($0.value.at, $0.key) < ($1.value.at, $1.key) }
    payload.set(
      "settlements", currency.map { currency in settled.map { settlement($0, $1, currency) } } ?? [])
    return payload.bytes
  }

  private static func completion(_ event: CompletionEvent) -> JSONValue {
    .object(["source": .string(event.source.text), "event_id": .string(event.id)])
  }

  private static func estimate(_ estimate: Estimate, of job: Job, _ shop: Shop) -> JSONValue? {
    guard let rules = shop.rules[estimate.rules], let quote = Quote(estimate, for: job, rules: rules) else {
      return nil
    }
    var payload = Payload()
    payload.set("total", quote.totals.taxInclusive.text(in: quote.currency))
    if !quote.problems.isEmpty { payload.set("problems", quote.problems.map { .string($0.message) }) }
    payload.set("by", estimate.by)
    payload.set("at", estimate.at)
    return payload.value
  }

  private static func settling(_ waits: [Wait]) -> JSONValue? {
    guard !waits.isEmpty else { return nil }
    let items = waits.map { wait in
      var item = Payload()
      switch wait {
      case .reading(let channel, _):
        item.set("device", channel.device)
        item.set("channel", channel.kind.rawValue)
      case .grace: item.set("setting", "draft_delay")
      case .answer(let draft): item.set("draft_id", draft)
      case .companions(let jobs): item.set("jobs", jobs.map { .string($0.text) })
      }
      item.set("until", wait.until)
      return item.value
    }
    var payload = Payload()
    payload.set("waits_for", items)
    if waits.allSatisfy({ $0.until != nil }) { payload.set("until", waits.compactMap(\.until).max()) }
    return payload.value
  }

  private static func part(_ part: Part, runs: [Run]) -> JSONValue {
    var payload = Payload()
    payload.set("part", part.id)
    payload.set("name", part.name)
    payload.set("quantity", part.quantity)
    payload.set("work_center", part.workCenter)
    payload.set("material", part.material)
    payload.set("complete", part.isComplete)
    payload.set("runs", runs.map(run))
    return payload.value
  }

  private static func run(_ run: Run) -> JSONValue {
    var payload = Payload()
    payload.set("run", run.id)
    payload.set("work_center", run.workCenter)
    payload.set("started_at", run.startedAt)
    payload.set("started_by", run.startedBy)
    payload.set("ended_at", run.endedAt)
    payload.set("outcome", run.outcome?.rawValue)
    payload.set("settled", run.isFinal)
    payload["plate"] = plate(run)
    payload["tallies"] = LiveTallies(run).payload
    let marks = (run.materials + [run.energy, run.reportedMaterial, run.pieces].compactMap { $0 }).flatMap(
      \.marks
    ).map(\.rawValue)
    payload.set("marks", Set(marks).sorted().map(JSONValue.string))
    return payload.value
  }

  private static func entry(_ entry: Entry, currency: Currency?) -> JSONValue {
    var payload = Payload()
    payload.set("entry", entry.id)
    switch entry.content {
    case .labor(let person, let activity, let started, let stopped):
      payload.set("type", "labor")
      payload.set("operator", person)
      payload.set("activity", activity)
      payload.set("started_at", started)
      payload.set("stopped_at", stopped)
      payload.set("seconds", stopped.flatMap { $0.since(started) }?.seconds)
    case .laborRecorded(let person, let activity, let span):
      payload.set("type", "labor")
      payload.set("operator", person)
      payload.set("activity", activity)
      payload.set("seconds", span.seconds)
    case .material(let part, let material, let mass, let note):
      payload.set("type", "material")
      payload.set("part", part)
      payload.set("material", material)
      payload.set("quantity", mass.grams)
      payload.set("unit", "g")
      payload.set("note", note)
    case .weighing(let weighing):
      payload.set("type", "weighing")
      payload.set("part", weighing.part)
      payload.set("material", weighing.material)
      payload.set("scale", weighing.scale)
      payload.set("before", weighing.before.grams)
      payload.set("after", weighing.after?.grams)
      payload.set("quantity", weighing.used?.grams)
      payload.set("unit", "g")
    case .check(let check, let reference):
      payload.set("type", "check")
      payload.set("check", check)
      payload.set("reference", reference)
    case .usage(let usage, let part):
      payload.set("type", "usage")
      payload.set("usage", usage)
      payload.set("part", part)
    case .service(.listed(let service), let quantity):
      payload.set("type", "service")
      payload.set("service", service)
      payload.set("quantity", quantity)
    case .service(.free(let name, let price, let tax), let quantity):
      payload.set("type", "service")
      payload.set("name", name)
      payload.set("price", price.text(minimumFractionDigits: currency?.minorDigits ?? 0))
      payload.set("tax", tax)
      payload.set("quantity", quantity)
    }
    payload.set("by", entry.by)
    payload.set("at", entry.at)
    payload.set("voided", entry.voided)
    return payload.value
  }
}

extension Run {
  fileprivate func makes(_ part: PartID, of job: Job) -> Bool {
    work.shares.contains { $0.job == job.id && $0.part == part }
  }
}
