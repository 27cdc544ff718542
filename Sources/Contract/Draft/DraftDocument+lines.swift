internal import Costing
internal import JSON
internal import Jobs
internal import Measures
internal import Metering

extension DraftDocument {
  static func line(
    _ line: CostLine, currency: Currency, _ evidenceDigest: (MeasuredEvidence) -> String
  ) -> JSONValue {
    var payload = Payload()
    payload.set("id", line.id)
    payload.set("job", line.job)
    payload.set("type", line.kind.rawValue)
    payload.set("part", line.part)
    payload.set("name", line.name)
    payload.set("quantity", line.quantity)
    payload.set("measured_quantity", line.measuredQuantity)
    payload.set("estimated_quantity", line.estimatedQuantity)
    payload.set("removed_quantity", line.removedQuantity)
    payload.set("uncertainty", line.uncertainty)
    payload.set("unit", line.unit.rawValue)
    payload.set("unit_price", line.unitPrice.text(minimumFractionDigits: currency.minorDigits))
    payload.set("price_base_quantity", line.priceBaseQuantity)
    payload.set("net_amount", line.netAmount.text(in: currency))
    if let included = line.taxIncluded {
      payload["tax_included"] = .object([
        "unit_price": .string(included.unitPrice.text(minimumFractionDigits: currency.minorDigits)),
        "amount": .string(included.amount.text(in: currency)),
      ])
    }
    payload["tax"] = tax(line.tax)
    payload["cost"] = .object([
      "amount": .string(line.cost.amount.text(in: currency)),
      "markup_percent": .string(line.cost.markupPercent.description),
      "markup_from": .string(line.cost.markupFrom),
    ])
    payload.set("quality", line.quality.rawValue)
    payload.set("gaps", line.gaps.map(gap))
    payload.set("flags", line.flags.map(JSONValue.string))
    payload.set("evidence", line.evidence.map { evidence($0, currency, evidenceDigest) })
    if let credits = line.credits {
      var credited = Payload()
      credited.set("draft_id", credits.draft)
      credited.set("revision", credits.revision)
      credited.set("line", credits.line)
      payload["credits"] = credited.value
    }
    return payload.value
  }

  private static func tax(_ tax: LineTax) -> JSONValue {
    var payload = Payload()
    payload.set("category", tax.category)
    payload.set("rate", tax.rate)
    payload.set("code", tax.code)
    payload.set("reason", tax.reason)
    return payload.value
  }

  private static func gap(_ gap: Gap) -> JSONValue {
    var payload = Payload()
    payload.set("from", gap.from)
    payload.set("to", gap.to)
    payload.set("seconds", gap.span?.seconds)
    payload.set("settlement", gap.settlement.rawValue)
    return payload.value
  }

  private static func evidence(
    _ evidence: CostLine.Evidence, _ currency: Currency, _ digest: (MeasuredEvidence) -> String
  ) -> JSONValue {
    var payload = Payload()
    switch evidence {
    case .measured(let measured):
      payload.set("device", measured.channel.device)
      payload.set("channel", measured.channel.kind.rawValue)
      payload.set("run", measured.run)
      payload.set("from", measured.from)
      payload.set("to", measured.to)
      payload.set("first", measured.first)
      payload.set("last", measured.last)
      payload.set("segments", measured.segments)
      payload.set("sha256", digest(measured))
    case .noted(let by, let at, let note):
      payload.set("by", by)
      payload.set("at", at)
      payload.set("note", note)
    case .settled(let hold, let settled):
      payload.set("by", settled.by)
      payload.set("at", settled.at)
      payload.set("note", settled.reason)
      payload.set("hold", hold)
      payload.set("settled_with", settled.settlement.text(in: currency))
    }
    return payload.value
  }
}
