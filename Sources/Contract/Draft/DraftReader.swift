internal import JSON

extension DraftDocument {
  /// Reads a draft from its bytes.
  /// - Throws: `ContractError` for bytes that are no draft of this schema, naming the member.
  public static func read(_ bytes: [UInt8]) throws(ContractError) -> DraftView {
    let value = try ContractError.parsing("the draft", bytes)
    guard let object = value.object else { throw ContractError("the draft is not a JSON object") }
    let top = DraftReader(object: object, place: "")
    let found = try top.text("schema")
    guard found == schema else {
      throw ContractError("the draft has the schema \(Text.quoted(found)); this version reads \(schema)")
    }
    let (gateway, customer) = (try top.member("gateway"), try top.member("customer"))
    let totals = try top.member("totals")
    return DraftView(
      id: try top.text("draft_id"), revision: Int(clamping: try top.whole("revision")),
      sequence: try top.whole("sequence"), series: try top.text("series"), kind: try top.text("kind"),
      supersedes: top.optional("supersedes"), contentSHA256: try top.text("content_sha256"),
      emittedAt: try top.text("emitted_at"), isClockTrusted: try top.text("clock") == "trusted",
      gatewayID: try gateway.text("id"), gatewayName: try gateway.text("name"),
      customerRef: try customer.text("ref"),
      customerName: customer.optional("name"), currency: try top.text("currency"),
      terms: top.optional("terms"),
      delivery: try top.member("delivery").text("mode"), jobs: try top.list("jobs", job),
      lines: try top.list("lines", line), taxes: try top.list("tax_breakdown", tax),
      totals: Dictionary(totals.object.map { ($0.key, $0.value.string ?? "") }) { first, _ in first },
      notes: object["notes"]?.array?.compactMap(\.string) ?? [], auditHead: try top.text("audit_head"),
      document: object)
  }

  /// Whether the bytes are canonical and their `content_sha256` is right: what a billing service checks
  /// before it answers.
  public static func isIntact(_ bytes: [UInt8], digest: ([UInt8]) -> String) -> Bool {
    guard var object = (try? JSONScanner.parse(bytes, limits: .trusted))?.object,
      (try? JSONValue.object(object).canonicalBytes) == bytes, let stated = object["content_sha256"]?.string
    else { return false }
    object["content_sha256"] = nil
    guard let content = try? JSONValue.object(object).canonicalBytes else { return false }
    return digest(content) == stated
  }

  private static func job(_ reader: DraftReader) throws(ContractError) -> DraftView.JobHeader {
    DraftView.JobHeader(
      id: try reader.text("id"), title: reader.optional("title"), orderRef: reader.optional("order_ref"),
      poNumber: reader.optional("po_number"), startedAt: reader.optional("started_at"),
      completedAt: reader.optional("completed_at"))
  }

  private static func line(_ reader: DraftReader) throws(ContractError) -> DraftView.Line {
    let (tax, cost) = (try reader.member("tax"), try reader.member("cost"))
    return DraftView.Line(
      id: try reader.text("id"), job: try reader.text("job"), type: try reader.text("type"),
      part: reader.optional("part"),
      name: try reader.text("name"), quantity: try reader.text("quantity"),
      measuredQuantity: reader.optional("measured_quantity"),
      estimatedQuantity: reader.optional("estimated_quantity"),
      removedQuantity: reader.optional("removed_quantity"), uncertainty: reader.optional("uncertainty"),
      unit: try reader.text("unit"),
      unitPrice: try reader.text("unit_price"), priceBaseQuantity: try reader.text("price_base_quantity"),
      netAmount: try reader.text("net_amount"), taxIncluded: try taxIncluded(reader),
      taxCategory: try tax.text("category"),
      taxRate: try tax.text("rate"),
      costAmount: try cost.text("amount"), markupPercent: try cost.text("markup_percent"),
      quality: try reader.text("quality"), flags: reader.object["flags"]?.array?.compactMap(\.string) ?? [],
      gaps: reader.object["gaps"]?.array?.count ?? 0, evidence: reader.object["evidence"]?.array?.count ?? 0,
      settlements: (reader.object["evidence"]?.array ?? []).compactMap(settlement))
  }

  private static func taxIncluded(_ line: DraftReader) throws(ContractError) -> DraftView.TaxIncluded? {
    guard line.object["tax_included"] != nil else { return nil }
    let included = try line.member("tax_included")
    return DraftView.TaxIncluded(
      unitPrice: try included.text("unit_price"), amount: try included.text("amount"))
  }

  private static func settlement(_ evidence: JSONValue) -> DraftView.Settlement? {
    guard let hold = evidence["hold"]?.string, let by = evidence["by"]?.string,
      let at = evidence["at"]?.string
    else { return nil }
    return DraftView.Settlement(
      hold: hold, with: evidence["settled_with"]?.string ?? "", by: by, at: at,
      reason: evidence["note"]?.string ?? "")
  }

  private static func tax(_ reader: DraftReader) throws(ContractError) -> DraftView.Tax {
    DraftView.Tax(
      category: try reader.text("category"), rate: try reader.text("rate"), reason: reader.optional("reason"),
      taxable: try reader.text("taxable"), tax: try reader.text("tax"))
  }
}

/// One object of a draft, and where it stands.
struct DraftReader {
  let object: JSONObject
  let place: String

  func text(_ key: String) throws(ContractError) -> String {
    guard let text = object[key]?.string else { throw lacks(key, "a string") }
    return text
  }

  func optional(_ key: String) -> String? { object[key]?.string }

  func whole(_ key: String) throws(ContractError) -> Int64 {
    guard let whole = object[key]?.int64 else { throw lacks(key, "a whole number") }
    return whole
  }

  func member(_ key: String) throws(ContractError) -> DraftReader {
    guard let member = object[key]?.object else { throw lacks(key, "an object") }
    return DraftReader(object: member, place: "\(place)\(key).")
  }

  func list<Item>(
    _ key: String, _ item: (DraftReader) throws(ContractError) -> Item
  ) throws(ContractError) -> [Item] {
    guard let values = object[key]?.array else { throw lacks(key, "a list") }
    var items: [Item] = []
    for (index, value) in values.enumerated() {
      guard let object = value.object else { throw lacks("\(key)[\(index)]", "an object") }
      items.append(try item(DraftReader(object: object, place: "\(place)\(key)[\(index)].")))
    }
    return items
  }

  private func lacks(_ key: String, _ what: String) -> ContractError {
    ContractError("the draft's \(place)\(key) must be \(what)")
  }
}
