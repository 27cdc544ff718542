internal import Jobs
internal import Measures

extension CommandVerb {
  static let billingVerbs: [CommandVerb] = [
    CommandVerb(
      "hold.settle", "Settles what holds a draft.",
      [
        ArgumentSpec("job", .id, "the job"), ArgumentSpec("hold", .id, "the hold"),
        ArgumentSpec("reason", .reason, "why"),
        ArgumentSpec(
          "accept", .affirmation, optional: true, "bill what was measured, leave out what was not"),
        ArgumentSpec("quantity", .measure, optional: true, "the quantity to bill"),
        ArgumentSpec("price", .unitPrice, optional: true, "the price to bill by"),
      ],
      rule: "exactly one of `accept`, `quantity`, `price`"
    ) { (a) throws(Refusal) in
      let means = try a.one(of: ["accept", "quantity", "price"])
      return .holdSettle(
        job: try a.id("job"), hold: try a.id("hold"), settlement: try a.settlement(means),
        reason: try a.text("reason"))
    },
    CommandVerb(
      "draft.resend", "Sends a draft again, or all that stand from a sequence on.",
      [
        ArgumentSpec("draft_id", .draftID, optional: true, "the draft"),
        ArgumentSpec(
          "from_sequence", .sequence, optional: true, "every draft that stands, from this sequence on"),
        ArgumentSpec("reason", .reason, optional: true, "why"),
      ],
      rule: "exactly one of `draft_id`, `from_sequence`"
    ) { (a) throws(Refusal) in
      let reason = a.optionalText("reason")
      guard try a.one(of: ["draft_id", "from_sequence"]) == "from_sequence" else {
        return .draftResend(draft: try a.id("draft_id"), reason: reason)
      }
      return .draftsResend(from: try a.whole("from_sequence"), reason: reason)
    },
    CommandVerb(
      "draft.revise",
      "Makes a draft anew that billing has not accepted, with its customer as configured now.",
      [
        ArgumentSpec("draft_id", .draftID, "the draft"),
        ArgumentSpec("reason", .reason, optional: true, "why"),
      ]
    ) { (a) throws(Refusal) in
      .draftRevise(draft: try a.id("draft_id"), reason: a.optionalText("reason"))
    },
    CommandVerb(
      "billing.deposit", "Bills a deposit before the work.", [job, percent, amount],
      rule: "exactly one of `percent` (of the estimate) and `amount`, both with tax"
    ) { (a) throws(Refusal) in
      .bill(.deposit, job: try a.id("job"), try share(a, of: ["percent", "amount"]))
    },
    CommandVerb(
      "billing.progress", "Bills the work done so far.", [job, percent, amount, phase],
      rule:
        "exactly one of `percent` (of the estimate, all that is done so far), `amount`, both with tax, and `phase`"
    ) { (a) throws(Refusal) in
      .bill(.progress, job: try a.id("job"), try share(a, of: ["percent", "amount", "phase"]))
    },
    CommandVerb(
      "billing.release_retainage", "Bills what was withheld of draws.", [job, percent, amount],
      rule: "at most one of `percent` (of what is withheld) and `amount`; all of it unless given"
    ) { (a) throws(Refusal) in
      let given = ["percent", "amount"].filter(a.has)
      return .bill(.retainageRelease, job: try a.id("job"), given.isEmpty ? .all : try share(a, of: given))
    },
    CommandVerb(
      "billing.batch", "Bills several jobs of a customer on one draft.",
      [
        ArgumentSpec("customer", .id, "the customer"),
        ArgumentSpec("jobs", .ids, optional: true, "which jobs, such as J-1,J-2; all that wait unless given"),
      ]
    ) { (a) throws(Refusal) in
      .batch(customer: try a.id("customer"), jobs: a.optionalIDs("jobs"))
    },
    CommandVerb("ledger.publish", "Publishes the ledger now.", []) { _ in .ledgerPublish },
  ]

  private static let job = ArgumentSpec("job", .id, "the job")
  private static let percent = ArgumentSpec("percent", .percent, optional: true, "so much of it")
  private static let amount = ArgumentSpec("amount", .amount, optional: true, "an amount of money")
  private static let phase = ArgumentSpec("phase", .name, optional: true, "a phase of the work")

  private static func share(_ a: ArgumentReader, of names: [String]) throws(Refusal) -> BillRequest.Share {
    switch try a.one(of: names) {
    case "percent": .percent(try a.decimal("percent"))
    case "amount": .amount(try a.decimal("amount"))
    default: .phase(try a.text("phase"), percent: .zero)
    }
  }
}
