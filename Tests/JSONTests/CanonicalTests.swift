import JSON
import Testing

@Suite("The canonical form of RFC 8785")
struct CanonicalTests {
  @Test("sorts keys by UTF-16 code units, as in section 3.2.3")
  func sorting() throws {
    // The RFC's example: a code point above U+FFFF comes before U+FB33, as its first surrogate is smaller.
    let value = try parse(
      """
      {"\\u20ac":"Euro Sign","\\r":"Carriage Return","\\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
       "\\ud83d\\ude00":"Emoji: Grinning Face","\\u0080":"Control","\\u00f6":"Latin Small Letter O With Diaeresis"}
      """)
    let sorted = try parse(value.canonicalBytes.text)
    #expect(sorted.object?.keys == ["\r", "1", "\u{80}", "\u{F6}", "\u{20AC}", "\u{1F600}", "\u{FB33}"])
    #expect(sorted == value)
  }

  @Test("sorts any keys as their UTF-16 code units compare")
  func anyKeys() throws {
    var random = Seeded(state: 8785)
    let edges: [ClosedRange<UInt32>] = [
      0x00...0x7F, 0x80...0x7FF, 0x800...0xD7FF, 0xE000...0xFFFF, 0xEFFE...0xF002, 0x10000...0x10FFFF,
    ]
    for _ in 0..<2_000 {
      var object = JSONObject()
      for _ in 0..<6 {
        var key = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          let range = edges[Int.random(in: 0..<edges.count, using: &random)]
          if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { key.append(scalar) }
        }
        object[String(key)] = .null
      }
      let keys = try parse(JSONValue.object(object).canonicalBytes.text).object?.keys ?? []
      let expected = object.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
      #expect(keys.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }
  }

  @Test("escapes no more than it must, as in section 3.2.2.2")
  func strings() throws {
    // The RFC's example string, and what it becomes.
    let value = try parse(#"{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}"#)
    #expect(try value.canonicalBytes.text == #"{"string":"€$\u000f\nA'B\"\\\\\"/"}"#)
    #expect(
      try JSONValue.string("\0\u{8}\t\u{C}\r\u{1F}\u{7F}\u{2028}").canonicalBytes.text
        == "\"\\u0000\\b\\t\\f\\r\\u001f\u{7F}\u{2028}\"")
  }

  @Test("writes literals, nesting and integers without a byte too many")
  func structure() throws {
    let value = try parse(
      #" { "b" : [ null , true , false , { } , [ ] ] , "a" : [ 0 , -0 , 1e3 , -2.50e1 ] } "#)
    #expect(try value.canonicalBytes.text == #"{"a":[0,0,1000,-25],"b":[null,true,false,{},[]]}"#)
  }

  @Test("writes integers up to 2^53 - 1 and refuses every other number, naming its path")
  func numbers() throws {
    for text in ["9007199254740991", "-9007199254740991"] {
      #expect(try parse(text).canonicalBytes.text == text)
    }
    for text in ["9007199254740992", "-9007199254740992", "0.1", "1e30", "1e-1", "9223372036854775808"] {
      #expect(throws: JSONCanonicalError.self) { try parse(text).canonicalBytes }
    }
    let value: JSONValue = ["lines": [["a": 1], ["net amount": .number(1 << 60 as Int64)]]]
    let error = #expect(throws: JSONCanonicalError.self) { try value.canonicalBytes }
    #expect(error?.path == (try JSONPath(#"lines[1]["net amount"]"#)))
    #expect(
      error?.description
        == #"lines[1]["net amount"]: the number 1152921504606846976 has no canonical form; "#
        + "write an integer within ±9007199254740991, or a string")
  }

  @Test("sorted bytes do not depend on the order of building and keep large integers")
  func sortedBytes() throws {
    let one: JSONValue = ["b": 9_223_372_036_854_775_807, "a": ["y": 1, "x": 2]]
    let other: JSONValue = ["a": ["x": 2, "y": 1], "b": 9_223_372_036_854_775_807]
    #expect(one.sortedBytes == other.sortedBytes)
    #expect(one.sortedBytes.text == #"{"a":{"x":2,"y":1},"b":9223372036854775807}"#)
    #expect(one.compactText == #"{"b":9223372036854775807,"a":{"y":1,"x":2}}"#)
    #expect(try parse("[1e3,1.50]").sortedBytes.text == "[1e3,1.50]")
  }

  @Test("pretty text reads back as the same value")
  func pretty() throws {
    let value: JSONValue = ["id": "7", "parts": [1, ["q": .null]], "none": [], "empty": [:]]
    #expect(
      value.prettyText() == """
        {
          "id": "7",
          "parts": [
            1,
            {
              "q": null
            }
          ],
          "none": [],
          "empty": {}
        }
        """)
    #expect(try parse(value.prettyText(indent: 4)) == value)
  }
}
