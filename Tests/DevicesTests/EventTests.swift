import Devices
import Measures
import Metering
import Testing

@Suite("States and events in messages")
struct EventTests {
  func printer() throws -> DeviceDecoder {
    try Make.decoder(
      MQTTChannel(
        topic: "p", path: Make.path("state"),
        .stateWord(["printing": .running, "1": .paused, "true": .fault, "": .idle])),
      MQTTChannel(topic: "p", path: Make.path("kwh"), .number(.energy(.kWh), scale: .one)))
  }

  @Test("a state may be a word, a number or a bool, by its map")
  func states() throws {
    var decoder = try Make.decoder(
      MQTTChannel(
        topic: "p", path: Make.path("s"),
        .stateWord(["printing": .running, "1": .paused, "true": .fault, "": .idle])))
    for (text, value) in [
      ("\"printing\"", ReadingValue.state(.running)), ("1", .state(.paused)), ("1.0", .state(.paused)),
      ("\"1\"", .state(.paused)), ("true", .state(.fault)), ("\"\"", .state(.idle)),
      ("\"Printing\"", .rejected(.unmappedState)), ("2", .rejected(.unmappedState)),
      ("null", .rejected(.missingField)), ("[]", .rejected(.wrongType)),
    ] { #expect(decoder.values("p", "{\"s\":\(text)}") == [value], "\(text)") }
  }

  @Test("a state as text is trimmed")
  func textState() throws {
    var decoder = try Make.decoder(MQTTChannel(topic: "p", .stateWord(["ON": .running])))
    #expect(decoder.values("p", "ON\n") == [.state(.running)])
    #expect(decoder.values("p", "OFF") == [.rejected(.unmappedState)])
  }

  @Test("what an overlay message leaves out is unchanged; a message with nothing in it is counted")
  func overlay() throws {
    var decoder = try printer()
    #expect(
      decoder.values("p", "{\"state\":\"printing\",\"kwh\":1}") == [
        .state(.running), .energy(Energy(milliwattHours: 1_000_000)),
      ])
    #expect(decoder.values("p", "{\"kwh\":1}") == [.energy(Energy(milliwattHours: 1_000_000))])
    #expect(decoder.values("p", "{\"state\":\"printing\"}") == [.state(.running)])
    #expect(decoder.values("p", "{}") == [.rejected(.missingField), .rejected(.missingField)])
    #expect(decoder.values("p", "{\"kwh\":null}") == [.rejected(.missingField)])
    #expect(decoder.values("p", "x") == [.rejected(.malformed), .rejected(.malformed)])
  }

  @Test("a button's word is an event, once per message and never from a retained one")
  func button() throws {
    var decoder = try Make.decoder(
      MQTTChannel(
        topic: "z", path: Make.path("action"),
        .button(["single": .toggle, "hold": .complete, "release": nil])))
    #expect(
      decoder.values("z", "{\"action\":\"release\"}") == [], "a word that stands for nothing is no press")
    #expect(decoder.values("z", "{\"action\":\"release\"}", retained: true) == [])
    #expect(decoder.values("z", "{\"action\":\"single\",\"linkquality\":90}") == [.action(.toggle)])
    #expect(decoder.values("z", "{\"action\":\"hold\"}") == [.action(.complete)])
    #expect(decoder.values("z", "{\"action\":\"single\"}", retained: true) == [.rejected(.retainedEvent)])
    #expect(decoder.values("z", "{\"action\":\"double\"}") == [.rejected(.unmappedState)])
    #expect(decoder.values("z", "{\"action\":7}") == [.rejected(.unmappedState)])
    #expect(decoder.values("z", "{\"action\":{}}") == [.rejected(.wrongType)])
    // Batteries, and the empty word that some bridges send after each press.
    #expect(decoder.values("z", "{\"battery\":80}") == [])
    #expect(decoder.values("z", "{\"action\":\"\"}") == [])
    #expect(decoder.values("z", "{\"action\":null}") == [])
    #expect(decoder.values("z", "{\"action\":\"\"}", retained: true) == [])
    #expect(decoder.values("z", "single") == [.rejected(.malformed)])
  }

  @Test("a missing action does not hide that a number is missing too")
  func actionAndNumber() throws {
    var decoder = try Make.decoder(
      MQTTChannel(topic: "z", path: Make.path("action"), .button(["single": .toggle])),
      MQTTChannel(topic: "z", path: Make.path("power"), .number(.power(.W), scale: .one)))
    #expect(decoder.values("z", "{\"x\":1}") == [.rejected(.missingField)])
    #expect(decoder.values("z", "{\"action\":\"single\"}") == [.action(.toggle)])
  }

  @Test("one look-up finds every device of a topic, however many there are")
  func topics() throws {
    let shared = MQTTChannel(topic: "shared", .stateWord(["1": .running]))
    let own = MQTTChannel(topic: "own", .number(.power(.W), scale: .one))
    let devices = [
      try Make.decoder(shared).device, try Make.decoder(own, online: Presence(topic: "shared")).device,
      try Make.decoder(ModbusChannel(.stateBit(RegisterBit(.coil, 0), set: .running, clear: .idle))).device,
    ]
    let index = TopicIndex(devices)
    #expect(index["shared"] == [0, 1])
    #expect(index["own"] == [1])
    #expect(index["other"] == [])
    #expect(index.topics == ["own", "shared"])
  }
}

