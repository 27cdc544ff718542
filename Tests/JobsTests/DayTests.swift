import Jobs
import Measures
import TestShop
import Testing

struct DayTests {
  @Test("a day that began is never taken back, and folding the journal comes to the same")
  func forward() throws {
    var floor = Shopfloor()
    #expect(floor.shop.counters.today == nil)
    for (text, today) in [
      ("2026-11-28", "2026-11-28"), ("2026-11-28", "2026-11-28"), ("2026-11-27", "2026-11-28"),
      ("2026-12-01", "2026-12-01"),
    ] {
      floor.apply(.dayBegan(try #require(Day(text)), at: floor.now))
      #expect(floor.shop.counters.today?.description == today)
    }
    #expect(floor.foldedAgain().books == floor.books)
  }
}
