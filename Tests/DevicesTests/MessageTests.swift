import Devices
import Measures
import Metering
import Testing

@Suite("Values in messages")
struct MessageTests {
  func scale(_ path: String?, flags: StatusFlags<PayloadFlag> = StatusFlags(), scale: Decimal = .one) throws
    -> DeviceDecoder
  {
    try Make.decoder(
      MQTTChannel(
        topic: "t", path: path.map { try Make.path($0) },
        .number(.weight(.g, division: .division), scale: scale),
        flags: flags))
  }

  static let good = ReadingValue.weight(Mass(milligrams: 962_500), stable: nil)

  @Test(
    "a payload of text is a number or nothing",
    arguments: [
      ("962.5", Self.good), (" 962.50\r\n", Self.good), ("9.625e2", Self.good), ("+962.5", Self.good),
      ("962.50000000000000000000000000001", Self.good),
      ("-962.5", .weight(Mass(milligrams: -962_500), stable: nil)),
      ("3.552713678800501e-15", .weight(.zero, stable: nil)), ("0", .weight(.zero, stable: nil)),
      ("", .rejected(.notANumber)), ("nan", .rejected(.notANumber)), ("inf", .rejected(.notANumber)),
      ("-Infinity", .rejected(.notANumber)), ("962,5", .rejected(.notANumber)),
      ("962.5 g", .rejected(.notANumber)), ("0x10", .rejected(.notANumber)), ("--1", .rejected(.notANumber)),
      ("unavailable", .rejected(.notANumber)), ("1e99", .rejected(.outOfRange)),
      ("1e999999999999999999999", .rejected(.outOfRange)), ("1e15", .rejected(.outOfRange)),
    ])
  func text(_ payload: String, _ value: ReadingValue) throws {
    var decoder = try scale(nil)
    #expect(decoder.values("t", payload) == [value])
  }

  @Test(
    "a field of a document is a number or nothing",
    arguments: [
      ("{\"w\":962.5}", Self.good), ("{\"w\":\"962.5\"}", Self.good), ("{\"w\":9625e-1}", Self.good),
      ("{\"w\":962.5,\"x\":[{}]}", Self.good),
      ("{\"w\":0.1}", .weight(Mass(milligrams: 100), stable: nil)),
      ("{\"w\":true}", .rejected(.wrongType)), ("{\"w\":[962.5]}", .rejected(.wrongType)),
      ("{\"w\":{\"g\":1}}", .rejected(.wrongType)), ("{\"w\":null}", .rejected(.missingField)),
      ("{\"w\":\"nan\"}", .rejected(.notANumber)), ("{\"w\":\"\"}", .rejected(.notANumber)),
      ("{\"v\":1}", .rejected(.missingField)), ("[1]", .rejected(.missingField)),
      ("962.5", .rejected(.missingField)), ("", .rejected(.malformed)),
      ("{\"w\":NaN}", .rejected(.malformed)),
      ("{\"w\":1,\"w\":2}", .rejected(.malformed)), ("{\"w\":962.5", .rejected(.malformed)),
      ("{\"w\":01}", .rejected(.malformed)), ("[[[[[[[[[[[[[1]]]]]]]]]]]]]", .rejected(.tooLarge)),
    ])
  func document(_ payload: String, _ value: ReadingValue) throws {
    var decoder = try scale("w")
    #expect(decoder.values("t", payload) == [value])
  }

  @Test(
    "a path may have quoted names and indexes",
    arguments: [
      ("params[\"switch:0\"].apower", "{\"params\":{\"switch:0\":{\"apower\":962.5}}}"),
      ("ENERGY.Power[1]", "{\"ENERGY\":{\"Power\":[1,962.5]}}"), ("[0].x", "[{\"x\":962.5}]"),
      ("[\"a.b\"][\"c d\"]", "{\"a.b\":{\"c d\":962.5}}"),
    ])
  func paths(_ path: String, _ payload: String) throws {
    var decoder = try scale(path)
    #expect(decoder.values("t", payload) == [Self.good])
  }

  @Test("a path that cannot be read says where")
  func badPath() {
    let error = #expect(throws: PayloadPathError.self) { try PayloadPath("a..b") }
    #expect(error?.description == "path \"a..b\", column 3: expected a name, found \".\"")
  }

  @Test("a scale factor is exact here too")
  func scaled() throws {
    var decoder = try scale("w", scale: try #require(Decimal("0.001")))
    #expect(decoder.values("t", "{\"w\":962500}") == [Self.good])
  }

  @Test("bytes that are no text, and too many of them, are told apart")
  func bytes() throws {
    var text = try scale(nil)
    #expect(
      text.decode(message: "t", payload: [0xFF], retained: false, at: .at(0)).map(\.value) == [
        .rejected(.malformed)
      ])
    let long = [UInt8](repeating: UInt8(ascii: " "), count: 65_537)
    #expect(
      text.decode(message: "t", payload: long, retained: false, at: .at(0)).map(\.value) == [
        .rejected(.tooLarge)
      ])
    var document = try scale("w")
    #expect(
      document.decode(message: "t", payload: long, retained: false, at: .at(0)).map(\.value) == [
        .rejected(.tooLarge)
      ])
  }

  @Test("a topic the device does not have gives nothing")
  func otherTopic() throws {
    var decoder = try scale(nil)
    #expect(decoder.values("T", "1") == [])
    #expect(decoder.values("t/u", "1") == [])
  }

  @Test("flags come as true, as 1 or as on, inverted where they must", arguments: [false, true])
  func flags(inverted: Bool) throws {
    let place = PayloadFlag(try Make.path("s"), inverted: inverted)
    var stable = try scale("w", flags: StatusFlags(stable: place))
    for (text, isSet) in [
      ("true", true), ("1", true), ("\"on\"", true), ("\"true\"", true), ("1.0", true), ("false", false),
      ("0", false), ("\"off\"", false), ("\"0\"", false),
    ] {
      let weight = ReadingValue.weight(Mass(milligrams: 1000), stable: isSet != inverted)
      #expect(stable.values("t", "{\"w\":1,\"s\":\(text)}") == [weight], "\(text)")
    }
    #expect(stable.values("t", "{\"w\":1}") == [.rejected(.missingField)])
    #expect(stable.values("t", "{\"w\":1,\"s\":null}") == [.rejected(.missingField)])
    #expect(stable.values("t", "{\"w\":1,\"s\":2}") == [.rejected(.wrongType)])
    #expect(stable.values("t", "{\"w\":1,\"s\":{}}") == [.rejected(.wrongType)])
  }

  @Test("an overloaded or invalid value is not believed")
  func overload() throws {
    var decoder = try scale(
      "w", flags: StatusFlags(overload: [PayloadFlag(Make.path("o"))], invalid: [PayloadFlag(Make.path("i"))])
    )
    #expect(decoder.values("t", "{\"w\":962.5,\"o\":false,\"i\":0}") == [Self.good])
    #expect(decoder.values("t", "{\"w\":962.5,\"o\":true,\"i\":0}") == [.rejected(.overload)])
    #expect(decoder.values("t", "{\"w\":962.5,\"o\":true,\"i\":1}") == [.rejected(.invalidFlag)])
  }

  @Test("a retained message may set a level")
  func retainedLevel() throws {
    var decoder = try scale(nil)
    #expect(decoder.values("t", "962.5", retained: true) == [Self.good])
  }
}