@Suite("Presence")
struct PresenceTests {
  static let gone = ReadingValue.rejected(.offline)

  func printer() throws -> DeviceDecoder {
    try Make.decoder(
      MQTTChannel(topic: "s", .stateWord(["run": .running, "idle": .idle])),
      MQTTChannel(topic: "e", .number(.energy(.kWh), scale: .one)),
      online: Presence(topic: "o", map: ["true": true, "false": false]))
  }

  @Test("a device that goes offline takes all its channels with it, once")
  func offline() throws {
    var decoder = try printer()
    #expect(decoder.device.maxAge == nil)
    #expect(decoder.values("o", "true", retained: true) == [])
    #expect(decoder.isOnline == true)
    #expect(decoder.values("s", "run") == [.state(.running)])
    #expect(decoder.values("o", "false") == [Self.gone, Self.gone])
    #expect(decoder.isOnline == false)
    #expect(decoder.values("o", "false") == [])
    #expect(decoder.values("o", "true") == [])
  }

  @Test("a level retained from before the device went offline is not believed")
  func staleLevel() throws {
    var decoder = try printer()
    #expect(decoder.values("o", "false", retained: true) == [Self.gone, Self.gone])
    #expect(decoder.values("s", "run", retained: true) == [Self.gone])
    #expect(decoder.values("o", "true") == [])
  }

  @Test("a device that reports its state just before its birth is believed at its birth")
  func birthAfterState() throws {
    var decoder = try printer()
    #expect(decoder.values("o", "false") == [Self.gone, Self.gone])
    #expect(decoder.values("s", "run") == [Self.gone])
    #expect(decoder.values("s", "idle") == [Self.gone])
    #expect(decoder.values("o", "true") == [.state(.idle)])
    #expect(decoder.values("o", "true") == [])
  }

  @Test("a presence in words that no map knows is counted, and changes nothing")
  func unknownWord() throws {
    var decoder = try printer()
    #expect(decoder.values("o", "true") == [])
    #expect(decoder.values("o", "maybe") == [.rejected(.unmappedState)])
    #expect(decoder.isOnline == true)
  }

  @Test("a device whose presence topic never speaks ages like one without")
  func silentPresence() throws {
    var decoder = try printer()
    #expect(decoder.expire(at: .at(100_000)) == [])
    #expect(decoder.values("s", "run", at: 100_000) == [.state(.running)])
    #expect(decoder.expire(at: .at(160_000)) == [])
    #expect(decoder.expire(at: .at(160_001)).map(\.value) == [Self.gone, Self.gone])
    #expect(decoder.expire(at: .at(170_000)) == [])
    #expect(decoder.values("s", "run", at: 180_000) == [.state(.running)])
    #expect(decoder.values("o", "true", at: 180_001) == [])
    #expect(decoder.expire(at: .at(999_000)) == [])
  }

  @Test("what was said of a device is forgotten with the link")
  func link() throws {
    var decoder = try printer()
    #expect(decoder.values("o", "false") == [Self.gone, Self.gone])
    decoder.forgetPresence()
    #expect(decoder.isOnline == nil)
    #expect(decoder.values("s", "run", retained: true) == [.state(.running)])
  }

  @Test("presence and values may share a topic")
  func shared() throws {
    var decoder = try Make.decoder(
      MQTTChannel(topic: "p", path: Make.path("power"), .number(.power(.W), scale: .one)),
      online: Presence(topic: "p", path: Make.path("up")))
    #expect(decoder.values("p", "{\"up\":true,\"power\":1}") == [.power(Power(milliwatts: 1000))])
    #expect(decoder.isOnline == true)
    #expect(decoder.values("p", "{\"power\":2}") == [.power(Power(milliwatts: 2000))])
    #expect(decoder.values("p", "{\"up\":false}") == [Self.gone])
    #expect(decoder.values("p", "{\"power\":3}") == [Self.gone])
    #expect(decoder.values("p", "{\"up\":true,\"power\":4}").last == .power(Power(milliwatts: 4000)))
    #expect(decoder.values("p", "{}") == [.rejected(.missingField), .rejected(.missingField)])
  }
}
