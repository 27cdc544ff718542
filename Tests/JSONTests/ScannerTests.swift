import JSON
import Testing

@Suite("The scanner")
struct ScannerTests {
  @Test("reads every kind of value and keeps the text of numbers")
  func values() throws {
    let value = try parse(
      #" { "a" : [ null , true , false , -0.50e+2 ] , "b" : { } , "c" : "x" , "d" : [ ] } "#)
    let number = try #require(JSONNumber(text: "-0.50e+2"))
    #expect(value == ["a": [.null, true, false, .number(number)], "b": [:], "c": "x", "d": []])
    #expect(value["a"]?.array?[3].number?.text == "-0.50e+2")
    #expect(value.object?.keys == ["a", "b", "c", "d"])
  }

  @Test("resolves every escape, surrogate pairs and NUL too")
  func escapes() throws {
    #expect(
      try parse(#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\uDE00\u0000""#).string
        == "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{1F600}\0")
    #expect(
      try parse("\"\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}\"").string
        == "\u{7F}\u{80}\u{7FF}\u{800}\u{D7FF}\u{E000}\u{FFFF}\u{10000}\u{10FFFF}")
  }

  @Test(
    "refuses what is not JSON, and says what and where",
    arguments: [
      ("", "the text ends where a value is expected, at byte 0 (line 1, column 1)"),
      (" \n ", "the text ends where a value is expected, at byte 3 (line 2, column 2)"),
      ("{", "the text ends where a key in double quotes is expected, at byte 1 (line 1, column 2)"),
      (#"{"a":1,}"#, "expected a key in double quotes, found '}' at byte 7 (line 1, column 8)"),
      ("[1,]", "expected a value, found ']' at byte 3 (line 1, column 4)"),
      ("[,1]", "expected a value, found ',' at byte 1 (line 1, column 2)"),
      ("[1 2]", "expected a comma or ']', found '2' at byte 3 (line 1, column 4)"),
      ("[1}", "expected a comma or ']', found '}' at byte 2 (line 1, column 3)"),
      (#"{"a" 1}"#, "expected ':' after the key, found '1' at byte 5 (line 1, column 6)"),
      (#"{"a":1"#, "the text ends where a comma or '}' is expected, at byte 6 (line 1, column 7)"),
      ("{a:1}", "expected a key in double quotes, found 'a' at byte 1 (line 1, column 2)"),
      ("{1:1}", "expected a key in double quotes, found '1' at byte 1 (line 1, column 2)"),
      ("'a'", "expected a value, found ''' at byte 0 (line 1, column 1)"),
      ("tru", "the text ends where 'true' is expected, at byte 3 (line 1, column 4)"),
      ("nulL", "expected 'null', found 'L' at byte 3 (line 1, column 4)"),
      ("True", "expected a value, found 'T' at byte 0 (line 1, column 1)"),
      ("NaN", "expected a value, found 'N' at byte 0 (line 1, column 1)"),
      ("-Infinity", "expected a digit, found 'I' at byte 1 (line 1, column 2)"),
      ("01", "a number with a leading zero at byte 0 (line 1, column 1)"),
      ("[-00]", "a number with a leading zero at byte 2 (line 1, column 3)"),
      ("+1", "expected a value, found '+' at byte 0 (line 1, column 1)"),
      (".5", "expected a value, found '.' at byte 0 (line 1, column 1)"),
      ("1.", "the text ends where a digit is expected, at byte 2 (line 1, column 3)"),
      ("1.e3", "expected a digit, found 'e' at byte 2 (line 1, column 3)"),
      ("1e", "the text ends where a digit is expected, at byte 2 (line 1, column 3)"),
      ("1e+x", "expected a digit, found 'x' at byte 3 (line 1, column 4)"),
      ("-", "the text ends where a digit is expected, at byte 1 (line 1, column 2)"),
      ("0x10", "expected nothing more, found 'x' at byte 1 (line 1, column 2)"),
      ("1 2", "expected nothing more, found '2' at byte 2 (line 1, column 3)"),
      ("{} {}", "expected nothing more, found '{' at byte 3 (line 1, column 4)"),
      ("[1] // x", "expected nothing more, found '/' at byte 4 (line 1, column 5)"),
      ("\u{FEFF}1", "a byte order mark, which JSON does not allow, at byte 0 (line 1, column 1)"),
      ("\u{A0}1", "expected a value, found 0xC2 at byte 0 (line 1, column 1)"),
      ("1\0", "expected nothing more, found 0x00 at byte 1 (line 1, column 2)"),
      ("\"a", "the text ends where the closing quote of a string is expected, at byte 2 (line 1, column 3)"),
      ("\"a\\", "the text ends where the rest of an escape is expected, at byte 3 (line 1, column 4)"),
      ("\"\\u12", "the text ends where the rest of an escape is expected, at byte 5 (line 1, column 6)"),
      (
        "\"\t\"", "control character 0x09 in a string, where it must be escaped, at byte 1 (line 1, column 2)"
      ),
      (#""\x""#, "an escape JSON does not know at byte 1 (line 1, column 2)"),
      (#""\u12g4""#, "an escape JSON does not know at byte 1 (line 1, column 2)"),
      (#""\U0041""#, "an escape JSON does not know at byte 1 (line 1, column 2)"),
      (#""a\ud800""#, "half of a surrogate pair at byte 2 (line 1, column 3)"),
      (#""\udc00\ud800""#, "half of a surrogate pair at byte 1 (line 1, column 2)"),
      (#""\ud800\u0041""#, "half of a surrogate pair at byte 1 (line 1, column 2)"),
      (#""\ud800\ud800""#, "half of a surrogate pair at byte 1 (line 1, column 2)"),
      (#""\ud800x""#, "half of a surrogate pair at byte 1 (line 1, column 2)"),
      (
        "{\"job\":\"7\", \"grams\":\"12.5\",\n \"é\": {\"grams\": 1}, \"grams\":2}",
        "duplicate key \"grams\" at byte 49 (line 2, column 21)"
      ),
      (#"{"a":1,"\u0061":2}"#, "duplicate key \"a\" at byte 7 (line 1, column 8)"),
      (#"{"\u001b[2J":1,"\u001b[2J":2}"#, "duplicate key \"\\u{1B}[2J\" at byte 15 (line 1, column 16)"),
    ])
  func refusals(_ text: String, _ sentence: String) {
    #expect(refusal(text.utf8)?.description == sentence)
  }

  @Test(
    "refuses bytes that are not UTF-8",
    arguments: [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80],
      [0xE0, 0x9F, 0xBF],
      [0xE2, 0x82], [0xE2, 0x82, 0x28], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
      [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF0, 0x9F, 0x98, 0x28], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF],
    ] as [[UInt8]])
  func notUnicode(_ sequence: [UInt8]) {
    for bytes in [[0x22, 0x61] + sequence + [0x22], [0x22, 0x61] + sequence] {
      let error = refusal(bytes)
      #expect(error?.kind == .invalidUTF8)
      #expect(error?.offset == 2)
    }
  }

  @Test("tells composed and decomposed keys apart")
  func equivalence() throws {
    let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(refusal("{\"\u{E9}\":1,\"\\u00e9\":2}".utf8)?.kind == .duplicateKey("\u{E9}"))
  }

  @Test("stops at each limit, and not before it")
  func limits() throws {
    let limits = JSONLimits(
      maximumBytes: 60, maximumDepth: 3, maximumKeys: 2, maximumStringBytes: 5, maximumNumberBytes: 4)
    func kind(_ text: String) -> JSONError.Kind? { refusal(text.utf8, limits)?.kind }
    #expect(kind("[[[]]]") == nil)
    #expect(kind("[[[[]]]]") == .tooDeep(maximum: 3))
    #expect(kind(#"{"a":{"b":[{}]}}"#) == .tooDeep(maximum: 3))
    #expect(kind(#"[{"a":1},{"b":2}]"#) == nil)
    #expect(kind(#"[{"a":1},{"b":2},{"c":3}]"#) == .tooManyKeys(maximum: 2))
    #expect(kind(#""12345""#) == nil)
    #expect(kind(#""123456""#) == .stringTooLong(maximum: 5))
    #expect(kind(#""\u00e9\u00e9\u0031""#) == nil)
    #expect(kind(#""\u00e9\u00e9\u00e9""#) == .stringTooLong(maximum: 5))
    #expect(kind(#"{"123456":1}"#) == .stringTooLong(maximum: 5))
    #expect(kind("1.25") == nil)
    #expect(kind("1.255") == .numberTooLong(maximum: 4))
    #expect(kind(String(repeating: " ", count: 59) + "1") == nil)
    let tooLarge = refusal((String(repeating: " ", count: 60) + "1").utf8, limits)
    #expect(tooLarge?.kind == .tooLarge(bytes: 61, maximum: 60))
    #expect(tooLarge?.description == "the document has 61 bytes, 60 are allowed")
    #expect(JSONLimits.command.maximumBytes == 16 * 1024)
    #expect(JSONLimits.telemetry.maximumBytes == 64 * 1024)
    #expect(JSONLimits.command.maximumDepth == 8)
    #expect(JSONLimits.command.maximumKeys == 256)
    #expect(JSONLimits(maximumBytes: 1, maximumDepth: .max).maximumDepth == JSONLimits.deepest)
  }

  @Test("finds duplicates in large objects too, quickly")
  func largeObject() throws {
    let members = (0..<20_000).map { "\"k\($0)\":\($0)" }
    let value = try parse("{\(members.joined(separator: ","))}", .trusted)
    #expect(value["k19999"] == 19_999)
    let twice = refusal("{\(members.joined(separator: ",")),\"k7\":0}".utf8, .trusted)
    #expect(twice?.kind == .duplicateKey("k7"))
  }

  @Test("survives a hundred thousand mutated documents, and reads back what it accepted")
  func mutations() throws {
    var random = Seeded(state: 20_261_121)
    let seeds = [
      #"{"id":"c-1","job":"J-7","parts":[{"part":"a","quantity":3},{"part":"é😀","q":-1.5e+3}],"ok":true}"#,
      #"{"params":{"switch:0":{"apower":12.50,"\u0061\ud83d\ude00":null}},"x":[[[[1,[2]]]]],"y":"\n\\\""}"#,
      #"[0,-0,1e5,123456789012345678901234567890,"",{},[],false,"\u0000","q"]"#,
    ].map { Array($0.utf8) }
    let spice = Array("{}[]\",:\\u0dD89e+-. \n\0tfn".utf8) + [0x80, 0xC0, 0xED, 0xEF, 0xF4, 0xFF]
    var accepted = 0
    for round in 0..<100_000 {
      var bytes = seeds[round % seeds.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let byte = spice[Int.random(in: 0..<spice.count, using: &random)]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = byte
        case 1: bytes.insert(byte, at: place)
        case 2: if bytes.count > 1 { bytes.remove(at: place) }
        case 3: if place > 0 { bytes.removeSubrange(place...) }
        default: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        }
      }
      guard let value = try? JSONScanner.parse(bytes, limits: .command) else { continue }
      accepted += 1
      let again = try JSONScanner.parse(value.compactBytes, limits: .command)
      guard again == value, again.compactBytes == value.compactBytes else {
        Issue.record("round \(round) does not read back: \(value)")
        return
      }
      _ = try? value.canonicalBytes
    }
    #expect(accepted > 1_000)
  }
}
