import Measures
import Metering
import Testing

@testable import Gateway

@Suite struct InboxTests {
  private let inbox = Inbox(clock: GatewayClock(boot: 1, environment: [:], kernel: { true }))
  private let now = GatewayClock(boot: 1, environment: [:], kernel: { true }).now()

  private func press(_ device: String) throws -> Reading {
    Reading(channel: ChannelID(try #require(DeviceID(device)), .action), at: now, value: .action(.start))
  }

  private func weight(_ device: String, _ milligrams: Int64) throws -> Reading {
    Reading(
      channel: ChannelID(try #require(DeviceID(device)), .weight), at: now,
      value: .weight(Mass(milligrams: milligrams), stable: true))
  }

  private func readings(of taken: Inbox.Taken) -> [Reading] {
    taken.inputs.flatMap { input -> [Reading] in
      guard case .readings(let readings) = input.content else { return [] }
      return readings
    }
  }

  @Test("presses beyond the limit are dropped and counted; what else came with them is not")
  func presses() throws {
    for _ in 0..<Inbox.pressLimit + 3 { inbox.put([try press("button-1"), try weight("scale-1", 5)]) }
    let taken = inbox.take(until: .zero)
    let all = readings(of: taken)
    #expect(all.filter(\.isPress).count == Inbox.pressLimit)
    #expect(all.count == 2 * Inbox.pressLimit + 3)
    #expect(taken.droppedPresses == 3)
    inbox.put([try press("button-1")])
    let next = inbox.take(until: .zero)
    #expect(readings(of: next).count == 1, "once there is room, a press counts again")
    #expect(next.droppedPresses == 0)
  }

  @Test("full of readings it keeps the newest per channel, and every press")
  func newest() throws {
    inbox.put([try press("button-1")])
    let two = [try weight("scale-1", 1), try weight("scale-2", 1)]
    for _ in 0..<Inbox.readingLimit / 2 { inbox.put(two) }
    inbox.put([try weight("scale-1", 7)])
    let taken = inbox.take(until: .zero)
    #expect(readings(of: taken).count < 10)
    #expect(readings(of: taken).contains { $0.isPress })
    #expect(readings(of: taken).last?.value == .weight(Mass(milligrams: 7), stable: true))
    #expect(taken.displaced > Int64(Inbox.readingLimit) - 10)
  }

  @Test("a command that waits can be seen, and the 1,025th is refused")
  func commands() {
    #expect(!inbox.hasCommand)
    for number in 0...Inbox.commandLimit {
      let isTaken = inbox.put(.question(Question(subject: .status) { _ in }))
      #expect(isTaken == (number < Inbox.commandLimit))
    }
    #expect(inbox.hasCommand)
    _ = inbox.take(until: .zero)
    #expect(!inbox.hasCommand)
  }
}
