public import Measures
public import Metering

/// One customer order to bill.
public struct Job: Hashable, Sendable, Codable {
  public let id: JobID
  /// As it stood when the job was created: a later change of the configuration does not rewrite it.
  public var customer: Customer
  public var title: String?
  public var orderRef: String?
  public var poNumber: String?
  /// Percent; wins over the customer's and the shop's.
  public var markup: Percentages?
  public var parts: [Part]
  /// The rules it was created under: the currency, and the shop's markup.
  public let rules: RulesVersion
  public let createdAt: Moment
  public var startedAt: Moment?
  public var completedAt: Moment?
  public var production = ProductionState.open
  public var billing = BillingState.unbilled
  public var runs: [RunID] = []
  public var entries: [Entry] = []
  public var drafts: [DraftRecord] = []
  /// What it is expected to need.
  public var estimate: Estimate?
  /// Drafts that were asked for and are not made yet.
  public var requests: [BillRequest] = []
  /// It is costed, and waits to be drafted together with others of its customer.
  public internal(set) var batch: BatchWait?
  /// What an operator must settle before it can be drafted.
  public var holds: [Hold] = []
  public var settlements: [HoldID: SettledHold] = [:]
  /// What became of it, as the configuration had it when it was completed; `nil`: all of it is billed.
  public internal(set) var outcome: JobOutcome?
  /// Every event of another system that said it is complete.
  public internal(set) var completions: [CompletionEvent] = []
  /// Why it was last opened again, and why it was canceled.
  public internal(set) var reopened: Remark?
  public internal(set) var canceled: Remark?
  /// Why its draft is made anew, though nothing on the job has changed; until it is.
  public internal(set) var revised: Remark?

  public var draftsIfCanceled = false
  /// What it used became unattributed usage, which happens once.
  public var isReleased = false

  init(_ order: JobOrder, customer: Customer, rules: RulesVersion, at moment: Moment) {
    id = order.job
    self.customer = customer
    title = order.title
    orderRef = order.orderRef
    poNumber = order.poNumber
    markup = order.markup
    parts = order.parts.map(Part.init)
    self.rules = rules
    createdAt = moment
  }

  /// Nobody's yet: for a quote.
  public init(quotedFor customer: Customer, markup: Percentages?, rules: RulesVersion, at moment: Moment) {
    // A word of allowed characters.
    guard let id = JobID("quote") else { preconditionFailure("quote is no id") }
    self.init(
      JobOrder(job: id, customer: customer.ref, markup: markup), customer: customer, rules: rules, at: moment)
  }

  func part(_ id: PartID) throws(Refusal) -> Part {
    if let part = parts.first(where: { $0.id == id }) { return part }
    let names = parts.map(\.id.text).joined(separator: ", ")
    throw Refusal(
      .unknownPart, "job \(self.id) has no part \(id); it has: \(names.isEmpty ? "none" : names)")
  }

  /// Whether there is anything to bill.
  var hasUsage: Bool {
    !runs.isEmpty
      || entries.contains { entry in
        if case .check = entry.content { return false }
        return entry.voided == nil
      }
  }
  /// Where billing stands by the standing draft alone.
  var billingOfStandingDraft: BillingState {
    guard let draft = standingDraft else { return .unbilled }
    // News of it may still be on the way, from before; billing holds nothing of it now.
    if draft.state == .rejected { return .rejected }
    // It only takes back what an earlier revision billed.
    if isReleased, draft.lines.isEmpty { return .unbilled }
    if let payment = draft.payment { return payment == .paid && !isAllPaid ? .partiallyPaid : payment }
    return draft.state == .accepted ? .accepted : .drafted
  }

  /// Every draft that counts is paid: nothing withheld is left to release, no draw is open.
  var isAllPaid: Bool {
    retained <= .zero && drafts.allSatisfy { !$0.isLive || $0.kind == .credit || $0.payment == .paid }
  }
  /// Whether billing took a revision of this draft, be it credited since.
  public func hasAccepted(_ draft: DraftID) -> Bool {
    drafts.contains { $0.id == draft && $0.isTaken }
  }
  /// A draft that billing speaks of and so holds, though its acknowledgment is not here yet: replaced by another
  /// revision it could be billed beside it. One that was rejected is answered, whatever comes of it later.
  public var unansweredDraft: DraftID? {
    if let installment = unansweredInstallment { return installment }
    guard let draft = standingDraft, draft.state == .pending, let payment = draft.payment else { return nil }
    return payment == .void || payment == .failed ? nil : draft.id
  }
  /// Whether this event was applied, to whichever revision.
  public func knows(_ status: BillingStatus) -> Bool {
    drafts.contains { $0.id == status.draft && $0.events.contains(status.event) }
  }

  /// Whether lines of that kind are billed, by what became of the job.
  public func bills(_ kind: LineKind) -> Bool { outcome?.bills(kind) ?? true }
  /// Whether its next draft has lines; otherwise it only takes back what an earlier one billed.
  public var billsUsage: Bool { production != .canceled || draftsIfCanceled }
  public var isClosed: Bool { production == .complete || production == .canceled }
  /// The newest draft that stands: neither superseded nor a credit.
  public var standingDraft: DraftRecord? {
    drafts.last { $0.kind == .invoice && $0.state != .superseded && $0.state != .credited }
  }
}

/// One component of a job, made at a work center of a material.
public struct Part: Hashable, Sendable, Codable {
  public let id: PartID
  public var name: String?
  public var quantity: Int64
  public var workCenter: WorkCenterID?
  public var material: MaterialID?
  public var isComplete = false

  init(_ order: JobOrder.PartOrder) {
    id = order.part
    name = order.name
    quantity = order.quantity
    workCenter = order.workCenter
    material = order.material
  }
}

public enum ProductionState: String, Hashable, Sendable, Codable, CaseIterable {
  case open, running, paused, complete, canceled
}

/// How far a job is that is billed together with others.
public enum BatchWait: String, Hashable, Sendable, Codable {
  /// For the day that the customer's rule names, or for `billing.batch`.
  case waiting
  /// That has come: it is on the next draft that can be made.
  case due
}

public enum BillingState: String, Hashable, Sendable, Codable, CaseIterable {
  case unbilled, settling, held, drafted, accepted, rejected, sent, viewed
  case partiallyPaid = "partially_paid"
  case paid, overdue, void, failed
}
