import Costing
import TestShop
import Testing

struct SmokeTests {
  @Test("a service job is drafted at once")
  func service() {
    var floor = Shopfloor()
    let draft = floor.serviceJob("J1")
    #expect(floor.text(of: draft) == ["Design revision fee 1 C62 40.25"])
  }
}
