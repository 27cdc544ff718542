@testable import MQTT
import Testing

@Suite("The parts without a broker", .timeLimit(.minutes(1)))
struct PureTests {
  @Test("the backoff doubles from one second to a minute, within a quarter of chance")
  func backoff() {
    var reconnect = Reconnect(Backoff())
    let expected: [Int64] = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
    for delay in expected {
      var low = reconnect
      var high = reconnect
      let least = low.ended(afterLiving: 0, jitterPermille: 0)
      let most = high.ended(afterLiving: 0, jitterPermille: 999)
      let middle = reconnect.ended(afterLiving: 0, jitterPermille: 500)
      #expect(middle == delay)
      #expect(least == max(1_000, delay * 3 / 4))
      #expect(most <= min(60_000, delay * 5 / 4) && most >= min(60_000, delay * 6 / 5))
    }
    #expect(reconnect.failures == 8)
  }

  @Test("only a connection that lived starts the backoff over")
  func livedConnection() {
    var reconnect = Reconnect(Backoff())
    for _ in 0..<5 { _ = reconnect.ended(afterLiving: 9_999, jitterPermille: 500) }
    let short = reconnect.ended(afterLiving: 9_999, jitterPermille: 500)
    let long = reconnect.ended(afterLiving: 10_000, jitterPermille: 500)
    #expect(short == 32_000 && long == 1_000)
    #expect(reconnect.failures == 1)
  }

  @Test("a backoff with absurd bounds neither overflows nor spins")
  func absurdBackoff() {
    var reconnect = Reconnect(Backoff(minimumMilliseconds: -5, maximumMilliseconds: .max))
    for _ in 0..<200 {
      let delay = reconnect.ended(afterLiving: 0, jitterPermille: 999)
      #expect(delay >= 1)
    }
  }

  @Test("the send queue is bounded in messages and in bytes and keeps the order")
  func sendQueue() {
    func entry(_ token: UInt64, _ size: Int = 0) -> SendQueue.Entry {
      SendQueue.Entry(
        publication: Publication(topic: "a", payload: [UInt8](repeating: 0, count: size)), token: token)
    }
    var queue = SendQueue(limit: 1_000, limitBytes: 1_000_000)
    var next: UInt64 = 0
    for token in 0..<5_000 as Range<UInt64> {
      let isTaken = queue.append(entry(token))
      #expect(isTaken)
      if token % 5 != 4 {
        let first = queue.removeFirst()
        #expect(first?.token == next)
        next += 1
      }
    }
    let whenFull = queue.append(entry(9_999))
    let evenIfFull = queue.append(entry(9_999), evenIfFull: true)
    #expect(!whenFull && evenIfFull)
    let lost = queue.removeAll()
    let none = queue.removeFirst()
    #expect(lost == 1_001 && none == nil && queue.isEmpty && queue.bytes == 0)
    let large = queue.append(entry(1, 2_000_000))
    let afterLarge = queue.append(entry(2))
    #expect(large && !afterLarge)
  }

  @Test("only the fence's own token passes it, live and after it was sent")
  func fence() {
    var fence = Fence(topic: "fence", token: [1, 2])
    let back = Message(topic: "fence", payload: [1, 2])
    func passes(_ message: Message) -> Bool { fence.passes(message) }
    #expect(!passes(back))
    fence.sent(at: 1_000)
    #expect(!passes(Message(topic: "fence", payload: [1, 3])))
    #expect(!passes(Message(topic: "fence", payload: [1, 2], retained: true)))
    #expect(fence.isOverdue(at: 2_000, patience: 1_000) && !fence.isOverdue(at: 1_999, patience: 1_000))
    #expect(passes(back) && fence.isPassed)
    fence.sent(at: 3_000)
    #expect(!passes(back) && fence.isPassed)
  }

  @Test("an error says what, where, how often and when next")
  func errorSentence() {
    var error = LinkError(
      link: "commands", broker: "mqtt://127.0.0.1:1883", reason: .system("connection refused"), attempt: 4,
      nextTryMilliseconds: 8_000)
    #expect(
      error.description
        == "mqtt commands link, mqtt://127.0.0.1:1883: connection refused (4th time; next try in 8 s)")
    for (attempt, text) in [(2, "2nd"), (3, "3rd"), (11, "11th"), (21, "21st"), (112, "112th")] {
      error.attempt = attempt
      #expect(error.description.contains("(\(text) time"))
    }
  }

  @Test("settings that cannot work are refused in words")
  func settings() {
    let good = LinkSettings(
      name: "commands", host: "::1", clientID: "a", session: .clean,
      subscriptions: [Subscription("a/+/#", qos: .atLeastOnce)])
    #expect(good.fault == nil)
    #expect(good.broker == "mqtt://[::1]:1883")
    var secure = good
    secure.tls = TLSSettings(trust: .fingerprint([UInt8](repeating: 7, count: 32)), name: "01S00C123456789")
    #expect(secure.fault == nil)
    let changes: [(inout LinkSettings) -> Void] = [
      { $0.host = "" }, { $0.host = "a\u{0}" }, { $0.port = 0 }, { $0.clientID = "" },
      { $0.clientID = "a\n" },
      { $0.keepaliveSeconds = 4 }, { $0.receiveMaximum = 0 }, { $0.inFlightLimit = 0 }, { $0.queueLimit = 0 },
      { $0.password = "x" }, { $0.will = Publication(topic: "#", payload: []) }, { $0.fenceTopic = "a/+" },
      { $0.subscriptions = [Subscription("a/#/b", qos: .atMostOnce)] },
      { $0.tls = TLSSettings(clientCertificateFile: "/a") }, { $0.tls = TLSSettings(name: "") },
      { $0.tls = TLSSettings(name: ".shop") }, { $0.tls = TLSSettings(name: "a\u{0}b") },
      { $0.tls = TLSSettings(name: "a b") },
      { $0.tls = TLSSettings(name: String(repeating: "a", count: 254)) },
      { $0.tls = TLSSettings(trust: .fingerprint([1, 2, 3])) },
      {
        $0.dialect = .olderFirst
        $0.session = .durable(expirySeconds: 60)
      },
    ]
    for change in changes {
      var settings = good
      change(&settings)
      #expect(settings.fault != nil)
    }
  }
}
