import Measures
import Testing

@testable import Gateway

@Suite("Commands that cannot be answered")
struct UnansweredTests {
  @Test("are all counted; the first of a burst is told at once, the others by their number")
  func told() {
    var unanswered = Unanswered()
    var told: [String] = []
    for second in stride(from: Int64(0), to: 30, by: 1) {
      for number in 0..<(second < 12 ? 4 : 0) {
        unanswered.note("no name \(second).\(number)")
        if let warning = unanswered.takeWarning(at: .seconds(100 + second)) { told.append(warning) }
      }
      if let warning = unanswered.takeWarning(at: .seconds(100 + second)) { told.append(warning) }
    }
    #expect(unanswered.count == 48)
    #expect(
      told == [
        "a command could not be answered: no name 0.0",
        "40 commands could not be answered; the last: no name 10.0",
        "7 commands could not be answered; the last: no name 11.3",
      ])
  }
}
