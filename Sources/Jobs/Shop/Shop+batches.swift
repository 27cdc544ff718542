public import Measures
internal import Metering

// Several jobs of a customer on one draft: by the customer's rule, or because somebody asks for it.
extension Shop {
  /// More than so many jobs make several drafts: one stays readable, and quickly made.
  static var batchLimit: Int { 100 }

  public func currency(of job: Job) -> Currency? { rules[job.rules]?.priceList.currency }

  /// Other jobs on its standing draft, which billing has not taken: another revision is one of them all.
  public func companions(of job: Job) -> [Job] {
    guard let draft = job.standingDraft, draft.state != .accepted else { return [] }
    return jobs(ofDraft: draft.id).filter { $0.id != job.id && $0.standingDraft?.id == draft.id }
  }

  /// It is costed, and billed with the others.
  public mutating func awaitBatch(_ id: JobID) {
    if jobs[id]?.batch == nil { jobs[id]?.batch = .waiting }
    jobs[id]?.billing = .unbilled
    awaitingBatch.insert(id)
    stopSettling(id)
  }

  mutating func leaveBatch(_ id: JobID) {
    guard awaitingBatch.remove(id) != nil else { return }
    jobs[id]?.batch = nil
  }

  /// Jobs that come onto a draft together now: by customer and currency, in the order in which they were completed.
  public func dueBatches(at now: Moment) -> [[JobID]] {
    struct Bill: Hashable {
      let customer: CustomerID
      let currency: Currency?
    }
    let due = awaitingBatch.filter { jobs[$0]?.batch == .due && !undrafted.contains($0) }
    guard !due.isEmpty, !counters.series.isEmpty, clockFault(at: now) == nil else { return [] }
    let groups = Dictionary(grouping: due.compactMap { jobs[$0] }) {
      Bill(customer: $0.customer.ref, currency: currency(of: $0))
    }
    return groups.values.flatMap { group in
      let ids = group.sorted(by: Self.isCompletedBefore).map(\.id)
      return stride(from: 0, to: ids.count, by: Self.batchLimit).map {
        Array(ids[$0..<min($0 + Self.batchLimit, ids.count)])
      }
    }.sorted { ($0.first?.text ?? "") < ($1.first?.text ?? "") }
  }

  private static func isCompletedBefore(_ one: Job, _ other: Job) -> Bool {
    func key(_ job: Job) -> (WallTime, JobID) { (job.completedAt?.wall ?? job.createdAt.wall, job.id) }
    return key(one) < key(other)
  }

  /// What waits by one of these rules is billed now; what was completed and is still being costed, or held, follows.
  mutating func callDue(_ rules: [BatchRule]) {
    for id in awaitingBatch.union(undrafted) {
      guard let job = jobs[id], let rule = job.customer.batch, rules.contains(rule), job.standingDraft == nil,
        job.production == .complete || job.draftsIfCanceled
      else { continue }
      jobs[id]?.batch = .due
      awaitingBatch.insert(id)
    }
  }

  /// Bills what waits, or those of it that are named.
  mutating func batch(
    _ customer: CustomerID, _ named: [JobID]?, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let waiting = awaitingBatch.filter { jobs[$0]?.customer.ref == customer && !undrafted.contains($0) }
    if let named {
      for id in named where !waiting.contains(id) { throw try refusal(of: id, for: customer) }
    }
    guard !waiting.isEmpty else { throw nothingWaits(of: customer, context) }
    let chosen = named.map(Set.init) ?? waiting
    for id in chosen { jobs[id]?.batch = .due }
    var receipt = Receipt()
    receipt.draft = "settling"
    receipt.message = "\(chosen.count) \(chosen.count == 1 ? "job" : "jobs") of \(customer) on one draft"
    return receipt
  }

  private func refusal(of id: JobID, for customer: CustomerID) throws(Refusal) -> Refusal {
    let job = try knownJob(id)
    guard job.customer.ref == customer else {
      return Refusal(.invalidArgument, "job \(id) is of customer \(job.customer.ref), not of \(customer)")
    }
    let why =
      if let draft = job.standingDraft {
        "is billed by draft \(draft.id)"
      } else if !job.isClosed {
        "is \(job.production.rawValue); complete it first"
      } else if !job.holds.isEmpty {
        "is held; settle what holds it first (hold.settle)"
      } else if undrafted.contains(id) {
        "is still being costed; ask again in a moment"
      } else {
        "has nothing to bill"
      }
    return Refusal(.wrongState, "job \(id) does not wait for a batch: it \(why)")
  }

  private func nothingWaits(of customer: CustomerID, _ context: CommandContext) -> Refusal {
    guard let known = context.rules.customers[customer] else {
      return Refusal(
        .unknownCustomer, "customer \(customer) is not in the configuration, and no job of it waits")
    }
    return Refusal(
      .wrongState,
      known.batch == nil
        ? "jobs of customer \(customer) are billed one by one; give it batch: on_command, or a rule, in the configuration"
        : "no complete job of customer \(customer) waits to be billed")
  }
}
