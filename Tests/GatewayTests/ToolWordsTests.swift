import TestGateway
import Testing

extension GatewayTests {
  /// What is understood at a command line, and what is said where it is not.
  @Suite struct ToolWordsTests {
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
        (
          ["hold", "settle", "J-1", "gap.R1", "asked", "--quantity", "-1 g"],
          #"quantity must be from 0 g to 1000000 g, found "-1 g""#
        ),
        (
          ["hold", "settle", "J-1", "gap.R1", "asked", "--quantity", "9999999 min"],
          #"quantity must be from 0 to 100000 minutes, found "9999999 min""#
        ),
        (
          ["hold", "settle", "J-1", "gap.R1", "asked", "--quantity", "12"],
          #"quantity must be an amount with its unit, such as "12.5 g" or "14 min", found "12""#
        ),
        (["job", "complete", "J-1", "J-2"], "J-2 is more than job complete needs"),
        (
          ["job", "create", "J-1", "acme", "--parts", "not-json"], "--parts is not JSON: "
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
      let result = try await Program.runAlone(arguments)
      #expect(result.status == 69, "\(arguments): \(result.output)")
    }

    @Test("a verb's help has no parentheses in parentheses, and says what may stand without its option")
    func help() async throws {
      for (arguments, usage) in [
        (["job", "create"], "usage: chargehand job create JOB CUSTOMER PARTS [options]"),
        (["job", "complete"], "usage: chargehand job complete [JOB] [options]"),
        (["draft", "resend"], "usage: chargehand draft resend [DRAFT_ID] [options]"),
        (["hold", "settle"], "usage: chargehand hold settle JOB HOLD REASON [options]"),
        (["usage", "write-off"], "usage: chargehand usage write-off USAGE REASON [options]"),
        (["billing", "release-retainage"], "usage: chargehand billing release-retainage JOB [options]"),
      ] {
        for asked in [arguments + ["--help"], arguments + ["-h"], ["help"] + arguments] {
          let result = try await Program.run(asked)
          #expect(result.status == 0)
          #expect(result.output.contains(usage), "\(result.output)")
          #expect(try /\([^)]*\(/.firstMatch(in: result.output) == nil, "\(result.output)")
        }
      }
    }
  }
}
