import Foundation
import JSON
import MQTT
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// A broker that does not let the daemon hear everything.
  @Suite(.serialized) struct AccessTests {
    /// mosquitto's own plugin that, unlike its access list, refuses a subscription in the SUBACK.
    private static func refusing(_ filter: String, in folder: ScratchFolder) throws -> PrivateBroker.Options {
      let libraries = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib")
      let plugin = try #require(
        libraries.map { "/usr/lib/\($0)/mosquitto_dynamic_security.so" }
          .first { FileManager.default.fileExists(atPath: $0) })
      let access = ["publishClientSend", "publishClientReceive", "subscribe", "unsubscribe"]
      let rules = """
        {"defaultACLAccess": {\(access.map { "\"\($0)\": true" }.joined(separator: ", "))},
         "clients": [], "groups": [{"groupname": "all", "roles": [{"rolename": "shop"}]}], "anonymousGroup": "all",
         "roles": [{"rolename": "shop",
                    "acls": [{"acltype": "subscribePattern", "topic": "\(filter)", "allow": false}]}]}
        """
      try folder.write(rules, to: "rules.json")
      var options = PrivateBroker.Options()
      options.lines = ["plugin \(plugin)", "plugin_opt_config_file \(folder["rules.json"])"]
      return options
    }

    @Test(
      "a refused subscription is named with its device, and nobody else is silenced by it",
      .timeLimit(.minutes(1)))
    func refused() async throws {
      let folder = try ScratchFolder("chargehand-rules")
      defer { folder.remove() }
      let plug = """
          - id: plug-7
            channels:
              run_state: {topic: tele/plug-7/STATE, map: {on: running, off: idle}}

        """
      try await withShop(
        edit: {
          $0.replacing("work_centers:\n", with: plug + "work_centers:\n  - {id: p7, run_state: plug-7}\n")
        },
        broker: Self.refusing("tele/#", in: folder)
      ) { played in
        try await played.logged("the broker refuses the subscription 'tele/plug-7/STATE'")
        #expect(played.log.contains("not heard there: plug-7"), "\(played.logTail)")
        try await played.everythingHeard()
      }
    }

    @Test("a channel that was never heard has a row, and a button one that says when it was pressed")
    func neverHeard() async throws {
      let devices = """
          - id: plug-7
            channels:
              run_state: {topic: shop/plug-7, json: state, map: {on: running, off: idle}}
              energy: {topic: shop/plug-7, json: kwh, unit: kWh}
          - id: andon-7
            channels: {action: {topic: shop/andon-7, map: {single: toggle}}}

        """
      let center = "  - {id: p7, run_state: plug-7, energy: plug-7, buttons: [andon-7]}\n"
      try await withShop(
        edit: { $0.replacing("work_centers:\n", with: devices + "work_centers:\n" + center) }
      ) { played in
        func rows() async throws -> [String] {
          let (status, output) = try await played.tool("devices")
          #expect(status == 0, "\(output)")
          return output.split(separator: "\n").filter { $0.contains("-7 ") }
            .map { $0.split(separator: " ").joined(separator: " ") }
        }
        let before = try await rows()
        #expect(before == ["andon-7 action waiting", "plug-7 energy waiting", "plug-7 run_state waiting"])
        try await played.logged("mqtt telemetry link: connected")
        let machine = BrokerClient("machine", port: played.shop.broker.port, filters: [])
        try await machine.connected()
        #expect(machine.publish("shop/plug-7", #"{"state": "on"}"#))
        #expect(machine.publish("shop/andon-7", "single"))
        try await played.state("device/plug-7", "the plug") { $0["online"]?.bool == true }
        let state = try await played.state("device/andon-7", "the button") { $0["online"]?.bool == true }
        #expect(state["channels"]?["action"]?["quality"]?.string == "good", "\(state)")
        // A press is an event: its word, kept, might be taken for another.
        #expect(state["channels"]?["action"]?["value"] == nil, "\(state)")
        let after = try await rows()
        #expect(after.count == 3, "\(after)")
        #expect(after.first?.hasPrefix("andon-7 action good ") == true, "\(after)")
        #expect(after.contains { $0.hasPrefix("plug-7 energy waiting") }, "\(after)")
        #expect(after.contains { $0.hasPrefix("plug-7 run_state running good") }, "\(after)")
        machine.close()
      }
    }
  }
}
