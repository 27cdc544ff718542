import Configuration
import Devices
import Jobs
import Measures
import Metering
import Testing

@Suite("A sound configuration")
struct ConfigurationTests {
  func shop(_ text: String = Shop.text) throws -> Configuration { try Shop.read(text).get() }

  @Test("the gateway's defaults are the documented ones")
  func gatewayDefaults() throws {
    let gateway = try shop().gateway
    #expect(gateway.id == "shop-1")
    #expect(gateway.stateDirectory == "/var/lib/chargehand")
    #expect(gateway.controlSocket == "/var/lib/chargehand/control.sock")
    #expect(gateway.commitInterval == .seconds(5))
    #expect(gateway.draftDelay == .zero)
    #expect(!gateway.requiresSynchronizedClock)
    #expect(gateway.currency == Currency(code: "USD"))
  }

  @Test("a broker's port follows its scheme")
  func broker() throws {
    let plain = try shop().broker
    #expect(plain.host == "127.0.0.1")
    #expect(plain.port == 1883)
    #expect(plain.tls == nil)
    let secure = try shop(Shop.text(changing: "mqtt://127.0.0.1:1883", to: "mqtts://[::1]")).broker
    #expect(secure.host == "::1")
    #expect(secure.port == 8883)
    #expect(secure.tls != nil)
  }

  @Test("buses carry their line's settings")
  func buses() throws {
    let buses = try shop().buses
    #expect(buses.map(\.endpoint.description) == ["127.0.0.1:1502", "/dev/ttyS0 19200 8E1"])
    #expect(buses.map(\.responseTimeout) == [.seconds(1), .seconds(1)])
  }

