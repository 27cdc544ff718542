import Jobs
import Measures

extension ConfigurationReader {
  /// `completion:` what must be there before a job is complete, what that drafts, and what else completes it.
  func completion(_ cursor: Cursor?) -> CompletionRules {
    var rules = CompletionRules()
    guard let section = cursor?.section() else { return rules }
    rules.checks = checks(section.optional("checks"))
    rules.requires = requirements(section.optional("requires"), rules.checks)
    rules.outcomes = outcomes(section.optional("outcomes"), rules.checks)
    rules.runCompletesPart =
      section.optional("end_of_run")?.choice([("completes_part", true), ("nothing", false)]) ?? false
    rules.lastPartCompletesJob =
      section.optional("last_part")?.choice([("completes_job", true), ("nothing", false)]) ?? true
    rules.sources = section.optional("sources")?.items().compactMap { $0.id() } ?? []
    section.finish()
    return rules
  }

  private func checks(_ cursor: Cursor?) -> [CheckID: CloseoutCheck] {
    var checks: [CheckID: CloseoutCheck] = [:]
    for (_, keyCursor, value) in cursor?.section()?.all() ?? [] {
      guard let id: CheckID = keyCursor.id() else { continue }
      if Self.requirements.contains(where: { $0.word == id.text }) {
        keyCursor.mistake("\(id) is a requirement of its own; call the check otherwise")
      }
      guard case .mapping = value.tree.content, let section = value.section() else {
        checks[id] = value.line().map { CloseoutCheck(name: $0) }
        continue
      }
      let name = section.required("name")?.line()
      let needsReference = section.optional("reference")?.choice([("required", true), ("optional", false)])
      section.finish()
      checks[id] = name.map { CloseoutCheck(name: $0, needsReference: needsReference ?? false) }
    }
    return checks
  }

  private func outcomes(_ cursor: Cursor?, _ checks: [CheckID: CloseoutCheck]) -> [JobOutcomeID: JobOutcome] {
    var outcomes: [JobOutcomeID: JobOutcome] = [:]
    for (_, keyCursor, value) in cursor?.section()?.all() ?? [] {
      guard let id: JobOutcomeID = keyCursor.id(), let section = value.section() else { continue }
      let drafts = section.optional("drafts")?.choice([("invoice", true), ("nothing", false)]) ?? true
      var outcome = JobOutcome(id: id)
      outcome.lines = section.optional("lines")?.items().compactMap { $0.choice(Self.billedKinds) }
      if !drafts {
        if section.has("lines") {
          section.refuse("lines", "says what is billed, though drafts: nothing bills nothing")
        }
        outcome.lines = []
      }
      // A setup goes with the time of its machine.
      if outcome.lines?.contains(.machine) ?? false { outcome.lines?.append(.fee) }
      outcome.requires = requirements(section.optional("requires"), checks)
      section.finish()
      outcomes[id] = outcome
    }
    return outcomes
  }

  private static var billedKinds: [(word: String, value: LineKind)] {
    LineKind.allCases.filter { $0 != .fee }.map { ($0.rawValue, $0) }
  }

  private static var requirements: [(word: String, value: Requirement)] {
    [
      ("labor", .labor), ("material", .material), ("machine", .machine), ("service", .service),
      ("parts", .parts),
      ("order_ref", .orderRef), ("po_number", .poNumber),
    ]
  }

  private func requirements(_ cursor: Cursor?, _ checks: [CheckID: CloseoutCheck]) -> [Requirement] {
    let own = checks.keys.sorted().map { ($0.text, Requirement.check($0)) }
    return cursor?.items().compactMap { $0.choice(Self.requirements + own) } ?? []
  }
}
