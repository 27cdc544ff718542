internal import Measures
internal import Metering

// An invoice that billing has not accepted is made anew, though nothing was put on its job or taken from it.
extension Shop {
  /// With the customer's name, terms and delivery as the configuration has them now: prices stay what they were.
  mutating func revise(_ id: DraftID, reason: String?, _ context: CommandContext) throws(Refusal) -> Receipt {
    let owners = jobs(ofDraft: id)
    guard let job = owners.first, let draft = job.drafts.last(where: { $0.id == id }) else {
      throw Refusal(.unknownDraft, "there is no draft \(id)")
    }
    try checkRevision(of: draft, owners)
    for owner in owners {
      if let known = context.rules.customers[owner.customer.ref] {
        jobs[owner.id]?.customer.name = known.name
        jobs[owner.id]?.customer.terms = known.terms
        jobs[owner.id]?.customer.delivery = known.delivery
      }
      jobs[owner.id]?.revised = Remark(reason: reason ?? "as asked", by: context.actor, at: context.at)
      jobs[owner.id]?.billing = .settling
      undrafted.insert(owner.id)
    }
    var receipt = Receipt()
    receipt.job = job.id
    receipt.draft = "settling"
    return receipt
  }

  private func checkRevision(of draft: DraftRecord, _ owners: [Job]) throws(Refusal) {
    func refuse(_ why: String) -> Refusal { Refusal(.wrongState, "draft \(draft.id) \(why)") }
    if owners.contains(where: { $0.hasAccepted(draft.id) }) {
      throw refuse(
        "is accepted, and never changes; what it bills is corrected by reopening its job and completing it again, a name "
          + "or terms in the billing program")
    }
    switch draft.kind {
    case .invoice: break
    case .credit: throw refuse("is a credit of what was billed; send it again with draft.resend")
    case .deposit, .progress, .retainageRelease:
      throw refuse("is a \(draft.kind.words); once billing has rejected it, ask for another one")
    }
    for owner in owners {
      if !owner.isClosed {
        throw refuse(
          "is of job \(owner.id), which is \(owner.production.rawValue); completing it makes the revision")
      }
      if undrafted.contains(owner.id) { throw refuse("is just being made anew; ask again in a moment") }
      // Replaced, it could be billed beside the other one.
      if owner.unansweredDraft != nil {
        throw refuse("is known to billing already; wait for its acknowledgment")
      }
    }
  }
}
