import Jobs
import Measures
import Testing

@testable import Gateway

@Suite("When drafts are sent") struct DraftScheduleTests {
  private func draft(_ number: Int, _ revision: Int = 1) throws -> Sending {
    let id = try #require(DraftID("K-\(number)"))
    return Sending(key: DraftKey(id: id, revision: revision), sequence: Int64(number))
  }

  private func due(_ schedule: DraftSchedule, _ seconds: Int64) -> [Int64] {
    schedule.due(at: .seconds(seconds)).map(\.sequence)
  }

  private func send(_ schedule: inout DraftSchedule, _ seconds: Int64) {
    for sending in schedule.due(at: .seconds(seconds)) { schedule.sent(sending, at: .seconds(seconds)) }
  }

  @Test("an unanswered draft is repeated after 5 s, then less and less often up to every 5 minutes")
  func backoff() throws {
    var schedule = DraftSchedule()
    schedule.add(try draft(1))
    var times: [Int64] = []
    for second in 0..<1_300 where !due(schedule, Int64(second)).isEmpty {
      times.append(Int64(second))
      send(&schedule, Int64(second))
    }
    #expect(times == [0, 5, 15, 35, 75, 155, 315, 615, 915, 1215])
    schedule.sendAllNow()
    #expect(due(schedule, 1_216) == [1])
    send(&schedule, 1_216)
    #expect(due(schedule, 1_220) == [] && due(schedule, 1_221) == [1])
    schedule.remove(try draft(1).key)
    #expect(schedule.count == 0 && due(schedule, 9_999) == [])
  }

  @Test("sixteen wait for an answer at a time, in the order of their sequence, whenever they were added")
  func order() throws {
    var schedule = DraftSchedule()
    for number in [50, 51] { schedule.add(try draft(number)) }
    send(&schedule, 0)
    for number in (1...40).reversed() { schedule.add(try draft(number)) }
    schedule.add(try draft(7))
    #expect(schedule.count == 42)
    #expect(due(schedule, 1) == Array(1...14), "two are in flight")
    send(&schedule, 1)
    #expect(due(schedule, 1) == [])
    for number in [3, 1, 20] { schedule.remove(try draft(number).key) }
    #expect(due(schedule, 1) == [15, 16])
    send(&schedule, 1)
    // Repeats come first, and take no room.
    #expect(due(schedule, 6) == [2] + Array(4...16) + [50, 51])
    schedule.add(try draft(50))
    #expect(due(schedule, 1) == [17], "it waits for its turn again")
    #expect(schedule.count == 39)
  }

  @Test("two revisions, and two series, may be at one place")
  func places() throws {
    var schedule = DraftSchedule()
    for revision in [1, 2, 2, 1] { schedule.add(try draft(5, revision)) }
    #expect(due(schedule, 0) == [5, 5])
    schedule.remove(try draft(5, 1).key)
    #expect(schedule.due(at: .zero) == [try draft(5, 2)])
  }

  @Test("ten thousand that are sent again cost no round its time")
  func many() throws {
    var schedule = DraftSchedule()
    let drafts = try (1...10_000).map { try draft($0) }
    let adding = ContinuousClock().measure { for draft in drafts { schedule.add(draft) } }
    send(&schedule, 0)
    let looking = ContinuousClock().measure { for _ in 0..<1_000 { _ = due(schedule, 1) } }
    #expect(schedule.count == 10_000)
    #expect(adding < .seconds(1) && looking < .seconds(1), "\(adding), \(looking)")
  }
}
