internal import Jobs
internal import Measures
internal import Metering

extension CommandVerb {
  private static let labor = [
    ArgumentSpec("job", .id, "the job"), ArgumentSpec("operator", .id, "who works"),
    ArgumentSpec("activity", .id, "an activity of the price list"),
  ]

  static let entryVerbs: [CommandVerb] = [
    CommandVerb("labor.start", "Starts an operator's timer on a job.", labor) { (a) throws(Refusal) in
      .laborStart(job: try a.id("job"), operator: try a.id("operator"), activity: try a.id("activity"))
    },
    CommandVerb("labor.stop", "Stops an operator's timer on a job.", labor) { (a) throws(Refusal) in
      .laborStop(job: try a.id("job"), operator: try a.id("operator"), activity: try a.id("activity"))
    },
    CommandVerb(
      "labor.record", "Notes labor afterwards.", labor + [ArgumentSpec("minutes", .minutes, "how long")]
    ) { (a) throws(Refusal) in
      .laborRecord(
        job: try a.id("job"), operator: try a.id("operator"), activity: try a.id("activity"),
        span: try a.span("minutes"))
    },
    CommandVerb(
      "material.load", "Says what is on a scale.",
      [
        ArgumentSpec("scale", .id, "the scale's device"),
        ArgumentSpec("material", .id, "a material of the price list"),
        ArgumentSpec("lot", .name, optional: true, "its lot or spool"),
      ]
    ) { (a) throws(Refusal) in
      .materialLoad(scale: try a.id("scale"), material: try a.id("material"), lot: a.optionalText("lot"))
    },
    CommandVerb(
      "material.record", "Notes material used, weighed elsewhere.",
      [
        ArgumentSpec("job", .id, "the job"), ArgumentSpec("part", .id, optional: true, "the part"),
        ArgumentSpec("material", .id, "a material of the price list"),
        ArgumentSpec("grams", .grams, "how much"),
        ArgumentSpec("note", .reason, optional: true, "where the number comes from"),
      ]
    ) { (a) throws(Refusal) in
      guard let mass = Mass(try a.decimal("grams"), .g) else {
        throw Refusal(.invalidArgument, "grams cannot be counted in milligrams")
      }
      return .materialRecord(
        job: try a.id("job"), part: try a.optionalID("part"), material: try a.id("material"), mass: mass,
        note: a.optionalText("note"))
    },
    CommandVerb(
      "material.weigh", "Weighs material before and after its use.",
      [
        ArgumentSpec("job", .id, "the job"), ArgumentSpec("part", .id, optional: true, "the part"),
        ArgumentSpec("material", .id, "a material of the price list"),
        ArgumentSpec("scale", .id, "the scale's device"),
        ArgumentSpec("step", .word(["before", "after"]), "which of the two weighings"),
      ]
    ) { (a) throws(Refusal) in
      let step = WeighingOrder.Step(rawValue: try a.text("step")) ?? .before
      return .materialWeigh(
        job: try a.id("job"),
        WeighingOrder(
          part: try a.optionalID("part"), material: try a.id("material"), scale: try a.id("scale"), step: step
        ),
        says: nil)
    },
    CommandVerb(
      "service.add", "Adds a service to a job.",
      [
        ArgumentSpec("job", .id, "the job"),
        ArgumentSpec("service", .id, optional: true, "a service of the price list"),
        ArgumentSpec("name", .name, optional: true, "a free line's name"),
        ArgumentSpec("price", .amount, optional: true, "a free line's price each"),
        ArgumentSpec("tax", .id, optional: true, "a free line's tax"),
        ArgumentSpec("quantity", .quantity, optional: true, "how many; 1 unless given"),
      ],
      rule: "`service`, or all of `name`, `price`, `tax`"
    ) { (a) throws(Refusal) in
      .serviceAdd(
        job: try a.id("job"), service: try a.service(), quantity: a.optionalDecimal("quantity") ?? .one)
    },
    CommandVerb(
      "entry.void", "Takes back an entry: labor, material, a service, assigned usage.",
      [ArgumentSpec("entry", .id, "the entry"), ArgumentSpec("reason", .reason, "why")]
    ) { (a) throws(Refusal) in .entryVoid(entry: try a.id("entry"), reason: try a.text("reason")) },
    CommandVerb(
      "usage.assign", "Puts unattributed usage on a job.",
      [
        ArgumentSpec("usage", .id, "the usage"), ArgumentSpec("job", .id, "the job it belongs to"),
        ArgumentSpec("part", .id, optional: true, "the part"),
      ]
    ) { (a) throws(Refusal) in
      .usageAssign(usage: try a.id("usage"), job: try a.id("job"), part: try a.optionalID("part"))
    },
    CommandVerb(
      "usage.write_off", "Writes unattributed usage off.",
      [ArgumentSpec("usage", .id, "the usage"), ArgumentSpec("reason", .reason, "why")]
    ) { (a) throws(Refusal) in .usageWriteOff(usage: try a.id("usage"), reason: try a.text("reason")) },
  ]
}
