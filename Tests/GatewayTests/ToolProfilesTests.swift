import TestGateway
import Testing

extension GatewayTests {
  /// `chargehand profiles`, and what is said of one that is not found.
  @Suite struct ToolProfilesTests {
    private static let repository = String(
      #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    @Test("profiles are listed with what each needs to know, and one is told in full")
    func profiles() async throws {
      let list = try await Program.run(["profiles", "--directory", Self.repository + "/config/profiles"])
      #expect(list.status == 0, "\(list.output)")
      let rows = list.output.split(separator: "\n").map(String.init)
      #expect(rows.first?.contains("parameters") == true)
      let row = try #require(rows.first { $0.hasPrefix("shelly-gen2-plug ") })
      #expect(row.contains("prefix [switch] [running_above] [idle_below]"), "\(row)")
      let one = try await Program.run(
        ["profiles", "shelly-gen2-plug"],
        environment: ["CHARGEHAND_PROFILES": Self.repository + "/config/profiles"])
      #expect(one.status == 0, "\(one.output)")
      for text in [
        "Shelly plug or relay with metering", "the MQTT prefix, as its settings say",
        "has to be given, such as shellyplus",
        "RPC status notifications have to be on", "60W",
      ] {
        #expect(one.output.contains(text), "\(text) is not in:\n\(one.output)")
      }
    }

    @Test("a directory without profiles, and a profile that there is not, are told with where was looked")
    func noProfiles() async throws {
      let missing = try await Program.run(["profiles", "--directory", "/nonexistent"])
      #expect(missing.status == 74, "\(missing.output)")
      #expect(missing.output == "chargehand: there is no directory /nonexistent\n")
      let none = try await Program.runAlone(
        ["profiles"], environment: ["CHARGEHAND_PROFILES": "/nonexistent:/dev"])
      #expect(none.status == 74, "\(none.output)")
      #expect(
        none.output.contains("/profiles (not there), /nonexistent (not there), /dev\n"), "\(none.output)")
      let unknown = try await Program.run([
        "profiles", "shelly-gen2-plgu", "--directory", Self.repository + "/config/profiles",
      ])
      #expect(unknown.status == 1, "\(unknown.output)")
      #expect(unknown.output.contains(#"did you mean "shelly-gen2-plug"?"#), "\(unknown.output)")
      let file = """
        version: 1
        gateway: {id: shop-1, currency: USD}
        mqtt: {broker: "mqtt://127.0.0.1:1"}
        devices: [{id: d, profile: laumas}]

        """
      let check = try await Program.runAlone(
        ["check"], configuration: file, environment: ["CHARGEHAND_PROFILES": "/nonexistent:/dev"])
      #expect(check.status == 78)
      #expect(
        check.output.contains("/profiles (not there), /nonexistent (not there), /dev)\n"), "\(check.output)")
    }
  }
}
