@testable import MQTT
import ShopSimulator
import Testing

/// The brokers inside machines: less trusted, and not all of them know MQTT 5.
@Suite("A lesser broker", .serialized, .timeLimit(.minutes(1)))
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
    "is met with MQTT 5 after all, whether it says that it does not know 3.1.1 or only hangs up",
    arguments: [unknownVersion, []])
  func fallsBack(answer: [UInt8]) async throws {
    let broker = try #require(FakeBroker([answer, FakeBroker.accepted], hangsUp: true))
    defer { broker.close() }
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.dialect = .olderFirst
    try await withLink(settings, recorder) { _ in
      #expect(await recorder.subscribed(), "\(recorder.errors)")
      #expect(levels(broker) == [4, 5])
    }
  }

  @Test("is refused where commands depend on what only MQTT 5 has")
  func stays() async throws {
    let broker = try #require(FakeBroker([Self.unknownVersion]))
    defer { broker.close() }
    let recorder = Recorder()
    try await withLink(quickSettings(broker.port), recorder) { _ in
      let isNamed = await recorder.error {
        $0.attempt == 3 && $0.description.contains("must know MQTT 5")
      }
      #expect(isNamed, "\(recorder.errors)")
      #expect(Set(levels(broker)) == [5])
    }
  }

  @Test("is heard, told and fenced over MQTT 3.1.1 as over 5, retained messages marked")
  func messages() async throws {
    let broker = try await startBroker()
    let other = BrokerClient(broker, id: "machine", "request")
    defer { other.close() }
    try await other.send("report/old", "stored", retain: true)
    let recorder = Recorder()
    var settings = quickSettings(broker.port, id: "gateway")
    settings.subscriptions = [Subscription("report/#", qos: .atMostOnce, retainAsPublished: true)]
    settings.dialect = .olderFirst
    settings.fenceTopic = "fence"
    try await withLink(settings, recorder) { link in
      let isFenced = await recorder.wait { $0.contains { if case .fencePassed = $0 { true } else { false } } }
      #expect(isFenced)
      #expect(broker.logTail(lines: 1_000).contains("as gateway (p2,"), "it is not MQTT 3.1.1")
      #expect(await recorder.message("stored"))
      #expect(recorder.messages.first?.retained == true)
      try await other.send("report/new", "live")
      #expect(await recorder.message("live"))
      #expect(recorder.messages.last?.retained == false && recorder.messages.last?.beforeFence == false)
      #expect(link.publish(Publication(topic: "request", payload: [0x61], qos: .atMostOnce)) == .queued)
      #expect(try await other.next(on: "request").payload == [0x61])
    }
  }

  @Test("cannot end the process by a property that the library does not know")
  func unknownProperty() async throws {
    // A PUBLISH to `a` whose payload begins with what MQTT 5 would read as two bytes of properties, one of
    // them unknown.
    let publish: [UInt8] = [0x30, 0x06, 0x00, 0x01, 0x61, 0x02, 0x7F, 0x00]
    let broker = try #require(FakeBroker([Self.accepted + publish]))
    defer { broker.close() }
    let recorder = Recorder()
    var settings = quickSettings(broker.port)
    settings.dialect = .olderFirst
    try await withLink(settings, recorder) { _ in
      let isHeard = await recorder.wait { events in
        events.contains {
          if case .batch(let batch) = $0 { batch[0].payload == [2, 0x7F, 0] } else { false }
        }
      }
      #expect(isHeard, "\(recorder.errors)")
    }
  }

  @Test("what a broker has spoken or said is kept, what was guessed is tried anew")
  func choice() {
    let unknown = LinkError.Reason.refused(code: 0x84, text: "")
    func versions(_ steps: (LinkError.Reason, isAccepted: Bool)...) -> String {
      var choice = VersionChoice(.olderFirst)
      let later = steps.map { step in
        choice.ended(step.0, isAccepted: step.isAccepted)
        return choice.version
      }
      return ([ProtocolVersion.threeOneOne] + later).map { $0 == .five ? "5" : "3" }.joined()
    }
    #expect(versions((unknown, false), (.closed, true), (.closed, false)) == "3555")
    #expect(versions((.closed, true), (.closed, false), (.closed, false)) == "3333")
    #expect(versions((.closed, false), (.closed, false), (.closed, false)) == "3535")
    #expect(versions((.closed, false), (.closed, true), (.closed, false)) == "3535")
    #expect(versions((.refused(code: 5, text: ""), false), (.system(""), false), (.tls(""), false)) == "3333")
  }
}
