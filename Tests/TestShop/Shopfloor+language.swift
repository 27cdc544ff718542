public import Costing
public import Jobs
public import Measures
public import Metering

// The test language: short words for what happens in a shop every day.
extension Shopfloor {
  @discardableResult
  public mutating func create(
    _ job: JobID, for customer: CustomerID = "plain", markup: Decimal? = nil,
    parts: [JobOrder.PartOrder] = [
      JobOrder.PartOrder(part: "body", workCenter: "printer-1", material: "pla-black")
    ]
  ) -> Result<Receipt, Refusal> {
    send(
      .jobCreate(JobOrder(job: job, customer: customer, markup: markup.map { Percentages($0) }, parts: parts))
    )
  }

  @discardableResult
  public mutating func start(
    _ job: JobID? = nil, _ part: PartID? = nil, at place: WorkCenterID = "printer-1"
  ) -> Result<Receipt, Refusal> {
    send(.jobStart(workCenter: place, job: job, part: part))
  }

  @discardableResult
  public mutating func stop(
    at place: WorkCenterID = "printer-1", _ outcome: Outcome = .done
  ) -> Result<Receipt, Refusal> {
    send(.jobStop(workCenter: place, outcome: outcome))
  }

  @discardableResult
  public mutating func pause(at place: WorkCenterID = "printer-1") -> Result<Receipt, Refusal> {
    send(.jobPause(workCenter: place))
  }

  @discardableResult
  public mutating func resume(at place: WorkCenterID = "printer-1") -> Result<Receipt, Refusal> {
    send(.jobResume(workCenter: place))
  }

  /// What billing says of a draft, of whichever revision or of one; seen now, or so long ago.
  public mutating func report(
    _ draft: InvoiceDraft, revision: Int? = nil, _ state: String, _ event: String, ago: Span = .zero
  ) {
    let seen = now.wall.advanced(by: .zero - ago)
    let status = BillingStatus(
      draft: draft.id, revision: revision, state: state, event: event, observedAt: seen)
    apply(.billingStatus(status, at: now))
  }

  @discardableResult
  public mutating func complete(_ job: JobID) -> Result<Receipt, Refusal> { send(.jobComplete(.job(job))) }

  /// A job that is out is opened again, one more service is put on it, and it is completed again.
  public mutating func correct(_ job: JobID) {
    reopen(job)
    addService(to: job)
    complete(job)
  }

  @discardableResult
  public mutating func complete(at place: WorkCenterID) -> Result<Receipt, Refusal> {
    send(.jobComplete(.workCenter(place)))
  }

  @discardableResult
  public mutating func reopen(_ job: JobID) -> Result<Receipt, Refusal> {
    send(.jobReopen(job: job, reason: "a mistake"))
  }

  @discardableResult
  public mutating func cancel(_ job: JobID, bill: Bool) -> Result<Receipt, Refusal> {
    send(.jobCancel(job: job, reason: "changed their mind", bill: bill))
  }

  @discardableResult
  public mutating func reassign(_ run: RunID, to job: JobID, _ part: PartID? = nil) -> Result<
    Receipt, Refusal
  > {
    send(.jobReassign(run: run, job: job, part: part, reason: "the wrong job"))
  }

  @discardableResult
  public mutating func settle(_ job: JobID, _ hold: HoldID, _ how: HoldSettlement) -> Result<Receipt, Refusal>
  {
    send(.holdSettle(job: job, hold: hold, settlement: how, reason: "I saw it"))
  }

  @discardableResult
  public mutating func addService(
    _ service: ServiceID = "design-revision", _ quantity: String = "1", to job: JobID
  ) -> Result<Receipt, Refusal> {
    send(.serviceAdd(job: job, service: .listed(service), quantity: decimal(quantity)))
  }

  /// A job with one service, complete and drafted at once.
  public mutating func serviceJob(_ job: JobID, for customer: CustomerID = "plain") -> InvoiceDraft? {
    create(job, for: customer, parts: [])
    addService(to: job)
    complete(job)
    return drafts.last
  }

  /// Switches a printer's world on: a full spool, an idle machine, a counter.
  public mutating func warmUp() {
    for spool: DeviceID in ["spool-1", "spool-2", "spool-3"] { weights[spool] = 900_000 }
    weights["hopper-1"] = 20_000_000
    for machine: DeviceID in ["printer-1", "printer-2", "mill-1", "saw-1"] { states[machine] = .idle }
    counters["printer-1"] = 1_000_000
    pass(.seconds(5))
  }

  /// A machine works for so long, its scale losing so many milligrams a second.
  public mutating func work(
    _ machine: DeviceID = "printer-1", for span: Span, using rate: Int64 = 0, from scale: DeviceID = "spool-1"
  ) {
    states[machine] = .running
    use[scale] = rate
    pass(span)
    use[scale] = nil
    states[machine] = .idle
    pass(.seconds(1))
  }

  // MARK: Looking

  public func job(_ id: JobID) -> Job? { shop.jobs[id] }
  public func place(_ id: WorkCenterID) -> WorkCenter { shop.workCenters[id] ?? WorkCenter() }
  public func runs(of job: JobID) -> [Run] { (shop.jobs[job]?.runs ?? []).compactMap { shop.runs[$0] } }
  public var usages: [Usage] { shop.usages.ids.compactMap { shop.usages[$0] } }
  public var alarms: [String] { shop.alarms.ids.compactMap { shop.alarms[$0]?.kind } }

  /// Lines as a person would read them off: `PLA, black 12.5 GRM 0.31`.
  public func text(of draft: InvoiceDraft?) -> [String] {
    guard let draft else { return [] }
    return draft.lines.map {
      "\($0.name) \($0.quantity) \($0.unit.rawValue) \($0.netAmount.text(in: draft.currency))"
    }
  }
}

extension Result where Success == Receipt, Failure == Refusal {
  public var code: RefusalCode? {
    if case .failure(let refusal) = self { return refusal.code }
    return nil
  }
  /// What a refusal, or a reply, says to a person.
  public var message: String {
    switch self {
    case .success(let receipt): receipt.message ?? ""
    case .failure(let refusal): refusal.message
    }
  }
  public var receipt: Receipt? { try? get() }
}
