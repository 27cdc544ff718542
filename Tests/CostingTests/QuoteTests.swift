import Costing
import Jobs
import Measures
import TestShop
import Testing

@Suite("Quotes")
struct QuoteTests {
  private func quote(_ items: [Estimate.Item], _ rules: Rules = .sample()) throws -> Quote {
    var floor = Shopfloor(rules)
    floor.create("J", markup: .zero, parts: [])
    let job = try #require(floor.job("J"))
    let estimate = Estimate(items, rules: rules.version, by: "ann", at: job.createdAt)
    return try #require(Quote(estimate, for: job, rules: rules))
  }

  @Test(
    "what has no price, or no tax, is to be put into the configuration: nothing began that could be settled")
  func missing() throws {
    let quote = try quote([
      Estimate.Item(.material("exotic", grams("10"))), Estimate.Item(.material("untaxed", grams("10"))),
    ])
    #expect(
      quote.problems.map(\.message) == [
        "Exotic: the price list has no price for material.exotic; put one into the configuration, such as 24.90/kg",
        "Untaxed: the price list names no tax for it; put one into the configuration",
      ])
    #expect(quote.lines.isEmpty)
  }
}
