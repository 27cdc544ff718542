import Configuration
import Devices
import Measures
import Testing

@Suite("Further brokers")
struct FurtherBrokerTests {
  static let pin = (0..<32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }

  /// The shop with a printer that is its own broker.
  static func text(broker lines: String = "", device: String = "") throws -> String {
    let base = try Shop.text(
      changing: "buses:\n",
      to: """
        brokers:
          - id: p1
            broker: mqtts://192.168.1.40
            username: bblp
            tls_name: 01S00C123456789
        \(lines)buses:

        """)
    return base.replacing(
      "  - id: laser\n    channels", with: "  - id: laser\n    broker: p1\n\(device)    channels")
  }

  @Test("a pin is read with its colons and without, in capitals or not")
  func pins() throws {
    let joined = Self.pin.joined(separator: ":")
    for form in [joined, joined.lowercased(), Self.pin.joined()] {
      let text = try Self.text(broker: "    certificate_sha256: \"\(form)\"\n")
      let broker = try #require(Shop.read(text).get().brokers.first)
      #expect(broker.settings.tls?.trust == .fingerprint(Array(0..<32)))
      #expect(broker.settings.tls?.name == "01S00C123456789")
      #expect(broker.settings.port == 8883)
      #expect(!broker.hasFence)
    }
  }

  @Test("without anything else the system's authorities are trusted, and verification is there")
  func defaults() throws {
    let broker = try #require(Shop.read(try Self.text()).get().brokers.first)
    #expect(broker.settings.tls?.trust == .system)
  }

  @Test("a device that names a broker is on it, and all the others are on the main one")
  func devices() throws {
    let configuration = try Shop.read(try Self.text()).get()
    #expect(configuration.devices.map { $0.broker?.text } == [nil, nil, nil, "p1"])
    #expect(configuration.warnings == [])
  }

  @Test("what a device is asked for is read as it stands")
  func asks() throws {
    let ask = """
          ask:
            - {topic: device/1/request, payload: '{"pushing": {"command": "pushall"}}', every: 5min}
            - {topic: device/1/request, payload: ""}

      """
    let devices = try Shop.read(try Self.text(device: ask)).get().devices
    guard case .mqtt(let device) = devices[3].transport else {
      Issue.record("not on a broker: \(devices[3])")
      return
    }
    #expect(
      device.requests == [
        MQTTRequest(
          topic: "device/1/request", payload: Array(#"{"pushing": {"command": "pushall"}}"#.utf8),
          every: .minutes(5)),
        MQTTRequest(topic: "device/1/request", payload: []),
      ])
  }

  @Test("a button on a further broker needs a fence there")
  func buttons() throws {
    let action = "    channels:\n      action: {topic: a, map: {x: toggle}}\n"
    func mistakes(_ fence: String) throws -> [String] {
      let text = try Self.text(broker: fence)
        .replacing("    broker: p1\n    channels:\n", with: "    broker: p1\n\(action)")
      return Shop.mistakes(Shop.read(text))
    }
    #expect(
      try mistakes("") == [
        "52:15: devices.laser.channels.action: a button needs a broker on which old presses can be told from new "
          + "ones: give the broker p1 fence: true, if it lets us publish to a topic of our own (found a button)"
      ])
    #expect(try mistakes("    fence: true\n") == [])
  }

  @Test("a broker that no device names is a warning")
  func idle() throws {
    let text = try Self.text().replacing("    broker: p1\n", with: "")
    #expect(Shop.warnings(Shop.read(text)) == ["10:9: brokers.p1: warning: no device names this broker"])
  }

  @Test("at most 64 brokers beside the main one are served")
  func tooMany() throws {
    let more = (0..<64).map { "  - {id: b\($0), broker: \"mqtt://10.0.0.\($0)\"}\n" }.joined()
    let lines = Shop.mistakes(Shop.read(try Self.text(broker: more)))
    #expect(lines == ["77:5: brokers[64]: at most 64 brokers beside the main one can be served (found 65)"])
  }

  @Test("a secret of a further broker that is not there yet is a warning, not a mistake")
  func lateSecret() throws {
    let result = Shop.read(try Self.text(broker: "    password_file: p1-code\n"))
    #expect(Shop.mistakes(result) == [])
    #expect(
      Shop.warnings(result) == [
        "14:20: brokers.p1.password_file: warning: there is no such file yet "
          + "(looked for \"/nonexistent/p1-code\")"
      ])
  }
}
