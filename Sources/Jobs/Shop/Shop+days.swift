internal import Measures

// What a new day means to the shop.
extension Shop {
  /// The day is never set back: the clock, or the time zone, was.
  mutating func begin(day: Day) {
    guard let today = counters.today else {
      counters.today = day
      return
    }
    guard day > today else { return }
    counters.today = day
    callDue(BatchRule.allCases.filter { $0.isOver(between: today, and: day) })
  }
}

extension BatchRule {
  /// Whether its time ended with the earlier day, or on one of those between.
  fileprivate func isOver(between earlier: Day, and day: Day) -> Bool {
    switch self {
    case .daily: earlier < day
    case .weekly: earlier.isoWeekStart < day.isoWeekStart
    case .monthly: earlier.monthStart < day.monthStart
    case .onCommand: false
    }
  }
}
