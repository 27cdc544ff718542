import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// The program at a command line, as scripts see it: without a daemon.
  @Suite struct ToolTests {
    /// Runs a command on a configuration of its own, with no daemon and no state directory.
    private func tool(
      _ arguments: [String], configuration: String? = nil, environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String) {
      let folder = try ScratchFolder("chargehand-tool")
      defer { folder.remove() }
      let sound = """
        version: 1
        gateway: {id: shop-1, currency: USD, state_directory: \(folder["state"])}
        mqtt: {broker: "mqtt://127.0.0.1:1"}

        """
      try folder.write(configuration ?? sound, to: "chargehand.yaml")
      return try await Program.run(
        arguments + ["--config", folder["chargehand.yaml"]], environment: environment)
    }

    @Test(
      "the exit status is what --help says it is",
      arguments: [
        (["check"], 0), (["job", "create", "--help"], 0), (["--help"], 0),
        (["--version"], 0), (["frobnicate"], 64), (["job", "create"], 64),
        (["job", "stop", "--outcome", "x"], 64),
        (["job", "complete", "a b"], 64), (["labor", "record", "J", "o", "a", "-5"], 64), (["explain"], 64),
        (["probe"], 64), (["run", "--log-level", "loud"], 64),
        (["probe", "--tcp", "a:99999", "--input", "0"], 64),
        (["probe", "--serial", "/dev/null", "--parity", "blue", "--input", "0"], 64),
        (["probe", "--bus", "nowhere", "--input", "0"], 64),
        (["job", "create", "J-1", "acme", "[]"], 69), (["status"], 69), (["devices"], 69),
        (["job", "list"], 74), (["job", "show", "J-1"], 74), (["hold", "list"], 74), (["usage", "list"], 74),
        (["draft", "list"], 74), (["draft", "show", "X-1"], 74), (["explain", "X-1"], 74), (["verify"], 74),
        (["clock-watch", "--once", "--file", "/nonexistent/word"], 74),
      ] as [([String], Int32)])
    func status(_ arguments: [String], _ expected: Int32) async throws {
      let isPlain = arguments.contains { $0.hasPrefix("--help") || $0 == "--version" || $0 == "clock-watch" }
      let result = isPlain ? try await Program.run(arguments) : try await tool(arguments)
      #expect(result.status == expected, "\(arguments): \(result.output)")
    }

    @Test(
      "what somebody probably meant, or gave twice, is said",
      arguments: [
        (["stauts"], #"there is no command "stauts"; did you mean "status"?"#),
        (["job", "strat", "mill-1"], #"there is no command "job strat"; did you mean "job start"?"#),
        (["labor", "recrod"], #"there is no command "labor recrod"; did you mean "labor record"?"#),
        (["jbo", "create", "J-1"], #"there is no command "jbo"; did you mean "job"?"#),
        (["qqqqqqqq"], #"there is no command "qqqqqqqq"; see: chargehand --help"#),
        (
          ["job", "stop", "--outcom", "done"], #"--outcom is no option of job stop; did you mean --outcome?"#
        ),
        (["job", "stop", "mill-1", "--work-center", "mill-2"], "--work-center is given twice"),
        (
          ["job", "stop", "--work-center", "mill-1", "--work-center", "mill-1"],
          "--work-center is given twice"
        ),
        (["job", "stop", "mill-1", "--id", "a", "--id=b"], "--id is given twice"),
        (["job", "stop", "mill-1", "--json", "--json"], "--json is given twice"),
        (["status", "--json", "--json"], "--json is given twice"),
        (["job", "list", "--config", "/a", "--config=/b"], "--config is given twice"),
        (["job", "complete", "J-1", "J-2"], "J-2 is more than job complete needs"),
        (
          ["job", "create", "J-1", "acme", "--parts", "not-json"], "--parts is not the JSON that is expected"
        ),
        (["job", "create", "J-1", "acme", "--parts", #"{"part":"a"}"#], "parts must be a list of {part, "),
      ] as [([String], String)])
    func meant(_ arguments: [String], _ text: String) async throws {
      let result = try await Program.run(arguments)
      #expect(result.status == 64, "\(arguments): \(result.output)")
      #expect(result.output.hasPrefix("chargehand: \(text)"), "\(arguments): \(result.output)")
    }

    @Test(
      "what a verb is about may be given without its option, whether or not it may be left out",
      arguments: [
        ["job", "complete", "J-1"], ["draft", "resend", "K7Q2ZP-000001"],
        ["job", "reopen", "J-1", "too early"],
        ["job", "start", "mill-1", "--job", "J-1"], ["job", "complete", "--work-center", "mill-1"],
        ["job", "create", "J-1", "acme", #"[{"part":"bracket"}]"#],
      ])
    func positional(_ arguments: [String]) async throws {
      // As far as the daemon, that is: there is none.
      let result = try await tool(arguments)
      #expect(result.status == 69, "\(arguments): \(result.output)")
    }

    @Test("a verb's help has no parentheses in parentheses, and says what may stand without its option")
    func help() async throws {
      for (arguments, usage) in [
        (["job", "create"], "usage: chargehand job create JOB CUSTOMER PARTS [options]"),
        (["job", "complete"], "usage: chargehand job complete [JOB] [options]"),
        (["draft", "resend"], "usage: chargehand draft resend [DRAFT_ID] [options]"),
        (["hold", "settle"], "usage: chargehand hold settle JOB HOLD REASON [options]"),
      ] {
        for mark in ["--help", "-h"] {
          let result = try await Program.run(arguments + [mark])
          #expect(result.status == 0)
          #expect(result.output.contains(usage), "\(result.output)")
          #expect(try /\([^)]*\(/.firstMatch(in: result.output) == nil, "\(result.output)")
        }
      }
    }

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
      let none = try await tool(["profiles"], environment: ["CHARGEHAND_PROFILES": "/nonexistent:/dev"])
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
      let check = try await tool(
        ["check"], configuration: file, environment: ["CHARGEHAND_PROFILES": "/nonexistent:/dev"])
      #expect(check.status == 78)
      #expect(
        check.output.contains("/profiles (not there), /nonexistent (not there), /dev)\n"), "\(check.output)")
    }

    @Test("what check lets pass, the daemon can poll: a number longer than the largest read is a mistake")
    func maximumBlock() async throws {
      let file = """
        version: 1
        gateway: {id: shop-1, currency: USD, state_directory: /nonexistent}
        mqtt: {broker: "mqtt://127.0.0.1:1"}
        buses: [{id: line, serial: /dev/ttyS9, max_block: 1}]
        devices:
          - {id: s, bus: line, unit: 1, channels: {weight: {holding: 7, type: float32, unit: g, division: 1g}}}

        """
      for command in ["check", "run"] {
        let result = try await tool([command], configuration: file)
        #expect(result.status == 78, "\(result.output)")
        #expect(result.output.contains("chargehand.yaml:6:"), "\(result.output)")
        #expect(result.output.contains(": devices.s.channels.weight: needs 2 registers"), "\(result.output)")
      }
    }

    @Test("a port that there cannot be is told as such by probe too")
    func port() async throws {
      let result = try await Program.run(["probe", "--tcp", "192.168.1.20:99999", "--input", "0"])
      #expect(result.status == 64)
      #expect(result.output == "chargehand: --tcp: a port is 1 to 65535 (found 99999)\n", "\(result.output)")
    }

    @Test("--help lists every exit status")
    func listed() async throws {
      let help = try await Program.run(["--help"]).output.split { $0 == "\n" || $0 == " " }.joined(
        separator: " ")
      for text in [
        "0 done;", "1 refused", "64 wrong usage;", "69 the daemon", "74 a file", "78 the configuration",
      ] {
        #expect(help.contains(text), "\(text): \(help)")
      }
    }

    @Test("every complaint begins with the program's name, whoever found the mistake")
    func prefix() async throws {
      for arguments in [
        ["frobnicate"], ["job", "create"], ["status"], ["job", "list"], ["probe"], ["status", "--colour"],
        ["clock-watch", "--once", "--file", "/nonexistent/word"],
      ] {
        let output = try await Program.run(arguments).output
        #expect(output.hasPrefix("chargehand: ") || output.hasPrefix("/etc/"), "\(arguments): \(output)")
      }
    }

    @Test(
      "a configuration with mistakes is 78 for every command that reads it, and a missing one as well",
      arguments: [
        ["check"], ["run"], ["status"], ["job", "list"], ["job", "stop", "mill-1"], ["verify"],
        ["probe", "--bus", "floor", "--input", "0"],
      ])
    func configuration(_ arguments: [String]) async throws {
      let result = try await tool(arguments, configuration: "version: 1\ngateway: {id: shop 1}\n")
      #expect(result.status == 78, "\(arguments): \(result.output)")
      #expect(result.output.contains("chargehand.yaml:2:15: gateway.id: "), "\(result.output)")
      let missing = try await Program.run(arguments + ["--config", "/nonexistent/chargehand.yaml"])
      #expect(missing.status == 78, "\(arguments): \(missing.output)")
    }
  }
}
