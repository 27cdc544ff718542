import Contract
import JSON
import MQTT
import Modbus
import ShopSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct MachineTests {
  @Test func `a scale shows status and weight where the sample configuration looks for them`() async throws {
    let map = ModbusServerMap()
    let scale = SimulatedScale(map: map, unit: 3, loadMilligrams: 962_500, noiseMilligrams: 0)
    let line = try PseudoTerminal()
    let server = try ModbusServer.serial(line, map: map)
    defer {
      server.stop()
      line.unplug()
    }
    let endpoint = Endpoint.serial(
      path: line.path, baud: 115_200, parity: .none, responseTimeoutMilliseconds: 1000, settleMilliseconds: 20
    )
    func registers() async throws -> [UInt16] {
      let image = try await read(endpoint, unit: 3, [Point(.holding, 6), Point(.holding, 7, count: 2)])
      return image.registers(.holding, 6, count: 3).map(Array.init) ?? []
    }
    #expect(try await registers() == [1 << 11, 0, 9625])
    scale.add(milligrams: 7_000_000)
    #expect(try await registers() == [0, 1, 14_089])
    scale.step(milliseconds: SimulatedScale.restlessMilliseconds)
    #expect(try await registers() == [1 << 11, 1, 14_089])
    scale.add(milligrams: -7_962_600)
    #expect(try await registers() == [0, 0xffff, 0xffff])
    scale.add(milligrams: 16_000_000)
    #expect(try await registers()[0] & 1 << 2 != 0)
    scale.setFault(true)
    #expect(try await registers()[0] & 0x003F != 0)
    scale.setFault(false)
    scale.lift()
    #expect(try await Array(registers().dropFirst()) == [0, 0])
    scale.putBack()
    #expect(scale.loadMilligrams == 15_999_900)
    #expect(scale.usedMilligrams == 0)
  }

  @Test func `a mill shows its run and its button, and takes from its scale only while it runs`() async throws
  {
    let map = ModbusServerMap()
    let scale = SimulatedScale(map: map, unit: 1, loadMilligrams: 100_000, noiseMilligrams: 0)
    let mill = SimulatedMill(map: map, unit: 2, stock: scale, milligramsPerSecond: 2000)
    let server = try ModbusServer.tcp(map: map)
    defer { server.stop() }
    let endpoint = Endpoint.tcp(host: "127.0.0.1", port: server.port, responseTimeoutMilliseconds: 1000)
    func inputs() async throws -> [Bool] {
      let image = try await read(endpoint, unit: 2, [Point(.discreteInput, 0), Point(.discreteInput, 3)])
      return [0, 3].compactMap { image.bits(.discreteInput, $0)?.first }
    }
    #expect(try await inputs() == [false, false])
    mill.step(milliseconds: 1000)
    mill.start()
    mill.press()
    #expect(try await inputs() == [true, true])
    for _ in 0..<30 { mill.step(milliseconds: 50) }
    #expect(try await inputs() == [true, false])
    mill.stop()
    mill.step(milliseconds: 1000)
    #expect(try await inputs() == [false, false])
    #expect(scale.usedMilligrams == 3000)
    #expect(scale.loadMilligrams == 97_000)
    #expect(mill.runMilliseconds == 1500)
  }

  @Test func `a printer says its state, ends by itself, and counts its energy`() async throws {
    try await withBroker { broker in
      let scale = SimulatedScale(map: ModbusServerMap(), unit: 3, loadMilligrams: 100_000)
      let printer = SimulatedPrinter(
        port: broker.port, prefix: "p/1", spool: scale, milligramsPerSecond: 500, watts: 18_000)
      defer { printer.close() }
      let reader = BrokerClient("reader", port: broker.port, filters: ["p/1/#"])
      printer.start(milligrams: 1000)
      // It says everything on its first connection; until then, steps of no time.
      while reader.latest("p/1/online") == nil {
        printer.step(milliseconds: 0)
        try await Task.sleep(for: .milliseconds(5))
      }
      try await reader.state(of: "p/1/state", "printing") {
        $0.payload == Array(#"{"state":"printing"}"#.utf8)
      }
      try await reader.state(of: "p/1/power", "the counter") {
        $0.payload == Array(#"{"power":18000,"energy":{"total":48.210000}}"#.utf8)
      }
      printer.step(milliseconds: 1000)
      printer.pause()
      printer.step(milliseconds: 5000)
      #expect(scale.usedMilligrams == 500)
      printer.resume()
      printer.step(milliseconds: 1000)
      try await reader.state(of: "p/1/state", "finished") {
        $0.payload == Array(#"{"state":"finished"}"#.utf8)
      }
      #expect(printer.word == .finished)
      #expect(scale.usedMilligrams == 1000)
      // 2 s at 18 kW and 5 s at a tenth of that: 12.5 Wh.
      try await reader.state(of: "p/1/power", "the counter") {
        $0.payload == Array(#"{"power":18000,"energy":{"total":48.222500}}"#.utf8)
      }
      printer.unplug()
      try await reader.state(of: "p/1/online", "the last will") { $0.payload == Array("false".utf8) }
    }
  }

  @Test func `the same seed gives the same noise`() {
    func shown(_ seed: UInt64) -> [[UInt16]] {
      let map = ModbusServerMap()
      let scale = SimulatedScale(map: map, unit: 1, loadMilligrams: 50_000, noiseMilligrams: 500, seed: seed)
      return (0..<50).map { _ in
        scale.step(milliseconds: 50)
        return map.holding(unit: 1, address: 7, count: 2) ?? []
      }
    }
    #expect(shown(7) == shown(7))
    #expect(shown(7) != shown(8))
    #expect(shown(7).allSatisfy { $0[0] == 0 && (495...505).contains($0[1]) })
  }
}
