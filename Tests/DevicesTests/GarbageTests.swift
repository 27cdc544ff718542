import Devices
import Measures
import Metering
import Testing

@Suite("Garbage from devices")
struct GarbageTests {
  @Test("any payload gives readings, and never ends the program")
  func payloads() throws {
    var decoder = try Make.decoder(
      MQTTChannel(
        topic: "t", path: Make.path("a[0].w"), .number(.weight(.t, division: .division), scale: .one),
        flags: StatusFlags(stable: PayloadFlag(Make.path("s")))),
      MQTTChannel(topic: "t", path: Make.path("k"), .number(.energy(.Wmin), scale: .one)),
      MQTTChannel(topic: "t", path: Make.path("c"), .button(["1": .toggle])),
      online: Presence(topic: "t", path: Make.path("o")))
    let sound = Array(
      "{\"a\":[{\"w\":-1.5e3}],\"s\":true,\"k\":99999999999999999999,\"c\":1,\"o\":\"true\"}".utf8)
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var believed = 0
    for round in 0..<20_000 {
      var payload = sound
      for _ in 0...random(3) {
        let at = random(payload.count)
        switch random(3) {
        case 0: payload[at] = UInt8(random(256))
        case 1: payload.insert(UInt8(ascii: "9"), at: at)
        default: if payload.count > 1 { payload.remove(at: at) }
        }
      }
      let readings = decoder.decode(
        message: "t", payload: payload, retained: round % 7 == 0, at: .at(Int64(round)))
      believed += readings.count { if case .weight = $0.value { true } else { false } }
    }
    #expect(believed > 100)
  }

  @Test("any bits in any type give a reading, and never end the program")
  func registers() throws {
    var state: UInt64 = 3
    let scales = try ["0.000000000000000001", "1", "-0.1", "99999999999999999999"].map {
      try #require(Decimal($0))
    }
    for type in RegisterType.allCases {
      for scale in scales {
        for unit in MassUnit.allCases {
          let number = RegisterNumber(.holding, 0, type, scale: scale)
          var decoder = try Make.decoder(ModbusChannel(.number(number, .weight(unit, division: .division))))
          for _ in 0..<100 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let bits = state ^ state >> 29
            let words = (0..<4).map { UInt16(truncatingIfNeeded: bits >> ($0 * 16)) }
            let image = Image(holding: [0: words[0], 1: words[1], 2: words[2], 3: words[3]])
            #expect(decoder.values(image).count == 1)
          }
        }
      }
    }
  }
}
