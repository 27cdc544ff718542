import Devices
import Measures
import Metering
import Testing

@testable import Gateway

@Suite("When devices are asked")
struct RequestScheduleTests {
  private func schedule(_ requests: MQTTRequest...) throws -> RequestSchedule {
    let id = try #require(DeviceID("printer"))
    let device = MQTTDevice(channels: [], requests: requests)
    return RequestSchedule([DeviceDescription(id: id, transport: .mqtt(device), maxAge: nil)])
  }

  private func asked(
    _ schedule: inout RequestSchedule, at seconds: Int64, isTaken: Bool = true
  ) -> [String] {
    var topics: [String] = []
    schedule.ask(at: .seconds(seconds)) { request in
      topics.append(request.topic)
      return isTaken
    }
    return topics
  }

  private let once = MQTTRequest(topic: "once", payload: [])
  private let often = MQTTRequest(topic: "often", payload: [], every: .minutes(5))

  @Test("nobody is asked before the subscriptions stand, and what has no interval once for each connection")
  func onceForEach() throws {
    var schedule = try schedule(once)
    #expect(asked(&schedule, at: 0) == [])
    for second in [10, 20] as [Int64] {
      schedule.connected()
      #expect(asked(&schedule, at: second) == ["once"])
      #expect(asked(&schedule, at: second + 1) == [])
      schedule.disconnected()
      #expect(asked(&schedule, at: second + 2) == [])
    }
  }

  @Test("a connection that comes and goes asks no more often than the interval says, and no later")
  func flapping() throws {
    var schedule = try schedule(often)
    var times: [Int64] = []
    for second in 0..<3_000 as Range<Int64> {
      if second % 7 == 0 { schedule.connected() }
      if second % 7 == 5 { schedule.disconnected() }
      if !asked(&schedule, at: second).isEmpty { times.append(second) }
    }
    #expect(times.count == 10)
    for (earlier, later) in zip(times, times.dropFirst()) { #expect((300...302).contains(later - earlier)) }
  }

  @Test("on a connection that lasts, it is asked again at the interval")
  func lasting() throws {
    var schedule = try schedule(once, often)
    schedule.connected()
    #expect(asked(&schedule, at: 0) == ["once", "often"])
    #expect(asked(&schedule, at: 299) == [])
    #expect(asked(&schedule, at: 300) == ["often"])
    #expect(asked(&schedule, at: 599) == [])
    #expect(asked(&schedule, at: 600) == ["often"])
  }

  @Test("what could not be sent stays due")
  func notSent() throws {
    var schedule = try schedule(once, often)
    schedule.connected()
    #expect(asked(&schedule, at: 0, isTaken: false) == ["once", "often"])
    #expect(asked(&schedule, at: 1) == ["once", "often"])
    #expect(asked(&schedule, at: 2) == [])
  }

  @Test("a device that was gone is asked when it is back; one that flaps, at most every half minute")
  func cameBack() throws {
    var schedule = try schedule(once, often)
    let printer = try #require(DeviceID("printer"))
    schedule.connected()
    #expect(asked(&schedule, at: 0) == ["once", "often"])
    schedule.cameBack(try #require(DeviceID("another")), at: .seconds(40))
    #expect(asked(&schedule, at: 40) == [])
    schedule.cameBack(printer, at: .seconds(41))
    #expect(asked(&schedule, at: 41) == ["once", "often"])
    schedule.cameBack(printer, at: .seconds(50))
    #expect(asked(&schedule, at: 50) == ["once"])
    #expect(asked(&schedule, at: 340) == [])
    #expect(asked(&schedule, at: 341) == ["often"])
  }
}
