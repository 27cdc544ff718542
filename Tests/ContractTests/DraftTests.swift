import Contract
import Costing
import JSON
import Jobs
import Measures
import Metering
import Testing

@Suite("Drafts") struct DraftTests {
  // If this fails, do not change the test: billing services hold drafts with these very bytes.
  @Test("a draft of schema 1 is written with these very bytes and this hash")
  func frozen() throws {
    let (bytes, hash) = try encode(Workshop.drafted().1)
    #expect(bytes.text == FrozenDraft.text)
    #expect(hash == FrozenDraft.contentSHA256)
  }

  @Test("the tests' SHA-256 is the standard's")
  func sha256() {
    #expect(
      SHA256.hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test("the hash is over the canonical document without its content_sha256: cut out of the bytes, it fits")
  func hash() throws {
    let (bytes, hash) = try encode(Workshop.drafted().1)
    let parts = bytes.text.split(
      separator: #""content_sha256":"\#(hash)","#, omittingEmptySubsequences: false)
    #expect(parts.count == 2)
    #expect(SHA256.hex(Array(parts.joined().utf8)) == hash)
    #expect(DraftDocument.isIntact(bytes, digest: SHA256.hex))
  }

  @Test("a draft with one byte changed anywhere is not intact")
  func tampered() throws {
    let bytes = Array(FrozenDraft.text.utf8)
    for place in stride(from: 0, to: bytes.count, by: 23) {
      var changed = bytes
      changed[place] = changed[place] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
      #expect(!DraftDocument.isIntact(changed, digest: SHA256.hex), "byte \(place)")
    }
    #expect(!DraftDocument.isIntact(bytes + [0x0A], digest: SHA256.hex))
    #expect(!DraftDocument.isIntact([], digest: SHA256.hex))
  }

  @Test("a draft reads back with its lines, taxes and totals")
  func read() throws {
    let view = try DraftDocument.read(Array(FrozenDraft.text.utf8))
    #expect(view.id == "K7Q2ZP-000001")
    #expect((view.revision, view.sequence, view.kind, view.series) == (1, 1, "invoice", "K7Q2ZP"))
    #expect(view.lines.map(\.type) == ["material", "fee", "machine", "labor", "service"])
    #expect(view.lines.map(\.netAmount) == ["0.79", "23.00", "39.10", "10.78", "40.25"])
    #expect(view.lines[2].measuredQuantity == "0.333333")
    #expect(view.taxes.map(\.tax) == ["0.00", "5.19"])
    #expect(view.payable == "119.11")
    #expect(view.customerName == "Acme Robotics")
    #expect(view.jobs.first?.title == "Bracket für Arm")
    #expect(view.isClockTrusted)
    #expect(view.contentSHA256 == FrozenDraft.contentSHA256)
  }

  @Test("what a hand took from the scale stands beside what is billed, in the draft and as a person reads it")
  func removed() throws {
    var shop = try Workshop.busy()
    let account = Account(run: try .named("R1"), material: try .named("pla-black"), lot: "L 7")
    shop.apply(
      .fact(
        .segment(
          Segment(
            channel: shop.scale, account: account, from: at(1300), to: at(1301), first: 935_000,
            last: 934_000, amount: 1_000, marks: [.removedByHand], removed: 250_000))))
    try shop.complete()
    let view = try DraftDocument.read(encode(try #require(shop.drafts.last)).bytes)
    let line = try #require(view.lines.first)
    #expect((line.quantity, line.removedQuantity) == ("0.0285", "0.25"))
    #expect(line.flags == ["load_changed", "removed_by_hand"])
    #expect(InvoiceText.render(view).contains("0.25 kg taken from the scale"))
    #expect(view.lines.dropFirst().allSatisfy { $0.removedQuantity == nil })
  }

  @Test("bytes that are no draft are refused with a sentence that names the member")
  func noDraft() throws {
    func fault(_ text: String) -> String? {
      do throws(ContractError) {
        _ = try DraftDocument.read(Array(text.utf8))
        return nil
      } catch {
        return error.description
      }
    }
    #expect(fault("{}") == "the draft's schema must be a string")
    let other = FrozenDraft.text.replacing("invoice-draft/1", with: "invoice-draft/2")
    #expect(
      fault(other)
        == #"the draft has the schema "chargehand/invoice-draft/2"; this version reads chargehand/invoice-draft/1"#
    )
    let broken = FrozenDraft.text.replacing(#""net_amount":"39.10""#, with: #""net_amount":39.10"#)
    #expect(fault(broken) == "the draft's lines[2].net_amount must be a string")
  }

  @Test("whoever multiplies gets the line's amount, and the totals satisfy BR-CO-10, 13, 14, 15 and 16")
  func sums() throws {
    let view = try DraftDocument.read(Array(FrozenDraft.text.utf8))
    var net = Decimal.zero
    for line in view.lines {
      let product = try #require(try decimal(line.quantity).multiplied(by: decimal(line.unitPrice)))
      #expect(product.rounded(to: 2) == (try decimal(line.netAmount)))
      net = try #require(net.adding(decimal(line.netAmount)))
    }
    func total(_ key: String) throws -> Decimal { try decimal(try #require(view.totals[key])) }
    #expect(try total("lines_net") == net)
    #expect(try total("tax_exclusive") == net)
    let tax = try view.taxes.reduce(Decimal.zero) { try #require($0.adding(try decimal($1.tax))) }
    #expect(try total("tax") == tax)
    #expect(try total("tax_inclusive") == net.adding(tax))
    #expect(try total("payable") == net.adding(tax))
  }

  @Test("a revision, and a credit with its new draft, say what they supersede")
  func supersedes() throws {
    var (shop, first) = try Workshop.drafted()
    try shop.order("job.reopen", #""job":"J-1001","reason":"forgot the sanding""#, at: at(1500))
    try shop.order("service.add", #""job":"J-1001","service":"design-revision""#, at: at(1501))
    try shop.complete(at: 1600)
    let revision = try DraftDocument.read(encode(try #require(shop.drafts.last)).bytes)
    #expect((revision.id, revision.revision, revision.supersedes) == (first.id.text, 2, first.id.text))
    shop.apply(.acknowledged(first.id, revision: 2, .accepted(reference: nil), at: at(1700)))
    try shop.order("job.reopen", #""job":"J-1001","reason":"wrong material""#, at: at(1800))
    try shop.order("service.add", #""job":"J-1001","service":"design-revision""#, at: at(1801))
    try shop.complete(at: 1900)
    let views = try shop.drafts.suffix(2).map { try DraftDocument.read(encode($0).bytes) }
    #expect(views.map(\.kind) == ["credit", "invoice"])
    #expect(views[0].supersedes == first.id.text)
    #expect(views[0].payable == revision.payable)
    let credited = JSONValue.object(views[0].document)["lines"]?.array?.map { $0["credits"] }
    #expect(
      credited
        == revision.lines.map { ["draft_id": .string(first.id.text), "revision": 2, "line": .string($0.id)] })
    #expect(try views.allSatisfy { try Schema.draft().faults(in: .object($0.document)).isEmpty })
    #expect(InvoiceText.render(views[0]).contains("CREDIT (DRAFT)"))
    first = shop.drafts[0]
    #expect(first.sequence == 1)
  }

  @Test("an unsynchronized clock shows on the draft")
  func clock() throws {
    var shop = try Workshop.busy()
    try shop.order("job.complete", #""job":"J-1001""#, at: at(1400))
    shop.apply(.fact(.settled(shop.scale, run: try .named("R1"), at: at(1405))))
    shop.apply(.deadline(at: at(1406, trusted: false)))
    let view = try DraftDocument.read(encode(try #require(shop.drafts.last)).bytes)
    #expect(!view.isClockTrusted)
    #expect(InvoiceText.render(view).contains("(clock not synchronized)"))
  }

  @Test("the invoice as a person reads it is 80 columns wide")
  func text() throws {
    let text = InvoiceText.render(try DraftDocument.read(Array(FrozenDraft.text.utf8)))
    let expected = """
      North Street Fabrication                                           INVOICE DRAFT
                                                              K7Q2ZP-000001 revision 1
                                                                  2026-11-21T08:23:26Z
      Bill to  Acme Robotics                                              terms net 15
      Job      J-1001  Bracket für Arm                            order 77, PO PO-4711
               started 2026-11-21T08:00:10Z, completed 2026-11-21T08:23:20Z
      --------------------------------------------------------------------------------
           What                                  Quantity           Price          USD
      --------------------------------------------------------------------------------
      Part bracket
      L1   PLA, black                           0.0275 kg       28.635/kg         0.79
             estimated; 0.0012 kg of it estimated; 1 gap; load changed
      L2   Milling, setup                               1           23.00        23.00
             manual
      L3   Milling                                  0.4 h         97.75/h        39.10
             measured 0.333333 h
      The whole job
      L4   Post-processing                     0.208333 h         51.75/h        10.78
             manual
      L5   Design revision fee                          1           40.25        40.25
             manual
      --------------------------------------------------------------------------------
                                                                 Lines          113.92
                                   Tax E 0 % on 51.03 (Exempt service)            0.00
                                                 Tax S 8.25 % on 62.89            5.19
                                                           To pay, USD          119.11

      sha256 \(FrozenDraft.contentSHA256)

      """
    #expect(text == expected)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= InvoiceText.width })
  }

  @Test("a job that was canceled was not completed")
  func canceled() throws {
    let draft = try DraftDocument.read(Array(FrozenDraft.text.utf8))
    let page = InvoiceText.render(draft, canceled: ["J-1001"])
    #expect(page.contains(", canceled 2026-11-21T08:23:20Z\n") && !page.contains("completed"))
  }

  @Test("nobody needs an invoice's milliseconds")
  func seconds() throws {
    let text = FrozenDraft.text.replacing("2026-11-21T08:23:26Z", with: "2026-11-21T08:23:26.123Z")
    let page = InvoiceText.render(try DraftDocument.read(Array(text.utf8)))
    #expect(page.contains(" 2026-11-21T08:23:26Z\n"))
  }

  @Test("long names are wrapped, and nothing is lost")
  func wrapped() throws {
    let long = String(repeating: "very long name ", count: 12) + String(repeating: "x", count: 70)
    let text = FrozenDraft.text.replacing("Design revision fee", with: long).replacing(
      "Acme Robotics", with: long)
    let page = InvoiceText.render(try DraftDocument.read(Array(text.utf8)))
    #expect(page.contains("40.25"))
    #expect(page.contains("terms net 15"))
    #expect(page.split(separator: "\n").filter { !$0.contains("Bill to") }.allSatisfy { $0.count <= 80 })
    #expect(page.components(of: "very").count >= 24)
  }

  @Test(
    "money has the currency's minor digits",
    arguments: [("JPY", "119"), ("USD", "119.11"), ("KWD", "119.11")])
  func currencies(_ code: String, _ payable: String) throws {
    var shop = try Workshop()
    shop.apply(.founded(series: "K7Q2ZP", at: at(0)))
    shop.apply(.configured(try Workshop.rules(markup: "0", currency: code), at: at(1)))
    try shop.order("job.create", #""job":"J-1001","customer":"acme","parts":[]"#, at: at(2))
    try shop.order(
      "service.add", #""job":"J-1001","name":"Courier","price":"\#(payable)","tax":"exempt""#, at: at(3))
    try shop.order("job.complete", #""job":"J-1001""#, at: at(4))
    shop.apply(.deadline(at: at(5)))
    let view = try DraftDocument.read(encode(try #require(shop.drafts.last)).bytes)
    let expected = code == "KWD" ? "119.110" : payable
    #expect(view.payable == expected)
    #expect(view.lines[0].unitPrice == expected)
    #expect(view.totals["prepaid"] == (code == "JPY" ? "0" : code == "USD" ? "0.00" : "0.000"))
  }
}

extension String {
  fileprivate func components(of word: String) -> [Substring] {
    split(separator: " ").filter { $0.contains(word) }
  }
}
