import Contract
import Foundation
import JSON
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// Machines that are their own brokers, beside the shop's.
  @Suite(.serialized) struct FurtherBrokerTests {
    private static let serial = "01S00C123456789"

    /// Adds the printer to the shop: its broker, itself, and a work center.
    private static func adding(
      _ printer: SimulatedBrokerPrinter, trust: String, password: String
    ) -> @Sendable (String) -> String {
      let broker = """
        brokers:
          - id: p1s
            broker: \(printer.address)
            username: \(SimulatedBrokerPrinter.username)
            password_file: \(password)
            tls_name: \(printer.serial)
            \(trust)

        """
      let device = """
          - id: p1s
            broker: p1s
            max_age: 1h
            channels:
              run_state:
                topic: device/\(printer.serial)/report
                json: print.gcode_state
                map: {IDLE: idle, PREPARE: preparing, RUNNING: running, PAUSE: paused, FINISH: done, FAILED: failed}
            ask:
              - {topic: device/\(printer.serial)/request, payload: '{"info": {"command": "get_version"}}'}
              - topic: device/\(printer.serial)/request
                payload: '{"pushing": {"command": "pushall"}}'
                every: 5min

        """
      return { text in
        text.replacing("buses:\n", with: broker + "buses:\n")
          .replacing("work_centers:\n", with: device + "work_centers:\n  - {id: p1s, run_state: p1s}\n")
      }
    }

    private func withPrinter(
      trust: (SimulatedBrokerPrinter) throws -> String = {
        "certificate_sha256: \"\(try $0.certificate.fingerprint())\""
      },
      writesPassword: Bool = true, _ body: (PlayedShop, SimulatedBrokerPrinter) async throws -> Void
    ) async throws {
      let printer = try await SimulatedBrokerPrinter(serial: Self.serial, accessCode: "12345678")
      defer { printer.close() }
      if writesPassword { try printer.certificate.folder.write("12345678\n", to: "code") }
      let edit = Self.adding(
        printer, trust: try trust(printer), password: printer.certificate.folder["code"])
      try await withShop(edit: edit, starts: false) { played in try await body(played, printer) }
    }

    @Test(
      "a printer that is its own broker is heard, asked, lost and found again, and nobody else notices",
      .timeLimit(.minutes(2)))
    func itsOwnBroker() async throws {
      try await withPrinter { played, printer in
        try await played.start()
        // It says nothing by itself: this is the answer to pushall.
        try await played.workCenter("p1s", "the printer idle") { $0["run_state"]?.string == "idle" }
        printer.become("RUNNING")
        try await played.workCenter("p1s", "the printer at work") { $0["run_state"]?.string == "running" }
        try await played.everythingHeard()

        try await printer.unplug()
        try await played.state("device/p1s", "the printer offline") { $0["online"]?.bool == false }
        try await played.logged("mqtt broker-p1s link, \(printer.address): ")
        try await Desk.create(played, "J-1")
        try await played.everythingHeard()
        #expect(!played.log.contains("mqtt telemetry link, "), "the main link was lost")

        try await printer.plugIn()
        try await played.logged("mqtt broker-p1s link: connected to \(printer.address)", times: 2)
        try await printer.asked("get_version", times: 2)
        printer.become("FINISH")
        try await played.state("device/p1s", "the printer online") { $0["online"]?.bool == true }
        // Once in five minutes, however often it comes and goes.
        #expect(printer.requests.count { $0.contains("pushall") } == 1)
        let status = try await played.stop()
        #expect(status == 0)
      }
    }

    @Test(
      "a printer with another certificate is told nothing, and the log says what to do",
      .timeLimit(.minutes(1)))
    func wrongPin() async throws {
      let other = try SelfSignedCertificate(commonName: Self.serial)
      defer { other.remove() }
      try await withPrinter(trust: { _ in "certificate_file: \(other.file)" }) { played, printer in
        try await played.start()
        try await played.logged("TLS failed: the broker shows another certificate than the pinned one")
        #expect(played.log.contains(try printer.certificate.fingerprint()))
        try await played.state("device/p1s", "the printer offline") { $0["online"]?.bool == false }
        try await played.everythingHeard()
        #expect(printer.requests == [])
        #expect(!printer.broker.logTail(lines: 1_000).contains("u'\(SimulatedBrokerPrinter.username)'"))
      }
    }

    @Test(
      "a printer that is off at the start, with its access code still to come, is found once both are there",
      .timeLimit(.minutes(2)))
    func later() async throws {
      try await withPrinter(trust: { "ca_file: \($0.certificate.file)" }, writesPassword: false) {
        played, printer in
        try await printer.unplug()
        try await played.start()
        try await played.everythingHeard()
        try await played.state("device/p1s", "the printer offline") { $0["online"]?.bool == false }
        try await printer.plugIn()
        try await played.logged("code: No such file or directory", within: .seconds(30))
        try printer.certificate.folder.write("12345678\n", to: "code")
        try await played.workCenter("p1s", "the printer idle", within: .seconds(45)) {
          $0["run_state"]?.string == "idle"
        }
        #expect(printer.requests.count { $0.contains("pushall") } == 1)
      }
    }

    @Test(
      "sixty-four machines that are off cost nobody anything, and hold up no shutdown",
      .timeLimit(.minutes(2)))
    func manyOff() async throws {
      // Nobody listens on port 1, and nobody answers for a name that ends in .invalid.
      let brokers = (0..<64).map { number in
        let address = number % 2 == 0 ? "mqtts://127.0.0.1:1" : "mqtt://printer-\(number).invalid:1883"
        return "  - {id: p\(number), broker: \"\(address)\"}\n"
      }
      let text = "brokers:\n" + brokers.joined()
      try await withShop(edit: { $0.replacing("buses:\n", with: text + "buses:\n") }) { played in
        try await played.everythingHeard()
        try await played.logged(
          "mqtt broker-p63 link, mqtt://printer-63.invalid:1883: ", within: .seconds(30))
        // Tried again and again, told once.
        #expect(played.log.count("mqtt broker-p0 link, ") == 1)
        let process = try #require(played.daemon?.processID)
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
        #expect(open < 64 * 6 + 64, "\(open) descriptors")
        try await Desk.create(played, "J-1")
        let start = ContinuousClock.now
        #expect(try await played.stop() == 0)
        #expect(ContinuousClock.now - start < .seconds(5))
      }
    }

    @Test("a device on the shop's own broker is asked too, once for each connection", .timeLimit(.minutes(1)))
    func askedOnTheMainBroker() async throws {
      let topic = "shop/printers/1/request"
      let ask = "  - id: printer-1\n    ask: [{topic: \(topic), payload: '{\"get\": \"all\"}'}]\n    channels"
      let edit: @Sendable (String) -> String = { text in
        text.replacing("  - id: printer-1\n    channels", with: ask)
      }
      try await withShop(edit: edit, starts: false) { played in
        let printer = BrokerClient("printer", port: played.shop.broker.port, filters: [topic])
        defer { printer.close() }
        try await printer.connected()
        for _ in 1...2 {
          try await played.start()
          let request = try await printer.next(on: topic, within: .seconds(20))
          #expect(request.payload == Array(#"{"get": "all"}"#.utf8) && !request.retained)
          try await played.everythingHeard()
          try await played.kill()
        }
        #expect(printer.unread.isEmpty)
      }
    }

    @Test("a button on a further broker with a fence is carried out", .timeLimit(.minutes(1)))
    func fencedButton() async throws {
      let broker = try await PrivateBroker.start()
      defer { broker.remove() }
      let button = SimulatedButton(port: broker.port, name: "andon-1")
      defer { button.close() }
      let address = broker.address
      let edit: @Sendable (String) -> String = { text in
        text.replacing(
          "buses:\n", with: "brokers:\n  - {id: zigbee, broker: \"\(address)\", fence: true}\nbuses:\n"
        )
        .replacing("- id: andon-1\n", with: "- id: andon-1\n    broker: zigbee\n")
      }
      try await withShop(edit: edit) { played in
        try await played.everythingHeard()
        try await played.logged("mqtt broker-zigbee link: connected to")
        try await Story.order(played.shop)
        // Not there any more: it is the other broker's.
        try await played.shop.andon.press()
        try await button.press()
        try await played.workCenter("printer-1", "the printer's run") { $0["job"]?.string == "J-1" }
        // The second press would have ended it.
        let state = try await played.workCenter("printer-1", "the run") { $0["run"] != nil }
        #expect(state["paused"] == nil)
      }
    }
  }
}
