internal import Measures

// What a new day means to the shop.
extension Shop {
  /// The day is never set back: the clock, or the time zone, was.
  mutating func begin(day: Day) {
    if let today = counters.today, day <= today { return }
    counters.today = day
  }
}
