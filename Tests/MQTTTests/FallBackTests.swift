@testable import MQTT
import ShopSimulator
import Testing

/// What the brokers inside machines speak: some only MQTT 3.1.1.
@Suite("An older broker", .serialized, .timeLimit(.minutes(1)))
struct FallBackTests {
  /// CONNACK of MQTT 3.1.1: unacceptable protocol version, and accepted.
  static let unknownVersion: [UInt8] = [0x20, 0x02, 0x00, 0x01]
  static let accepted: [UInt8] = [0x20, 0x02, 0x00, 0x00]

  /// The protocol levels that were offered, by connection.
  private func levels(_ broker: FakeBroker) -> [UInt8] {
    broker.received.compactMap { hello in
      let name = Array("MQTT".utf8)
      guard let start = hello.indices.first(where: { hello[$0...].starts(with: name) }) else { return nil }
      return hello.dropFirst(start + name.count).first
    }
  }

  @Test(
    "is met with 3.1.1 where that may be, whether it says that it does not know MQTT 5 or only hangs up",
    arguments: [unknownVersion, []])
  func fallsBack(answer: [UInt8]) async throws {
    let broker = try #require(FakeBroker([answer, Self.accepted], hangsUp: true))
    defer { broker.close() }
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.mayFallBack = true
    try await withLink(settings, recorder) { _ in
      #expect(await recorder.subscribed(), "\(recorder.errors)")
      #expect(levels(broker) == [5, 4])
    }
  }

  @Test("is refused where commands depend on what only MQTT 5 has")
  func stays() async throws {
    let broker = try #require(FakeBroker([Self.unknownVersion]))
    defer { broker.close() }
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port), recorder) { _ in
      let isNamed = await recorder.error {
        $0.attempt == 3 && $0.description.contains("it must speak MQTT 5")
      }
      #expect(isNamed, "\(recorder.errors)")
      #expect(Set(levels(broker)) == [5])
    }
  }

  @Test("what a broker has spoken or said is kept, what was guessed is tried anew")
  func choice() {
    let unknown = LinkError.Reason.refused(code: 0x84, text: "")
    func versions(_ steps: (LinkError.Reason, Bool)...) -> [ProtocolVersion] {
      var choice = VersionChoice()
      return [choice.version]
        + steps.map { step in
          choice.ended(step.0, isAccepted: step.1)
          return choice.version
        }
    }
    #expect(
      versions((unknown, false), (.closed, true), (.closed, false)) == [.five]
        + [ProtocolVersion](repeating: .threeOneOne, count: 3))
    #expect(
      versions((.closed, true), (.closed, false), (.closed, false))
        == [ProtocolVersion](repeating: .five, count: 4))
    #expect(
      versions((.closed, false), (.closed, false), (.closed, false)) == [
        .five, .threeOneOne, .five, .threeOneOne,
      ])
    #expect(
      versions((.closed, false), (.closed, true), (.closed, false)) == [
        .five, .threeOneOne, .five, .threeOneOne,
      ])
    #expect(
      versions((.refused(code: 0x86, text: ""), false), (.system(""), false), (.tls(""), false)).allSatisfy {
        $0 == .five
      })
  }
}
