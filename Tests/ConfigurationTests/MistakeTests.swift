import Configuration
import Testing

@Suite("Mistakes in the configuration")
struct MistakeTests {
  @Test("the shop the other tests break has no mistake and no warning")
  func sound() {
    let result = Shop.read(Shop.text)
    #expect(Shop.mistakes(result) == [])
    #expect(Shop.warnings(result) == [])
  }

  @Test("a mistake about the gateway is told with its place", arguments: MistakeCase.gateway)
  func gateway(_ one: MistakeCase) throws { try check(one) }

  @Test("a mistake about the broker is told with its place", arguments: MistakeCase.mqtt)
  func mqtt(_ one: MistakeCase) throws { try check(one) }

  @Test(
    "a mistake about how a broker is trusted, or about a further one, is told with its place",
    arguments: MistakeCase.brokers)
  func brokers(_ one: MistakeCase) throws { try check(one) }

  @Test(
    "a mistake about what a device is asked for, or where, is told with its place",
    arguments: MistakeCase.requests)
  func requests(_ one: MistakeCase) throws { try check(one) }

  @Test("a mistake about a bus is told with its place", arguments: MistakeCase.buses)
  func buses(_ one: MistakeCase) throws { try check(one) }

  @Test("a mistake about a device on a bus is told with its place", arguments: MistakeCase.modbusDevices)
  func modbusDevices(_ one: MistakeCase) throws { try check(one) }

  @Test("a mistake about a device on the broker is told with its place", arguments: MistakeCase.mqttDevices)
  func mqttDevices(_ one: MistakeCase) throws { try check(one) }

  @Test("a mistake about a work center is told with its place", arguments: MistakeCase.workCenters)
  func workCenters(_ one: MistakeCase) throws { try check(one) }

  @Test("a mistake about a price or a tax is told with its place", arguments: MistakeCase.prices)
  func prices(_ one: MistakeCase) throws { try check(one) }

  @Test(
    "a mistake about a customer or the file itself is told with its place",
    arguments: MistakeCase.customersAndTheFile)
  func customersAndTheFile(_ one: MistakeCase) throws { try check(one) }

  func check(_ one: MistakeCase) throws {
    #expect(Shop.mistakes(Shop.read(try Shop.text(changing: one.old, to: one.new))) == one.lines)
  }