  @Test("a scale's value and its status are one group of registers")
  func scale() throws {
    let device = try #require(shop().devices.first)
    let tenth = try #require(Decimal("0.1"))
    guard case .modbus(let modbus) = device.transport else {
      Issue.record("a device on a bus")
      return
    }
    #expect(modbus.points == [[RegisterPoint(.holding, 7, count: 2), RegisterPoint(.holding, 6)]])
    #expect(modbus.poll == .milliseconds(200))
    #expect(device.maxAge == .seconds(2))
    #expect(device.division == Mass(milligrams: 100))
    let channel = try #require(modbus.channels.first)
    #expect(channel.flags.stable == RegisterBit(.holding, 6, mask: 1 << 11))
    #expect(channel.flags.invalid == [RegisterBit(.holding, 6, mask: 0x3F)])
    #expect(
      channel.source
        == .number(
          RegisterNumber(.holding, 7, .int32, scale: tenth),
          .weight(.g, division: Mass(milligrams: 100))))
  }

  @Test("ages default to ten polls, to 60 s over MQTT, and to none where the device says it is online")
  func ages() throws {
    #expect(try shop().devices.map(\.maxAge) == [.seconds(2), .seconds(5), nil, .seconds(60)])
  }

  @Test("a division not given is the value's own resolution")
  func division() throws {
    let text = try Shop.text(changing: "        division: 0.1g\n", to: "")
    #expect(try shop(text).devices.first?.division == Mass(milligrams: 100))
  }

  @Test("a run ends by itself where the device reports ends, and by command where it does not")
  func runEnds() throws {
    let centers = try shop().rules.workCenters
    func end(_ id: String) -> WorkCenterRules.RunEnd? { WorkCenterID(id).flatMap { centers[$0]?.runEnds } }
    #expect(end("printer") == .done)
    #expect(end("mill") == .command)
    #expect(end("laser") == .idleFor(.minutes(10)))
  }

  @Test("a machine judged by its power offers a run state")
  func power() throws {
    let laser = try #require(shop().devices.last)
    #expect(laser.kinds == [.power, .runState])
    #expect(
      laser.runStateFromPower
        == PowerThresholds(
          runningAbove: Power(milliwatts: 60_000), runningAfter: .seconds(3),
          idleBelow: Power(milliwatts: 15_000), idleAfter: .seconds(5)))
  }

  @Test("prices are the text's decimals")
  func prices() throws {
    let list = try shop().rules.priceList
    let rate = try #require(RateID("mill"))
    let service = try #require(ServiceID("design"))
    let tax = try #require(TaxID("standard"))
    let mill = try #require(list.machines[rate])
    #expect(mill.item.price == Price(Decimal(85), per: .hour))
    #expect(mill.increment == .minutes(6))
    #expect(mill.minimum == .minutes(15))
    #expect(mill.setup == Decimal(20))
    #expect(list.energy?.price?.description == "0.21/kWh")
    #expect(list.markup == Percentages(Decimal(15)))
    #expect(list.services[service]?.hasMarkup == false)
    #expect(list.taxes[tax]?.rate == Decimal("8.25"))
  }

  @Test("words of a map may look like booleans, numbers or nothing at all")
  func mapWords() throws {
    let text = try Shop.text(
      changing: "map: {printing: running, done: done}",
      to: "map: {true: running, 0: idle, off: done, \"null\": fault}")
    guard case .mqtt(let printer) = try shop(text).devices[2].transport else { return }
    #expect(
      printer.channels.first?.source
        == .stateWord(["true": .running, "0": .idle, "off": .done, "null": .fault]))
  }

  @Test("the version changes with what the file says, not with how it says it")
  func version() throws {
    let version = try shop().version
    let spaced = Shop.text.replacing("unit: 3", with: "unit: \"3\"   # the left one")
    #expect(try shop(spaced).version == version)
    #expect(try shop(Shop.text(changing: "price: 24.90/kg", to: "price: 24.91/kg")).version != version)
  }

  @Test("the order of keys does not change the version")
  func keyOrder() throws {
    let swapped = try Shop.text(
      changing: "  id: shop-1\n  name: North Street\n", to: "  name: North Street\n  id: shop-1\n")
    #expect(try shop(swapped).version == shop().version)
  }

  @Test(
    "the name of a machine's task names a job and a part",
    arguments: [
      ("JOB-7-bracket.gcode", "JOB-7", "bracket"), ("JOB-12.gcode", "JOB-12", nil), ("cube.gcode", nil, nil),
      ("", nil, nil),
    ] as [(String, String?, String?)])
  func taskNames(text: String, job: String?, part: String?) throws {
    let changed = try Shop.text(
      changing: "energy: printer, machine_rate: mk4}",
      to: "energy: printer, task: {match: '^(?<job>JOB-[0-9]+)(-(?<part>[a-z]+))?'}}")
    let shop = changed.replacing(
      "    online: {topic: shop/printer/online",
      with: "      task: {topic: shop/printer/file}\n    online: {topic: shop/printer/online")
    let configuration = try Shop.read(shop).get()
    let pattern = try #require(configuration.tasks.values.first)
    #expect(configuration.tasks.keys.map(\.description) == ["printer/task"])
    let name = pattern.name(text)
    #expect(name.text == text)
    #expect(name.job?.text == job)
    #expect(name.part?.text == part)
  }

  @Test("a machine tells what it used, what it made and how long it ran")
  func machineCounts() throws {
    let changed = try Shop.text(
      changing: "energy: printer, machine_rate: mk4}",
      to: "energy: printer, material_used: printer, pieces: printer, machine_rate: mk4}")
    let shop = changed.replacing(
      "    online: {topic: shop/printer/online",
      with: """
              material_used: {topic: shop/printer/state, json: filament, unit: mm, density: 1.24, counter: per_job}
              pieces: {topic: shop/printer/state, json: made, rolls_over_at: 10000}
              running_time: {topic: shop/printer/state, json: hours, unit: h}
            online: {topic: shop/printer/online
        """)
    let configuration = try Shop.read(shop).get()
    let place = try #require(configuration.rules.workCenters.values.first { $0.energy != nil })
    #expect(place.cumulativeChannels.map(\.kind) == [.energy, .materialUsed, .pieces])
    let printer = try #require(configuration.devices.first { $0.id.text == "printer" })
    #expect(printer.runningTimeStep == .hours(1))
    #expect(printer.counterKind(of: .materialUsed) == .perJob)
    #expect(printer.rollOver(of: .pieces) == RollOver(at: 10_000) && printer.rollOver(of: .energy) == nil)
    for (from, to, message) in [
      ("density: 1.24", "density: 1240", "from 0.1 to 25"),
      ("unit: mm, density: 1.24", "unit: mm", "is missing"),
      ("unit: mm, density", "unit: g, density", "is only for a length, unit: mm"),
    ] {
      guard case .failure(let errors) = Shop.read(shop.replacing(from, with: to)) else {
        Issue.record("\(to) is accepted")
        continue
      }
      #expect("\(errors)".contains(message), "\(errors)")
    }
  }
}
