internal import Jobs
internal import Measures

extension CommandVerb {
  static let jobVerbs: [CommandVerb] = [
    CommandVerb(
      "job.create", "Creates a job with its parts.",
      [
        ArgumentSpec("job", .id, "the new job's id"),
        ArgumentSpec("customer", .customer, "who pays for it"),
        ArgumentSpec("title", .name, optional: true, "what it is about"),
        ArgumentSpec("order_ref", .name, optional: true, "the customer's order"),
        ArgumentSpec("po_number", .name, optional: true, "the customer's purchase order"),
        ArgumentSpec("markup", .markup, optional: true, "wins over the customer's and the shop's"),
        ArgumentSpec("parts", .parts, "what is to be made; may be empty"),
      ]
    ) { (a) throws(Refusal) in
      let customer = try a.customer("customer")
      return .jobCreate(
        JobOrder(
          job: try a.id("job"), customer: customer.ref, customerName: customer.name,
          title: a.optionalText("title"),
          orderRef: a.optionalText("order_ref"), poNumber: a.optionalText("po_number"),
          markup: a.markup("markup"), parts: try a.parts("parts")))
    },
    CommandVerb(
      "job.amend", "Says of a job what was not known when it was created.",
      [
        ArgumentSpec("job", .id, "the job"), ArgumentSpec("title", .name, optional: true, "what it is about"),
        ArgumentSpec("order_ref", .name, optional: true, "the customer's order"),
        ArgumentSpec("po_number", .name, optional: true, "the customer's purchase order"),
      ],
      rule: "at least one of `title`, `order_ref`, `po_number`"
    ) { (a) throws(Refusal) in
      guard ["title", "order_ref", "po_number"].contains(where: a.has) else {
        throw Refusal(.malformed, "missing argument: give title, order_ref or po_number")
      }
      return .jobAmend(
        job: try a.id("job"), title: a.optionalText("title"), orderRef: a.optionalText("order_ref"),
        poNumber: a.optionalText("po_number"))
    },
    CommandVerb(
      "job.estimate", "Says what a job is expected to need.",
      [ArgumentSpec("job", .id, "the job"), ArgumentSpec("items", .estimate, "what it is expected to need")]
    ) { (a) throws(Refusal) in
      .jobEstimate(job: try a.id("job"), items: try a.estimate("items"))
    },
    CommandVerb(
      "job.start", "Starts a run at a work center.",
      [
        ArgumentSpec("work_center", .id, "where"),
        ArgumentSpec("job", .id, optional: true, "which job; without it, the one paused or waiting there"),
        ArgumentSpec("part", .id, optional: true, "which part of the job"),
        ArgumentSpec("parts", .shares, optional: true, "several jobs on one plate"),
      ],
      rule: "`part` only with its `job`, and neither with `parts`"
    ) { (a) throws(Refusal) in
      if a.has("parts") {
        if let other = ["job", "part"].first(where: a.has) {
          throw Refusal(.malformed, "parts and \(other) exclude each other: a plate names its jobs itself")
        }
        return .plateStart(workCenter: try a.id("work_center"), try a.shares("parts"))
      }
      if a.has("part"), !a.has("job") {
        throw Refusal(.malformed, "missing argument job: a part alone says no job")
      }
      return .jobStart(
        workCenter: try a.id("work_center"), job: try a.optionalID("job"), part: try a.optionalID("part"))
    },
    CommandVerb("job.pause", "Pauses the run at a work center.", [ArgumentSpec("work_center", .id, "where")])
    {
      (a) throws(Refusal) in .jobPause(workCenter: try a.id("work_center"))
    },
    CommandVerb(
      "job.resume", "Resumes what was paused at a work center.", [ArgumentSpec("work_center", .id, "where")]
    ) {
      (a) throws(Refusal) in .jobResume(workCenter: try a.id("work_center"))
    },
    CommandVerb(
      "job.stop", "Stops the run at a work center.",
      [
        ArgumentSpec("work_center", .id, "where"),
        ArgumentSpec(
          "outcome", .word(Outcome.allCases.map(\.rawValue)), optional: true,
          "how it ended; done unless given"),
      ]
    ) { (a) throws(Refusal) in
      .jobStop(
        workCenter: try a.id("work_center"),
        outcome: a.optionalText("outcome").flatMap(Outcome.init(rawValue:)) ?? .done)
    },
    CommandVerb(
      "job.complete", "Completes a job, or the part running at a work center.",
      [
        ArgumentSpec("job", .id, optional: true, "the job"),
        ArgumentSpec(
          "work_center", .id, optional: true, "the part running there, and the job with its last part"),
        ArgumentSpec("outcome", .id, optional: true, "what became of it, by the configuration"),
        ArgumentSpec("source", .id, optional: true, "another system that says so"),
        ArgumentSpec("event_id", .name, optional: true, "that system's event, which completes a job once"),
      ],
      rule:
        "exactly one of `job`, `work_center`; `source` and `event_id` together, or neither, and only with `job`"
    ) { (a) throws(Refusal) in
      let target: CompletionTarget =
        try a.one(of: ["job", "work_center"]) == "job"
        ? .job(try a.id("job")) : .workCenter(try a.id("work_center"))
      return .jobComplete(target, outcome: try a.optionalID("outcome"), event: try event(a))
    },
    CommandVerb(
      "job.check", "Ticks off a point of a job's closeout.",
      [
        ArgumentSpec("job", .id, "the job"), ArgumentSpec("check", .id, "the point, by the configuration"),
        ArgumentSpec(
          "reference", .name, optional: true, "what it is seen by: a photo, the number of a report"),
      ]
    ) { (a) throws(Refusal) in
      .jobCheck(job: try a.id("job"), check: try a.id("check"), reference: a.optionalText("reference"))
    },
    CommandVerb(
      "job.cancel", "Cancels a job.",
      [
        ArgumentSpec("job", .id, "the job"), ArgumentSpec("reason", .reason, "why"),
        ArgumentSpec(
          "bill", .flag,
          "whether it is billed; else what was measured becomes unattributed usage, and what was noted is dropped"
        ),
      ]
    ) { (a) throws(Refusal) in
      .jobCancel(job: try a.id("job"), reason: try a.text("reason"), bill: try a.flag("bill"))
    },
    CommandVerb(
      "job.reopen", "Opens a complete job again.",
      [ArgumentSpec("job", .id, "the job"), ArgumentSpec("reason", .reason, "why")]
    ) { (a) throws(Refusal) in .jobReopen(job: try a.id("job"), reason: try a.text("reason")) },
    CommandVerb(
      "job.reassign", "Moves a run to the job it belongs to.",
      [
        ArgumentSpec("run", .id, "the run"), ArgumentSpec("job", .id, "the job it belongs to"),
        ArgumentSpec("part", .id, optional: true, "the part of that job"),
        ArgumentSpec("reason", .reason, "why"),
      ]
    ) { (a) throws(Refusal) in
      .jobReassign(
        run: try a.id("run"), job: try a.id("job"), part: try a.optionalID("part"),
        reason: try a.text("reason"))
    },
  ]

  private static func event(_ a: ArgumentReader) throws(Refusal) -> CompletionEvent? {
    let given = ["source", "event_id"].filter(a.has)
    guard let first = given.first else { return nil }
    guard given.count == 2, a.has("job") else {
      throw Refusal(
        .malformed, "\(first) is given with \(first == "source" ? "event_id" : "source"), and with job")
    }
    return CompletionEvent(source: try a.id("source"), id: try a.text("event_id"))
  }
}
