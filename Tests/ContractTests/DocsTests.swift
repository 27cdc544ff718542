import Contract
import JSON
import Jobs
import Testing

@Suite("docs/contract.md") struct DocsTests {
  /// What stands between two marks.
  private func part(_ from: String, _ to: String) throws -> String {
    let text = try repositoryFile("docs/contract.md")
    let start = try #require(text.ranges(of: from).first).upperBound
    let end = try #require(text[start...].ranges(of: to).first).lowerBound
    return String(text[start..<end])
  }

  @Test("the tables of verbs and arguments are the code's")
  func verbs() throws {
    let table = try part("a test compares it -->\n", "\n<!-- end of verbs -->")
    #expect(table == CommandVerb.documentation)
  }

  @Test("every error code is explained")
  func codes() throws {
    let table = try part("### Error codes", "## Billing")
    for code in RefusalCode.allCases { #expect(table.contains("`\(code.rawValue)`"), "\(code)") }
  }

  @Test("the annotated example is the frozen draft, byte for byte once it is canonical")
  func example() throws {
    let lines = try part("```jsonc\n", "\n```").split(separator: "\n").map { line in
      line.ranges(of: "   // ").first.map { String(line[..<$0.lowerBound]) } ?? String(line)
    }
    let value = try JSONScanner.parse(lines.joined(separator: "\n").utf8, limits: .trusted)
    #expect(try value.canonicalBytes.text == FrozenDraft.text)
  }

  @Test("the page about a billing service shows the example that is run")
  func page() throws {
    let code = try repositoryFile("examples/billing_service.py")
    #expect(try repositoryFile("docs/billing-service.md").contains("```python\n\(code)```\n"))
  }

  @Test("the frozen draft fits the schema, member by member")
  func schema() throws {
    let value = try JSONScanner.parse(FrozenDraft.text.utf8, limits: .trusted)
    #expect(try Schema.draft().faults(in: value) == [])
  }

  @Test("the schema refuses what is not a draft")
  func refuses() throws {
    let schema = try Schema.draft()
    for (what, with) in [
      (#""revision":1"#, #""revision":0"#), (#""KGM""#, #""KG""#), (#""net_amount":"0.79","#, ""),
      (#""net_amount":"0.79""#, #""net_amount":0.79"#), (#""by":"anna","#, ""), (#""USD""#, #""usd""#),
      (#""emitted_at":"2026-11-21T08:23:26Z""#, #""emitted_at":"yesterday""#),
      (#""notes":[]"#, #""note":[]"#),
    ] {
      let broken = FrozenDraft.text.replacing(what, with: with)
      #expect(broken != FrozenDraft.text)
      let value = try JSONScanner.parse(broken.utf8, limits: .trusted)
      #expect(try !schema.faults(in: value).isEmpty, "\(what)")
    }
  }
}
