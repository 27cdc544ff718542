import Foundation
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
  }
}
