import Jobs
import Measures

extension ConfigurationReader {
  /// `billing:` how a shop bills before and beside the completion of a job.
  func billing(_ cursor: Cursor?) -> BillingRules {
    var rules = BillingRules()
    guard let section = cursor?.section() else { return rules }
    rules.retainage = section.optional("retainage")?.percent(0...100) ?? .zero
    rules.depositTax = section.optional("deposit_tax")?.reference(
      to: declared.taxes, in: "price_list.taxes", "tax")
    rules.phases = section.optional("phases").map(phases) ?? []
    section.finish()
    return rules
  }

  private func phases(_ cursor: Cursor) -> [BillingRules.Phase] {
    guard let section = cursor.section() else { return [] }
    var phases: [BillingRules.Phase] = []
    for (name, keyCursor, value) in section.all() {
      guard keyCursor.line() != nil, let percent = value.percent(0...100) else { continue }
      phases.append(BillingRules.Phase(name: name, percent: percent))
    }
    let sum = phases.reduce(Decimal.zero) { $0.adding($1.percent) ?? $0 }
    if sum > Decimal(100) { cursor.mistake("the phases are more than the whole (found \(sum)% in all)") }
    return phases
  }
}
