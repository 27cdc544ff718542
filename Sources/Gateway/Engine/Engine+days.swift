import Configuration
import Costing
import Jobs
import Measures

// The days of the shop, which the core is told of.
extension Engine {
  /// Says that a new day has begun, once, and by no clock that may be wrong: a day that began is never taken back.
  func beginDay(_ now: Moment) {
    let shop = state.books.shop
    guard now.isWallTrusted, shop.clockFault(at: now) == nil,
      let day = calendar.day(at: now.wall, in: configuration.gateway.timezone)
    else { return }
    if let today = shop.counters.today, day <= today { return }
    apply(.dayBegan(day, at: now))
  }
}
