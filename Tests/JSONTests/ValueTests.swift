import JSON
import Testing

@Suite("Values, numbers and objects")
struct ValueTests {
  @Test(
    "a number is an integer if it is exactly one",
    arguments: [
      ("0", 0), ("-0", 0), ("0.000", 0), ("0e99999999999999999999", 0), ("42", 42), ("-42", -42),
      ("1e3", 1000),
      ("1E+3", 1000), ("2.50e1", 25), ("1200e-2", 12), ("1.5", nil), ("15e-1", nil), ("1e-1", nil),
      ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775808", nil),
      ("-9223372036854775809", nil), ("922337203685477580.7e1", .max), ("1e18", 1_000_000_000_000_000_000),
      ("1e19", nil), ("1e999999999999999999999999", nil), ("1e-999999999999999999999999", nil),
      ("0.0000000000000000000000000000012e31", 12),
    ] as [(String, Int64?)])
  func integers(_ text: String, _ value: Int64?) throws {
    #expect(try #require(JSONNumber(text: text)).int64 == value)
  }

  @Test("a number fits every width exactly or not at all")
  func widths() throws {
    let number = try #require(JSONNumber(text: "255"))
    #expect(number.exactly(UInt8.self) == 255)
    #expect(number.exactly(Int8.self) == nil)
    #expect(JSONNumber(UInt64.max).exactly(UInt64.self) == .max)
    #expect(JSONNumber(UInt64.max).int64 == nil)
    #expect(JSONNumber(Int128.min).exactly(Int128.self) == .min)
    #expect(JSONNumber(-1).exactly(UInt64.self) == nil)
  }

  @Test(
    "text that is not a number makes none",
    arguments: [
      "", "-", "+1", "01", "-01", "1.", ".1", "1e", "1e+", "NaN", "0x1", "1 ", " 1", "1_000", "١", "1,0",
      "--1", "1e1.5",
    ])
  func notNumbers(_ text: String) {
    #expect(JSONNumber(text: text) == nil)
    #expect(refusal(text.utf8) != nil || text != text.filter { $0 != " " })
  }

  @Test("an object keeps its order, replaces in place and removes")
  func objects() {
    var object: JSONObject = ["b": 1, "a": 2, "b": 3]
    #expect(object.map(\.key) == ["b", "a"])
    #expect(object["b"] == 3)
    object["c"] = .null
    object["a"] = nil
    #expect(object.keys == ["b", "c"])
    #expect(object["a"] == nil)
    #expect(object["c"] == .null)
    #expect(!object.contains("a"))
  }

  @Test("a large object finds every key after additions and removals")
  func largeObjects() {
    var object = JSONObject()
    for number in 0..<200 { object["k\(number)"] = .number(number) }
    for number in 0..<200 where number % 2 == 0 { object["k\(number)"] = nil }
    #expect(object.count == 100)
    for number in 0..<200 {
      #expect(object["k\(number)"]?.int64 == (number % 2 == 0 ? nil : Int64(number)))
    }
  }

  @Test("objects are equal whatever their order, and hash alike")
  func equality() {
    let one: JSONValue = ["a": 1, "b": [true, .null]]
    let other: JSONValue = ["b": [true, .null], "a": 1]
    #expect(one == other)
    #expect(Set([one, other]).count == 1)
    #expect(one != ["a": 1])
    #expect(one != ["a": 1, "b": [.null, true]])
    #expect(JSONValue.string("\u{E9}") != "e\u{301}")
    #expect(Set([JSONValue.string("\u{E9}"), "e\u{301}"]).count == 2)
  }

  @Test("conveniences answer for their own kind only")
  func conveniences() {
    let value: JSONValue = ["s": "x", "b": true, "n": 7, "a": [1], "o": ["k": "v"], "z": .null]
    #expect(value["s"]?.string == "x")
    #expect(value["b"]?.bool == true)
    #expect(value["n"]?.int64 == 7)
    #expect(value["a"]?.array == [1])
    #expect(value["o"]?["k"]?.string == "v")
    #expect(value["z"]?.isNull == true)
    #expect(value["n"]?.string == nil)
    #expect(value["s"]?.int64 == nil)
    #expect(value["missing"] == nil)
    #expect(value["s"]?["x"] == nil)
  }

  @Test("any value reads back from its compact, pretty and sorted text")
  func roundTrips() throws {
    var random = Seeded(state: 7)
    for _ in 0..<3_000 {
      let value = JSONValue.any(&random, depth: 4)
      for bytes in [value.compactBytes, Array(value.prettyText().utf8), value.sortedBytes] {
        #expect(try JSONScanner.parse(bytes, limits: .trusted) == value)
      }
    }
  }
}

extension JSONValue {
  /// Any value at all, as the generator would have it.
  static func any(_ random: inout Seeded, depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
    case 0: .null
    case 1: .bool(Bool.random(using: &random))
    case 2: .number(Int64.random(in: .min ... .max, using: &random))
    case 3:
      JSONNumber(text: "\(Int8.random(in: .min ... .max, using: &random)).5e-3").map { .number($0) } ?? .null
    case 4, 5: .string(text(&random))
    case 6: .array((0..<Int.random(in: 0..<4, using: &random)).map { _ in any(&random, depth: depth - 1) })
    default:
      .object(
        JSONObject(
          (0..<Int.random(in: 0..<20, using: &random)).map { _ in
            (text(&random), any(&random, depth: depth - 1))
          }))
    }
  }

  private static func text(_ random: inout Seeded) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<6, using: &random) {
      let limit: UInt32 = Bool.random(using: &random) ? 0x7F : 0x10FFFF
      if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &random)) { text.append(scalar) }
    }
    return String(text)
  }
}
