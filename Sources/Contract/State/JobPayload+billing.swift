public import JSON
public import Jobs
internal import Measures
internal import Metering

// What a job's state says of its drafts, and of what holds them.
extension StatePayloads {
  /// One draft of a job, with the job and its customer: what `draft list` gives.
  public static func draft(_ draft: DraftRecord, of job: Job, shop: Shop) -> JSONValue {
    var payload = Payload()
    payload.set("job", job.id)
    payload["customer"] = customer(job.customer)
    let draft = self.draft(draft, currency: shop.rules[job.rules]?.priceList.currency)
    for (key, value) in draft.object ?? [:] { payload[key] = value }
    return payload.value
  }

  static func customer(_ customer: Customer) -> JSONValue {
    var payload = Payload()
    payload.set("ref", customer.ref)
    payload.set("name", customer.name)
    return payload.value
  }

  static func draft(_ draft: DraftRecord, currency: Currency?) -> JSONValue {
    var payload = Payload()
    payload.set("draft_id", draft.id)
    payload.set("revision", draft.revision)
    payload.set("sequence", draft.sequence)
    payload.set("kind", draft.kind.rawValue)
    payload.set("supersedes", draft.supersedes)
    payload.set("state", draft.state.rawValue)
    payload.set("payable", currency.map { draft.payable.text(in: $0) })
    payload.set("currency", currency?.code)
    payload.set("payment", draft.payment?.rawValue)
    payload.set("reference", draft.reference)
    payload.set("reason", draft.reason)
    return payload.value
  }

  static func settlement(_ hold: HoldID, _ settled: SettledHold, _ currency: Currency) -> JSONValue {
    var payload = Payload()
    payload.set("hold", hold)
    payload.set("settled_with", settled.settlement.text(in: currency))
    payload.set("reason", settled.reason)
    payload.set("by", settled.by)
    payload.set("at", settled.at)
    return payload.value
  }

  /// What holds a job, each with the job it is of: what `hold list` gives.
  public static func holds(of job: Job) -> [JSONValue] {
    job.holds.map { held in
      var payload = Payload()
      payload.set("job", job.id)
      for (key, value) in hold(held).object ?? [:] { payload[key] = value }
      return payload.value
    }
  }

  static func remark(_ remark: Remark) -> JSONValue {
    var payload = Payload()
    payload.set("reason", remark.reason)
    payload.set("by", remark.by)
    payload.set("at", remark.at)
    return payload.value
  }

  static func hold(_ hold: Hold) -> JSONValue {
    var payload = Payload()
    payload.set("hold", hold.id)
    payload.set("kind", hold.kind.rawValue)
    payload.set("line", hold.line)
    payload.set("message", hold.message)
    payload.set("settle_with", hold.settleWith.map { .string($0.rawValue) })
    if let doubt = hold.doubt {
      func amount(_ base: Int64) -> Decimal {
        if case .time = doubt { Span(base: base).seconds } else { Mass(base: base).grams }
      }
      payload.set("least", amount(doubt.least))
      payload.set("most", doubt.most().map(amount))
      if case .time = doubt { payload.set("unit", "s") } else { payload.set("unit", "g") }
    }
    return payload.value
  }
}
