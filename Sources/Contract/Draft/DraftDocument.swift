public import Costing
public import JSON
internal import Jobs
internal import Measures
internal import Metering

/// An invoice draft as its message: canonical bytes (RFC 8785) of the schema `chargehand/invoice-draft/1`.
public enum DraftDocument {
  public static let schema = "chargehand/invoice-draft/1"

  /// Where a draft comes from.
  public struct Gateway: Hashable, Sendable {
    public let id: String
    public let name: String

    public init(id: String, name: String) {
      self.id = id
      self.name = name
    }
  }

  /// The bytes to send, and the hash over the document without its `content_sha256`.
  ///
  /// - Parameters:
  ///   - auditHead: the chain's head before the draft's own entry.
  ///   - evidenceDigest: the hash of the journal rows behind a piece of evidence, in hexadecimal.
  ///   - digest: SHA-256 in hexadecimal, small letters.
  /// - Throws: only where an integer of the draft is beyond ±(2^53 − 1), which JSON cannot carry exactly.
  public static func encode(
    _ draft: InvoiceDraft, gateway: Gateway, auditHead: String, evidenceDigest: (MeasuredEvidence) -> String,
    digest: ([UInt8]) -> String
  ) throws(JSONCanonicalError) -> (bytes: [UInt8], contentSHA256: String) {
    var payload = Payload()
    payload.set("schema", schema)
    payload.set("series", draft.series)
    payload.set("draft_id", draft.id)
    payload.set("revision", draft.revision)
    payload.set("supersedes", draft.supersedes)
    payload.set("sequence", draft.sequence)
    payload.set("kind", draft.kind.rawValue)
    payload.set("emitted_at", draft.emittedAt)
    payload["gateway"] = .object(["id": .string(gateway.id), "name": .string(gateway.name)])
    payload.set("clock", draft.emittedAt.isWallTrusted ? "trusted" : "untrusted")
    payload.set("jobs", draft.jobs.map(job))
    payload["customer"] = customer(draft.customer)
    payload.set("currency", draft.currency.code)
    payload.set("terms", draft.customer.terms)
    payload["delivery"] = .object(["mode": .string(draft.delivery.rawValue)])
    payload.set("lines", draft.lines.map { line($0, currency: draft.currency, evidenceDigest) })
    payload.set("allowances", [])
    payload.set("charges", [])
    payload.set("tax_breakdown", draft.taxes.map { tax($0, currency: draft.currency) })
    payload["totals"] = totals(draft.totals, currency: draft.currency)
    payload.set("deposits_applied", draft.content.installments.map { installment($0, draft.currency) })
    payload.set("notes", draft.notes.map(JSONValue.string))
    payload.set("audit_head", auditHead)
    let hash = digest(try payload.value.canonicalBytes)
    payload.set("content_sha256", hash)
    return (try payload.value.canonicalBytes, hash)
  }

  private static func job(_ job: InvoiceDraft.JobHeader) -> JSONValue {
    var payload = Payload()
    payload.set("id", job.id)
    payload.set("title", job.title)
    payload.set("order_ref", job.orderRef)
    payload.set("po_number", job.poNumber)
    payload.set("started_at", job.startedAt)
    payload.set("completed_at", job.completedAt)
    return payload.value
  }

  private static func customer(_ customer: Customer) -> JSONValue {
    var payload = Payload()
    payload.set("ref", customer.ref)
    payload.set("name", customer.name)
    return payload.value
  }

  static func tax(_ tax: TaxSummary, currency: Currency) -> JSONValue {
    var payload = Payload()
    payload.set("category", tax.category)
    payload.set("rate", tax.rate)
    payload.set("code", tax.code)
    payload.set("reason", tax.reason)
    payload.set("taxable", tax.taxable.text(in: currency))
    payload.set("tax", tax.tax.text(in: currency))
    return payload.value
  }

  private static func installment(_ applied: AppliedInstallment, _ currency: Currency) -> JSONValue {
    var payload = Payload()
    payload.set("draft_id", applied.draft)
    payload.set("revision", applied.revision)
    payload.set("kind", applied.kind.rawValue)
    payload.set("amount", applied.amount.text(in: currency))
    return payload.value
  }

  static func totals(_ totals: Totals, currency: Currency) -> JSONValue {
    var payload = Payload()
    payload.set("lines_net", totals.linesNet.text(in: currency))
    payload.set("allowances", totals.allowances.text(in: currency))
    payload.set("charges", totals.charges.text(in: currency))
    payload.set("tax_exclusive", totals.taxExclusive.text(in: currency))
    payload.set("tax", totals.tax.text(in: currency))
    payload.set("tax_inclusive", totals.taxInclusive.text(in: currency))
    payload.set("prepaid", totals.prepaid.text(in: currency))
    payload.set("retainage", totals.retainage.text(in: currency))
    payload.set("payable", totals.payable.text(in: currency))
    return payload.value
  }
}
