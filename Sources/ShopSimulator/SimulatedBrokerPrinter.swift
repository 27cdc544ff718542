internal import MQTT
internal import Synchronization

/// A printer that is its own broker, as the makers of closed machines build them: TLS with a certificate that
/// it made itself and that carries its serial number, one login, nothing retained, no last will, no topic but
/// its own. It tells what changes, and everything when it is asked.
public final class SimulatedBrokerPrinter: Sendable {
  public static let username = "bblp"
  private static let firmware = BrokerClient.Login(username: "firmware", password: "inside")

  public let serial: String
  public let accessCode: String
  public let certificate: SelfSignedCertificate
  public let broker: PrivateBroker
  private let inside: Inside

  /// What the firmware knows, and how it speaks.
  private final class Inside: Sendable {
    let requests = Watched<[String]>([])
    let word = Mutex("IDLE")
    let client = Mutex<BrokerClient?>(nil)
    let topic: String

    init(topic: String) { self.topic = topic }

    func hear(_ text: String) {
      if text.contains("pushall") {
        say(#"{"print":{"command":"push_status","msg":0,"gcode_state":"\#(word.withLock { $0 })"}}"#)
      }
      requests.change { $0.append(text) }
    }

    func say(_ text: String) {
      _ = client.withLock { $0 }?.publish(topic, text, qos: .atMostOnce)
    }
  }

  /// - Throws: ``BrokerError`` when openssl or mosquitto is not installed or fails, ``SimulatorError``.
  public init(serial: String, accessCode: String) async throws {
    self.serial = serial
    self.accessCode = accessCode
    certificate = try SelfSignedCertificate(commonName: serial)
    let (report, request) = ("device/\(serial)/report", "device/\(serial)/request")
    var options = PrivateBroker.Options()
    // The firmware of a real one listens as soon as its broker does; here what comes before is kept for it.
    options.lines.append("queue_qos0_messages true")
    options.users = [Self.username: accessCode, Self.firmware.username: Self.firmware.password]
    options.accessList = """
      user \(Self.username)
      topic read \(report)
      topic write \(request)
      user \(Self.firmware.username)
      topic readwrite #

      """
    options.secure(with: certificate)
    broker = try await PrivateBroker.start(options)
    inside = Inside(topic: report)
    var settings = BrokerClient.settings(
      "firmware", port: broker.port, filters: [request], login: Self.firmware,
      session: .durable(expirySeconds: 3600))
    settings.tls = TLSSettings(trust: .certificate(file: certificate.file))
    let inside = inside
    let client = BrokerClient(
      settings,
      onMessages: { messages in
        for message in messages { inside.hear(String(decoding: message.payload, as: UTF8.self)) }
        return true
      })
    inside.client.withLock { $0 = client }
    try await client.connected()
  }

  /// For a configuration: it is known by its address, not by a name.
  public var address: String { "mqtts://127.0.0.1:\(broker.port)" }

  /// It changes its state, in its maker's words, and says so.
  public func become(_ word: String) {
    inside.word.withLock { $0 = word }
    inside.say(#"{"print":{"command":"push_status","msg":1,"gcode_state":"\#(word)"}}"#)
  }

  /// Everything it was asked so far, in order.
  public var requests: [String] { inside.requests.value }

  /// Waits until it has been asked a number of times for something.
  /// - Throws: ``WaitError``.
  public func asked(_ what: String, times: Int = 1, within limit: Duration = .seconds(15)) async throws {
    try await inside.requests.wait(for: "\(times) requests for \(what)", within: limit) { requests in
      requests.count { $0.contains(what) } >= times ? () : nil
    }
  }

  /// Somebody pulls the plug.
  public func unplug() async throws { try await broker.kill() }

  /// It starts again, and waits until its firmware is up.
  public func plugIn() async throws {
    let client = inside.client.withLock { $0 }
    let before = client?.connects ?? 0
    try await broker.restart()
    let end = ContinuousClock.now + .seconds(10)
    while client.map({ !$0.isUp || $0.connects == before }) ?? false {
      guard ContinuousClock.now < end else { throw BrokerError("the printer's firmware did not come up") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// Ends it and removes what it leaves behind.
  public func close() {
    let client = inside.client.withLock { client in
      defer { client = nil }
      return client
    }
    client?.close()
    broker.remove()
    certificate.remove()
  }
}
