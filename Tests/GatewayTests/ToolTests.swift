import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// The program at a command line, as scripts see it: without a daemon.
  @Suite struct ToolTests {
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
      let result = isPlain ? try await Program.run(arguments) : try await Program.runAlone(arguments)
      #expect(result.status == expected, "\(arguments): \(result.output)")
    }

    @Test("what check lets pass, the daemon can poll: a number longer than the largest read is a mistake")
    func maximumBlock() async throws {
      let file = """
        version: 1
        gateway: {id: shop-1, currency: USD, state_directory: /dev/null/state}
        mqtt: {broker: "mqtt://127.0.0.1:1"}
        buses: [{id: line, serial: /dev/ttyS9, max_block: 1}]
        devices:
          - {id: s, bus: line, unit: 1, channels: {weight: {holding: 7, type: float32, unit: g, division: 1g}}}

        """
      for command in ["check", "run"] {
        let result = try await Program.runAlone([command], configuration: file)
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
      "a configuration with mistakes is 78 for every command that reads it, and a missing one 74",
      arguments: [
        ["check"], ["run"], ["status"], ["job", "list"], ["job", "stop", "mill-1"], ["verify"],
        ["probe", "--bus", "floor", "--input", "0"],
      ])
    func configuration(_ arguments: [String]) async throws {
      let result = try await Program.runAlone(arguments, configuration: "version: 1\ngateway: {id: shop 1}\n")
      #expect(result.status == 78, "\(arguments): \(result.output)")
      #expect(result.output.contains("chargehand.yaml:2:15: gateway.id: "), "\(result.output)")
      let missing = try await Program.run(arguments + ["--config", "/nonexistent/chargehand.yaml"])
      #expect(missing.status == 74, "\(arguments): \(missing.output)")
      #expect(missing.output.hasPrefix("/nonexistent/chargehand.yaml: cannot be read: "), "\(missing.output)")
    }
  }
}
