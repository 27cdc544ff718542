import Foundation
import JSON
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  @Suite(.serialized) struct ReportTests {
    @Test(
      "a report has the same sums as a table, as CSV and as JSON, beside a running daemon",
      .timeLimit(.minutes(1)))
    func forms() async throws {
      try await withShop { played in
        try await Desk.bill(played, "J-1")
        try await Desk.bill(played, "J-2")
        _ = try await Story.draft(played.shop, number: 2)
        let table = try await played.tool("report")
        #expect(table.status == 0 && table.output.contains("J-2"), "\(table.output)")
        let json = try await played.tool("report", "--by", "customer", "--json")
        let value = try JSONScanner.parse(json.output.utf8, limits: .trusted)
        #expect(value["total"]?["labor_h"]?.string == "2")
        let billed = try #require(value["total"]?["billed"]?.string)
        let csv = try await played.tool("report", "--csv")
        let lines = csv.output.split(separator: "\r\n")
        #expect(lines.count == 3, "\(csv.output)")
        #expect(
          lines[0].hasPrefix("period,job,customer,title,") && lines[0].hasSuffix("billed,in_advance,currency")
        )
        #expect(lines[1].hasSuffix(",0.00,USD") && lines[1].contains(",J-1,Acme Robotics,,"), "\(lines[1])")
        let machines = try await played.tool("report", "--by", "machine")
        #expect(machines.output.contains("for all that was billed: chargehand report --by job"))
        let column = try #require(lines[0].split(separator: ",").firstIndex(of: "billed"))
        let sum = lines.dropFirst().reduce(0.0) { sum, line in
          sum
            + (Double(
              line.split(separator: ",", omittingEmptySubsequences: false)[column].trimmingCharacters(
                in: .whitespacesAndNewlines)) ?? .nan)
        }
        #expect(abs(sum - (Double(billed) ?? .nan)) < 0.001, "\(csv.output)")
        let past = try await played.tool("report", "--month", "2020-02", "--by", "machine")
        #expect(past.output.contains("Nothing was used or billed in 2020-02"), "\(past.output)")
      }
    }

    @Test(
      "a period that there cannot be is a mistake on the command line",
      arguments: [
        ["--day", "2026-02-30"], ["--week", "2026-W54"], ["--month", "2026-13"], ["--month", "November"],
        ["--by", "moon"], ["--day", "2026-11-28", "--week", "2026-W48"], ["--json", "--csv"],
      ])
    func periods(arguments: [String]) async throws {
      let result = try await Program.runAlone(["report"] + arguments)
      #expect(result.status == 64, "\(result.output)")
    }
  }
}
