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
    // A clock that an operator may accept holds them, and says so.
    guard !due.isEmpty, !counters.series.isEmpty, clockFault(at: now)?.canBeAccepted ?? true else {
      return []
    }
    let groups = Dictionary(grouping: due.compactMap { jobs[$0] }) {
      Bill(customer: $0.customer.ref, currency: currency(of: $0))
    }
    return groups.values.flatMap { group in
      let ids = Self.inOrderOfCompletion(group).map(\.id)
      return stride(from: 0, to: ids.count, by: Self.batchLimit).map {
        Array(ids[$0..<min($0 + Self.batchLimit, ids.count)])
      }
    }.sorted { ($0.first?.text ?? "") < ($1.first?.text ?? "") }
  }

  public static func inOrderOfCompletion(_ jobs: [Job]) -> [Job] {
    func key(_ job: Job) -> (WallTime, JobID) { (job.completedAt?.wall ?? job.createdAt.wall, job.id) }
    return jobs.sorted { key($0) < key($1) }
  }

  /// What waits by one of these rules is billed now; what was completed and is still being costed, or held, follows.
  mutating func callDue(_ rules: [BatchRule]) {
    for id in gathered(where: { $0.customer.batch.map(rules.contains) ?? false }) { callDue(id) }
  }

  private mutating func callDue(_ id: JobID) {
    jobs[id]?.batch = .due
    awaitingBatch.insert(id)
  }

  /// Jobs that wait for a batch, or will once they are costed.
  private func gathered(where holds: (Job) -> Bool) -> [JobID] {
    awaitingBatch.union(undrafted).sorted().filter { id in
      guard let job = jobs[id], job.customer.batch != nil, job.standingDraft == nil, job.billsUsage else {
        return false
      }
      return holds(job)
    }
  }

  /// Bills what waits, or those of it that are named.
  mutating func batch(
    _ customer: CustomerID, _ named: [JobID]?, _ context: CommandContext
  ) throws(Refusal) -> Receipt {
    let all = gathered { $0.customer.ref == customer }
    for id in named ?? [] where !all.contains(id) { throw try refusal(of: id, for: customer) }
    guard !all.isEmpty else { throw nothingWaits(of: customer, context) }
    let chosen = all.filter { named?.contains($0) ?? true }
    for id in chosen { callDue(id) }
    var receipt = Receipt()
    receipt.draft = "settling"
    receipt.message = story(of: chosen, customer)
    return receipt
  }

  private func story(of chosen: [JobID], _ customer: CustomerID) -> String {
    let late = chosen.filter(undrafted.contains)
    let ready = chosen.count - late.count
    var parts: [String] = []
    if ready > 0 {
      let drafts = ready > Self.batchLimit ? "\((ready - 1) / Self.batchLimit + 1) drafts" : "one draft"
      parts.append("\(ready) \(ready == 1 ? "job" : "jobs") of \(customer) on \(drafts)")
    }
    if !late.isEmpty {
      let names = late.prefix(8).map(\.text).joined(separator: ", ") + (late.count > 8 ? " …" : "")
      parts.append("\(names) \(late.count == 1 ? "follows" : "follow") once costed, and not held")
    }
    return parts.joined(separator: "; ")
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
      } else if job.customer.batch == nil {
        "was created when its customer was billed job by job"
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
