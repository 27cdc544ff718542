import Contract
import Costing
import Jobs
import Measures
import Testing

/// Drafts of every kind and of what is odd about money, made by the code: for a validator that is not ours.
enum GoldenDrafts {
  /// By name, canonical bytes each.
  static func all() throws -> [(name: String, bytes: [UInt8])] {
    var golden = [("frozen", Array(FrozenDraft.text.utf8))]
    golden += try corrected()
    golden += try installments()
    golden += try Workshop.batched().encoded()
    for (name, currency, isInclusive) in [
      ("inclusive", "USD", true), ("yen", "JPY", false), ("dinars", "KWD", false),
      ("inclusive yen", "JPY", true), ("inclusive dinars", "KWD", true),
    ] {
      var rules = try Workshop.rules(currency: currency)
      rules.priceList.includesTax = isInclusive
      var shop = try Workshop.busy(rules: rules)
      try shop.complete()
      golden.append((name, try encode(try #require(shop.drafts.last)).bytes))
    }
    return golden
  }

  /// An invoice, the credit that takes it back, and the invoice in its place.
  private static func corrected() throws -> [(String, [UInt8])] {
    var (shop, _) = try Workshop.drafted()
    try shop.accept()
    try shop.order("job.reopen", #""job":"J-1001","reason":"a fee was forgotten""#, at: at(1500))
    try shop.order(
      "service.add", #""job":"J-1001","name":"Jig","price":"12.345","tax":"standard","quantity":3"#,
      at: at(1501)
    )
    try shop.order("job.complete", #""job":"J-1001""#, at: at(1502))
    shop.apply(.deadline(at: at(1503)))
    return try shop.encoded()
  }

  /// A deposit, a draw with retainage, the invoice that takes both off, and the release of what was kept.
  private static func installments() throws -> [(String, [UInt8])] {
    var rules = try Workshop.rules()
    rules.billing = BillingRules(retainage: Decimal(10))
    var shop = try Workshop.busy(rules: rules)
    try shop.order(
      "job.estimate",
      #""job":"J-1001","items":[{"service":"design-revision","quantity":2},{"work_center":"mill-1","minutes":25}]"#,
      at: at(1310))
    for (verb, share, second) in [("billing.deposit", "20", 1320), ("billing.progress", "40", 1330)] {
      try shop.order(verb, #""job":"J-1001","percent":\#(share)"#, at: at(Int64(second)))
      shop.apply(.deadline(at: at(Int64(second) + 1)))
      try shop.accept()
    }
    try shop.complete()
    try shop.accept()
    try shop.order("billing.release_retainage", #""job":"J-1001""#, at: at(1500))
    shop.apply(.deadline(at: at(1501)))
    return try shop.encoded()
  }
}

extension Workshop {
  /// Billing accepts the newest draft.
  mutating func accept() throws {
    let draft = try #require(drafts.last)
    apply(
      .acknowledged(draft.id, revision: draft.revision, .accepted(reference: "B"), at: draft.emittedAt))
  }

  /// Two jobs on one draft that billing took, and one of them corrected since; two more on one that it has not, of which
  /// one waits for the other, and one more that waits for the next.
  static func batched() throws -> Workshop {
    var rules = try Self.rules()
    rules.customers[try .named("acme")]?.batch = .onCommand
    var shop = try busy(rules: rules)
    try shop.complete()
    func job(_ id: String) -> String { "\"job\":\"\(id)\"" }
    func add(_ id: String, at second: Int64) throws {
      try shop.order("job.create", "\(job(id)),\"customer\":\"acme\",\"parts\":[]", at: at(second))
      try shop.order(
        "service.add", "\(job(id)),\"name\":\"Jig\",\"price\":\"12.345\",\"tax\":\"standard\"", at: at(second)
      )
      try shop.order("job.complete", job(id), at: at(second))
      shop.apply(.deadline(at: at(second)))
    }
    func bill(at second: Int64) throws {
      try shop.order("billing.batch", #""customer":"acme""#, at: at(second))
      shop.apply(.deadline(at: at(second)))
    }
    func reopen(_ id: String, at second: Int64) throws {
      try shop.order("job.reopen", "\(job(id)),\"reason\":\"a fee was forgotten\"", at: at(second))
      try shop.order("service.add", "\(job(id)),\"service\":\"design-revision\"", at: at(second))
    }
    try add("J-1002", at: 1500)
    try bill(at: 1510)
    try shop.accept()
    try reopen("J-1002", at: 1520)
    try shop.order("job.complete", job("J-1002"), at: at(1521))
    shop.apply(.deadline(at: at(1522)))
    try add("J-1003", at: 1530)
    try add("J-1004", at: 1531)
    try bill(at: 1540)
    try reopen("J-1003", at: 1550)
    try reopen("J-1004", at: 1551)
    try shop.order("job.complete", job("J-1003"), at: at(1560))
    try add("J-1005", at: 1570)
    return shop
  }

  func encoded() throws -> [(String, [UInt8])] {
    try drafts.map { ("\($0.kind.rawValue) \($0.sequence)", try encode($0).bytes) }
  }
}
