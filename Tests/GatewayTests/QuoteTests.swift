import JSON
import ShopSimulator
import TestGateway
import Testing

extension GatewayTests {
  /// What `chargehand quote` makes of a command line, without a job and so without a state directory.
  @Suite struct QuoteTests {
    private static let shop = """
      version: 1
      gateway: {id: shop-1, currency: EUR, state_directory: /nonexistent/state}
      mqtt: {broker: "mqtt://127.0.0.1:1"}
      work_centers: [{id: bench, machine_rate: hand}]
      price_list:
        prices_include_tax: true
        materials:
          pla: {name: PLA, price: 99.00/kg, tax: standard}
          exotic: {name: Exotic, tax: standard}
        machines: {hand: {price: 60.00/h, tax: standard}}
        services: {screw: {name: Screw, price: 0.10, tax: standard}}
        taxes: {standard: {rate: 19%, category: S}}

      """

    private func quote(_ arguments: String...) async throws -> (status: Int32, output: String) {
      try await Program.runAlone(["quote"] + arguments, configuration: Self.shop)
    }

    @Test("as JSON a quote has its lines, taxes and totals as a draft has them")
    func json() async throws {
      let result = try await quote("--service", "screw=7", "--json")
      #expect(result.status == 0, "\(result.output)")
      let value = try JSONScanner.parse(result.output.utf8, limits: .trusted)
      let line = value["lines"]?.array?.first
      #expect(line?["id"]?.string == "L1" && line?["type"]?.string == "service", "\(result.output)")
      #expect(line?["quantity"]?.string == "7" && line?["unit"]?.string == "C62")
      #expect(line?["unit_price"]?.string == "0.59" && line?["price_base_quantity"]?.string == "7")
      #expect(line?["net_amount"]?.string == "0.59")
      #expect(line?["tax_included"] == ["unit_price": "0.10", "amount": "0.70"])
      #expect(line?["tax"] == ["category": "S", "rate": "19", "code": "standard"])
      #expect(line?["evidence"] == nil, "nothing was used yet")
      #expect(
        value["tax_breakdown"] == [
          ["category": "S", "rate": "19", "code": "standard", "taxable": "0.59", "tax": "0.11"]
        ])
      #expect(value["totals"]?["tax_exclusive"]?.string == "0.59")
      #expect(value["totals"]?["payable"]?.string == "0.70")
      #expect(value["problems"] == [])
    }

    @Test("where prices are with tax, the table has the amounts that they make")
    func table() async throws {
      let result = try await quote("--service", "screw=7")
      #expect(result.output.contains("7         0.10   0.70          0.59  S 19 %"), "\(result.output)")
    }

    @Test("what may be given several times may be, with every option of every command that takes it")
    func repeated() async throws {
      let both = try await quote("--material", "pla=120g", "--material", "pla=10g@lid", "--service", "screw")
      #expect(both.status == 0, "\(both.output)")
      let twice = try await quote("--material", "pla=120g", "--markup", "1", "--markup", "2")
      #expect(twice.status == 64 && twice.output.hasPrefix("chargehand: --markup is given twice"))
      let dump = try await Program.run(["--experimental-dump-help"])
      let root = try JSONScanner.parse(dump.output.utf8, limits: .trusted)
      let repeatable = Self.repeatable(try #require(root["command"]), [])
      #expect(repeatable.contains { $0 == ["quote", "--extra"] }, "\(repeatable)")
      for words in repeatable {
        let option = words[words.count - 1]
        let result = try await Program.runAlone(words.dropLast() + [option, "a=b", option, "c=d"])
        #expect(!result.output.contains("twice"), "\(words): \(result.output)")
      }
    }

    /// The words that lead to each repeatable option.
    private static func repeatable(_ command: JSONValue, _ words: [String]) -> [[String]] {
      let options = (command["arguments"]?.array ?? []).filter {
        $0["isRepeating"]?.bool == true && $0["kind"]?.string == "option"
      }
      let names = options.compactMap { $0["preferredName"]?["name"]?.string }
      let inner = (command["subcommands"]?.array ?? []).flatMap { sub in
        repeatable(sub, words + [sub["commandName"]?.string ?? ""])
      }
      return names.map { words + ["--\($0)"] } + inner
    }

    @Test("a quote without all of its prices has no totals, or says what they are without")
    func incomplete() async throws {
      let nothing = try await quote("--material", "exotic=10g")
      #expect(nothing.status == 1 && !nothing.output.contains("to pay"), "\(nothing.output)")
      #expect(
        nothing.output.contains(
          "not in it: Exotic: the price list has no price for material.exotic; put one into the configuration"
        ),
        "\(nothing.output)")
      let part = try await quote("--material", "exotic=10g", "--service", "screw=7")
      #expect(
        part.status == 1 && part.output.contains("without what has no price: net 0.59"), "\(part.output)")
      let json = try await quote("--material", "exotic=10g", "--service", "screw=7", "--json")
      #expect(!json.output.contains("totals") && json.output.contains("put one into the configuration"))
    }

    @Test(
      "what is wrong is told by the option that it stands in, with what there is",
      arguments: [
        (["--extra", "Shipping=12,50=standard"], 64, #"--extra Shipping=12,50=standard: price must be "#),
        (["--extra", "Shipping=1e3=standard"], 64, #"--extra Shipping=1e3=standard: price must be "#),
        (["--extra", "Shipping=5=nope"], 1, "tax nope is not in the price list; there are: standard"),
        (["--time", "bench=0h"], 64, "--time bench=0h: minutes must be minutes, above 0"),
        (["--service", "screw", "--time", "bench=-1h"], 64, "--time bench=-1h is not understood"),
        (["--material", "pls=5g"], 1, "material pls is not in the price list; there are: exotic, pla"),
        (["--material", "pla=1e3g"], 64, "--material pla=1e3g is not understood"),
        (["--service", "screw=0"], 64, "--service screw=0: quantity must be "),
        (["--service", "screw", "--markup", "1000000"], 64, "--markup is percent, from -100 to 1000"),
        (["--service", "screw", "--markup", "1e2"], 64, "--markup is percent, from -100 to 1000"),
      ] as [([String], Int32, String)])
    func mistakes(_ arguments: [String], _ status: Int32, _ text: String) async throws {
      let result = try await Program.runAlone(["quote"] + arguments, configuration: Self.shop)
      #expect(result.status == status && result.output.hasPrefix("chargehand: \(text)"), "\(result.output)")
    }
  }
}