  @Test("all mistakes come in one go, in the order of their places, each key given twice among them")
  func allAtOnce() {
    let text = """
      version: 1
      gateway: {id: shop 1, currency: usd, colour: red}
      mqtt: {broker: http://localhost}
      buses:
        - {id: floor, tcp: "127.0.0.1:0"}
        - {id: floor, serial: ttyS0}
      devices:
        - id: scale
          bus: flor
          unit: 3
          unit: 4
          channels:
            weight: {holding: 7, type: int31, unit: g, unit: kg, unit: t}
      work_centers:
        - {id: bench, scales: [scale, skale], energy: scale}
      price_list:
        materials: {pla: {price: 1/h, tax: standard}}
        markup: 15
      """
    #expect(
      Shop.mistakes(Shop.read(text)) == [
        "2:15: gateway.id: expected an id of 1 to 64 of A-Z a-z 0-9 . _ - (found \"shop 1\")",
        "2:33: gateway.currency: expected a currency that ISO 4217 lists as in use, such as USD (found \"usd\")",
        "2:38: gateway.colour: unknown key; known here: id, name, timezone, currency, state_directory, "
          + "control_socket, commit_interval, draft_delay, require_synchronized_clock",
        "3:16: mqtt.broker: expected mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (found \"http://localhost\")",
        "5:22: buses.floor.tcp: a port is 1 to 65535 (found \"0\")",
        "6:10: buses.floor.id: is given to two entries (found \"floor\" again)",
        "6:25: buses.floor.serial: expected an absolute path (found \"ttyS0\")",
        "9:10: devices.scale.bus: there is no bus of this name in buses (found \"flor\"); did you "
          + "mean \"floor\"?",
        "11:5: devices.scale.unit: the key is given twice (first on line 10)",
        "13:34: devices.scale.channels.weight.type: expected int16, uint16, int32, uint32, int64, uint64, float32 or "
          + "float64 (found \"int31\"); did you mean \"int32\"?",
        "13:50: devices.scale.channels.weight.unit: the key is given twice (first on line 13)",
        "13:60: devices.scale.channels.weight.unit: the key is given twice (first on line 13)",
        "15:33: work_centers.bench.scales[1]: there is no device of this name in devices (found \"skale\"); "
          + "did you mean \"scale\"?",
        "15:49: work_centers.bench.energy: the device scale has no energy channel (found \"scale\")",
        "17:28: price_list.materials.pla.price: expected a price such as 24.90/kg or 24.90/g (found \"1/h\")",
        "17:38: price_list.materials.pla.tax: there is no tax of this name in price_list.taxes "
          + "(found \"standard\")",
        "18:11: price_list.markup: expected a percentage from -100% to 1000%, such as 15% (found \"15\")",
      ])
  }

  @Test("at most 256 buses are served")
  func tooManyBuses() throws {
    let buses = (0..<255).map { "  - {id: b\($0), tcp: 10.0.0.1:\(1000 + $0)}\n" }.joined()
    let text = try Shop.text(changing: "buses:\n", to: "buses:\n" + buses)
    #expect(
      Shop.mistakes(Shop.read(text)) == ["267:5: buses[256]: at most 256 buses can be served (found 257)"])
  }

  @Test("what stands in a whole block is not bound by the largest read, nor are single registers")
  func wholeBlocks() throws {
    for text in [
      "poll: 200ms\n    max_block: 1\n    whole_blocks: [{holding: 0, count: 20}]",
      "poll: 200ms\n    max_block: 2",
    ] {
      #expect(Shop.mistakes(Shop.read(try Shop.text(changing: "poll: 200ms", to: text))) == [])
    }
  }

  @Test("a topic may be 65535 bytes long, and no more")
  func longTopic() throws {
    func mistakes(_ length: Int) throws -> Int {
      let topic = String(repeating: "a", count: length)
      return Shop.mistakes(Shop.read(try Shop.text(changing: "shop/laser", to: topic))).count
    }
    #expect(try mistakes(65_535) == 0)
    #expect(try mistakes(65_536) == 1)
  }

  @Test("two devices of one name are two")
  func twoDevices() throws {
    let text = try Shop.text(changing: "  - id: laser\n    channels", to: "  - id: mill\n    channels")
    #expect(
      Shop.mistakes(Shop.read(text)) == [
        "44:9: devices.mill.id: is given to two entries (found \"mill\" again)",
        "56:28: work_centers.laser.run_state: there is no device of this name in devices (found \"laser\")",
      ])
  }

  @Test("bytes that are no text, and control characters, have their place too")
  func noText() {
    #expect(Shop.mistakes(Shop.read(Array("version: 1\nä".utf8) + [0xFF])) == ["2:2: is not UTF-8 text"])
    #expect(
      Shop.mistakes(Shop.read("version: 1\n\u{7}")) == [
        "2:1: a control character is not allowed here (found \"\\u{7}\")"
      ])
    #expect(Shop.mistakes(Shop.read("")) == ["1:1: the file holds no configuration"])
    #expect(Shop.mistakes(Shop.read("- 1\n")) == ["1:1: expected a mapping (found a list)"])
    #expect(Shop.mistakes(Shop.read("version: 1\n---\nversion: 1\n")).count == 1)
  }

  @Test("a reference that multiplies itself ends")
  func bomb() {
    var text = "a0: &a0 [x]\n"
    for level in 1..<30 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1), *a\(level - 1)]\n" }
    #expect(Shop.mistakes(Shop.read(text)).contains { $0.contains("the file is too large") })
  }

  @Test(
    "what works but perhaps not as meant is a warning with its place",
    arguments: [
      (
        "price: 24.90/kg, ", "",
        "59:10: price_list.materials.pla: warning: has no price; a draft that needs it is held until "
          + "somebody settles it"
      ),
      ("    buttons: [mill]\n    machine_rate: mill\n", "    machine_rate: mill\n", nil),
      ("        division: 0.1g\n", "", nil),
      (
        "  - {id: laser, run_state: laser, run_ends: {idle_for: 10min}}\n", "",
        "44:9: devices.laser: warning: no work center uses this device"
      ),
      (
        "run_ends: {idle_for: 10min}", "run_ends: done",
        "56:45: work_centers.laser.run_ends: warning: no state of the device means done, canceled or failed, "
          + "so no run will end by itself"
      ),
      (
        "type: int32\n        word_order: high_first\n        scale: 0.1\n        unit: g\n        "
          + "division: 0.1g",
        "type: float32\n        unit: g",
        "25:9: devices.scale.channels.weight: warning: division is not given and the value does not tell it; "
          + "1 g is taken, give the smallest step"
      ),
      (
        "timezone: UTC", "timezone: Mars/Olympus",
        "5:13: gateway.timezone: warning: this machine does not know the time zone \"Mars/Olympus\"; "
          + "UTC is used until it does"
      ),
    ] as [(String, String, String?)])
  func warnings(_ old: String, _ new: String, _ line: String?) throws {
    let result = Shop.read(try Shop.text(changing: old, to: new))
    #expect(Shop.mistakes(result) == [])
    #expect(Shop.warnings(result) == [line].compactMap { $0 })
  }
}
