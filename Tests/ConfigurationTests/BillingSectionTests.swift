import Configuration
import Jobs
import Measures
import Testing

/// `billing:`, `completion:` and what a customer says of its bills.
struct BillingSectionTests {
  private func read(_ section: String) -> Result<Configuration, ConfigurationErrors> {
    Shop.read(Shop.text + section)
  }

  private func rules(_ section: String) throws -> Rules { try read(section).get().rules }

  /// Without the places, which the rest of the file decides.
  private func mistakes(_ section: String) -> [String] {
    Shop.mistakes(read(section)).map { line in
      line.split(separator: ":", maxSplits: 2).last.map { String($0.drop { $0 == " " }) } ?? line
    }
  }

  @Test("everything that a completion can be told")
  func completion() throws {
    let rules = try rules(
      """
      completion:
        checks:
          photo: {name: Photo of the finished part, reference: required}
          measured: Dimensions measured
        requires: [labor, photo, parts, po_number, order_ref]
        outcomes:
          done: {}
          warranty: {drafts: nothing, requires: [measured]}
          diagnosis: {lines: [labor, machine]}
        end_of_run: completes_part
        last_part: nothing
        sources: [erp, crm]
      """
    ).completion
    let (photo, measured) = (try id("photo") as CheckID, try id("measured") as CheckID)
    #expect(
      rules.checks == [
        photo: CloseoutCheck(name: "Photo of the finished part", needsReference: true),
        measured: CloseoutCheck(name: "Dimensions measured"),
      ])
    #expect(rules.requires == [.labor, .check(photo), .parts, .poNumber, .orderRef])
    #expect(rules.outcomes[try id("done")] == JobOutcome(id: try id("done")))
    #expect(
      rules.outcomes[try id("warranty")]
        == JobOutcome(id: try id("warranty"), lines: [], requires: [.check(measured)]))
    #expect(rules.outcomes[try id("diagnosis")]?.lines == [.labor, .machine, .fee])
    #expect(rules.runCompletesPart && !rules.lastPartCompletesJob)
    #expect(rules.sources.map(\.text) == ["erp", "crm"])
  }

  @Test("left out, nothing is required, and only an operator completes a job")
  func defaults() throws {
    #expect(try rules("").completion == CompletionRules())
    #expect(try rules("").billing == BillingRules())
  }

  @Test("mistakes in it are named with their place and what there is")
  func faults() {
    #expect(
      mistakes("completion: {requires: [labour]}\n") == [
        "completion.requires[0]: expected labor, material, machine, service, parts, order_ref or po_number "
          + "(found \"labour\"); did you mean \"labor\"?"
      ])
    #expect(
      mistakes("completion: {checks: {labor: Clocked out}}\n") == [
        "completion.checks.labor: labor is a requirement of its own; call the check otherwise"
      ])
    #expect(
      mistakes("completion: {outcomes: {w: {drafts: nothing, lines: [labor]}}}\n") == [
        "completion.outcomes.w.lines: says what is billed, though drafts: nothing bills nothing"
      ])
    #expect(
      mistakes("completion: {end_of_run: completes_job}\n") == [
        "completion.end_of_run: expected completes_part or nothing (found \"completes_job\"); did you mean \"completes_part\"?"
      ])
    #expect(
      mistakes("completion: {checks: {photo: {reference: required}}}\n") == [
        "completion.checks.photo.name: is missing"
      ])
  }

  @Test("phases, retainage and the tax of a deposit")
  func billing() throws {
    let rules = try rules(
      "billing: {retainage: 10%, phases: {design: 25%, build: 75%}, deposit_tax: standard}\n"
    ).billing
    #expect(rules.retainage == Decimal(10))
    #expect(rules.phases.map(\.name) == ["design", "build"])
    #expect(rules.depositTax?.text == "standard")
    #expect(
      mistakes("billing: {phases: {design: 60%, build: 60%}}\n") == [
        "billing.phases: the phases are more than the whole (found 120% in all)"
      ])
  }

  @Test("a customer's batch is one of the words there are", arguments: BatchRule.allCases)
  func batch(_ rule: BatchRule) throws {
    let text = try Shop.text(changing: "markup: 20%, delivery: draft", to: "batch: \(rule.rawValue)")
    let rules = try Shop.read(text).get().rules
    #expect(rules.customers[try id("acme")]?.batch == rule)
    let wrong = Shop.mistakes(
      Shop.read(try Shop.text(changing: "markup: 20%, delivery: draft", to: "batch: yearly")))
    #expect(wrong.first?.contains("expected daily, weekly, monthly or on_command (found \"yearly\")") == true)
  }

  private func id<Kind>(_ text: String) throws -> Identifier<Kind> { try #require(Identifier(text)) }
}
