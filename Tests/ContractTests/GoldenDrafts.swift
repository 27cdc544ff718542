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

  fileprivate func encoded() throws -> [(String, [UInt8])] {
    try drafts.map { ("\($0.kind.rawValue) \($0.sequence)", try encode($0).bytes) }
  }
}
