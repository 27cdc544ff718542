public import Measures
public import Metering

/// What an operator's tool asks for, checked for form; whether it can be done is for `Shop` to say.
public enum Command: Hashable, Sendable, Codable {
  case jobCreate(JobOrder)
  case jobStart(workCenter: WorkCenterID, job: JobID?, part: PartID?)
  case plateStart(workCenter: WorkCenterID, [PlateShare])
  case jobPause(workCenter: WorkCenterID)
  case jobResume(workCenter: WorkCenterID)
  case jobStop(workCenter: WorkCenterID, outcome: Outcome)
  /// `outcome` is one of the configuration's; `event` is another system's word that the job is done.
  case jobComplete(CompletionTarget, outcome: JobOutcomeID? = nil, event: CompletionEvent? = nil)
  /// What is said of a job changes; `nil` leaves it as it is.
  case jobAmend(job: JobID, title: String?, orderRef: String?, poNumber: String?)
  /// A point of the closeout is ticked off.
  case jobCheck(job: JobID, check: CheckID, reference: String?)
  case jobCancel(job: JobID, reason: String, bill: Bool)
  case jobReopen(job: JobID, reason: String)
  case jobReassign(run: RunID, job: JobID, part: PartID?, reason: String)
  case laborStart(job: JobID, operator: OperatorID, activity: ActivityID)
  case laborStop(job: JobID, operator: OperatorID, activity: ActivityID)
  case laborRecord(job: JobID, operator: OperatorID, activity: ActivityID, span: Span)
  case materialLoad(scale: DeviceID, material: MaterialID, lot: String?)
  case materialRecord(job: JobID, part: PartID?, material: MaterialID, mass: Mass, note: String?)
  /// `says` is what the scale said when the command came; whoever takes the command in asks it.
  case materialWeigh(job: JobID, WeighingOrder, says: ScaleWord?)
  case serviceAdd(job: JobID, service: ServiceOrder, quantity: Decimal)
  case entryVoid(entry: EntryID, reason: String)
  case usageAssign(usage: UsageID, job: JobID, part: PartID?)
  case usageWriteOff(usage: UsageID, reason: String)
  case holdSettle(job: JobID, hold: HoldID, settlement: HoldSettlement, reason: String)
  case draftResend(draft: DraftID, reason: String? = nil)
  /// Every draft from a sequence on that stands.
  case draftsResend(from: Int64, reason: String? = nil)
  case draftRevise(draft: DraftID, reason: String?)
  case jobEstimate(job: JobID, items: [Estimate.Item])
  case bill(DraftRecord.Kind, job: JobID, BillRequest.Share)
  /// What is complete and waits; all of it, unless jobs are named.
  case batch(customer: CustomerID, jobs: [JobID]?)
  case ledgerPublish
}

/// How a run ended.
public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
  case done, failed, canceled

  /// What became of the run, for people: `failed`, behind its name.
  public var story: String {
    switch self {
    case .done: "is done"
    case .failed: "failed"
    case .canceled: "was canceled"
    }
  }
}

public enum CompletionTarget: Hashable, Sendable, Codable {
  case job(JobID)
  /// The part that runs there, and the job with its last part.
  case workCenter(WorkCenterID)
}

/// What another system calls the event that completed a job: each is applied once.
public struct CompletionEvent: Hashable, Sendable, Codable {
  public let source: SourceID
  /// Its own, 1 to 200 characters.
  public let id: String

  public init(source: SourceID, id: String) {
    self.source = source
    self.id = id
  }
}

/// The arguments of `job.create`.
public struct JobOrder: Hashable, Sendable, Codable {
  public struct PartOrder: Hashable, Sendable, Codable {
    public var part: PartID
    public var name: String?
    public var quantity: Int64
    public var workCenter: WorkCenterID?
    public var material: MaterialID?

    public init(
      part: PartID, name: String? = nil, quantity: Int64 = 1, workCenter: WorkCenterID? = nil,
      material: MaterialID? = nil
    ) {
      self.part = part
      self.name = name
      self.quantity = quantity
      self.workCenter = workCenter
      self.material = material
    }
  }

  public var job: JobID
  public var customer: CustomerID
  /// Given in place: the customer need not be in the configuration.
  public var customerName: String?
  public var title: String?
  public var orderRef: String?
  public var poNumber: String?
  /// Percent; wins over the customer's and the shop's.
  public var markup: Percentages?
  public var parts: [PartOrder]

  public init(
    job: JobID, customer: CustomerID, customerName: String? = nil, title: String? = nil,
    orderRef: String? = nil,
    poNumber: String? = nil, markup: Percentages? = nil, parts: [PartOrder] = []
  ) {
    self.job = job
    self.customer = customer
    self.customerName = customerName
    self.title = title
    self.orderRef = orderRef
    self.poNumber = poNumber
    self.markup = markup
    self.parts = parts
  }
}

/// The arguments of `material.weigh`.
public struct WeighingOrder: Hashable, Sendable, Codable {
  public enum Step: String, Hashable, Sendable, Codable, CaseIterable { case before, after }

  public var part: PartID?
  public var material: MaterialID
  public var scale: DeviceID
  public var step: Step

  public init(part: PartID?, material: MaterialID, scale: DeviceID, step: Step) {
    self.part = part
    self.material = material
    self.scale = scale
    self.step = step
  }
}

public enum ServiceOrder: Hashable, Sendable, Codable {
  /// From the price list.
  case listed(ServiceID)
  /// A free line: a price each.
  case free(name: String, price: Decimal, tax: TaxID)
}

/// How an operator settles a hold.
public enum HoldSettlement: Hashable, Sendable, Codable {
  /// As it is: what was measured is billed, what was not is left out.
  case accept
  case mass(Mass)
  case span(Span)
  case price(Price)
}
