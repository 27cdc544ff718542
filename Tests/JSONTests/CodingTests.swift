import JSON
import Testing

@Suite("Codable")
struct CodingTests {
  private func text(_ value: some Encodable) throws -> String {
    try JSONValueEncoder().encode(value).sortedBytes.text
  }

  private func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
    try JSONValueDecoder().decode(type, from: parse(text, .trusted))
  }

  private func failure<T: Decodable>(_ type: T.Type, _ text: String) -> String? {
    let error = #expect(throws: JSONCodingError.self) { try decode(type, text) }
    return error?.description
  }

  @Test("a record of every shape comes back from its bytes")
  func everything() throws {
    let entry = Entry(
      state: .closed, note: "é",
      facts: [
        .settled, .segment(grams: .max, from: -1, to: nil), .weighed(RunID(rawValue: "r"), [-128, 127]),
        .corrected(.corrected(.segment(grams: 0, from: 0, to: 5))),
      ],
      tallies: [RunID(rawValue: "r 1"): [RunID(rawValue: "a"): .min], RunID(rawValue: "r2"): [:]],
      slots: [-1: true, 7: false], names: ["a": "b", "c": nil as String?],
      places: [Place(bus: "floor", unit: 2): .max, Place(bus: "floor", unit: 1): 0], tags: ["b", "a"],
      maybe: [1, nil, 3])
    let bytes = try JSONValueEncoder().encode(entry).sortedBytes
    let back = try JSONValueDecoder().decode(
      Entry.self, from: JSONScanner.parse(bytes, limits: .trusted))
    #expect(back == entry)
    #expect(try JSONValueEncoder().encode(back).sortedBytes == bytes)
  }

  @Test("records are stored in these very bytes")
  func storedBytes() throws {
    #expect(
      try text(Entry(facts: [.settled, .segment(grams: 5, from: 0, to: nil)]))
        == #"{"facts":[{"settled":{}},{"segment":{"from":0,"grams":5}}],"maybe":[],"names":{},"places":[],"#
        + #""slots":{},"state":"open","tags":[],"tallies":{},"widths":{"a":-9223372036854775808,"b":-128,"#
        + #""c":-32768,"d":-2147483648,"e":-9223372036854775808,"f":18446744073709551615,"g":255,"h":65535,"#
        + #""i":4294967295,"j":18446744073709551615,"k":-170141183460469231731687303715884105728,"#
        + #""l":340282366920938463463374607431768211455}}"#)
    #expect(
      try text([RunID(rawValue: "b"): [RunID(rawValue: "y"): 1], RunID(rawValue: "a"): [:]])
        == #"{"a":{},"b":{"y":1}}"#)
    #expect(try text([10: true, 9: false]) == #"{"10":true,"9":false}"#)
  }

  @Test("what is hash-ordered in memory is sorted in the bytes")
  func hashOrder() throws {
    #expect(
      try text(Set((0..<10).map { "k\($0)" })) == #"["k0","k1","k2","k3","k4","k5","k6","k7","k8","k9"]"#)
    let places = Dictionary(uniqueKeysWithValues: (1...9).map { (Place(bus: "b", unit: $0), 0) })
    let pairs = (1...9).map { #"{"bus":"b","unit":\#($0)},0"# }.joined(separator: ",")
    #expect(try text(places) == "[\(pairs)]")
    #expect(try decode([Place: Int].self, text(places)) == places)
    #expect(try text(["x": Set([2, 1, 3])]) == #"{"x":[1,2,3]}"#)
    #expect(try text(Set([2, 1, 3]) as Set<Int>?) == "[1,2,3]")
  }

  @Test("classes, superclasses and containers nested by hand come back")
  func classes() throws {
    let scale = Scale(name: "bench", division: 5, points: [1, 2])
    #expect(
      try JSONValueEncoder().encode(scale).compactText
        == #"{"range":{"division":5},"points":[[1],[2]],"super":{"name":"bench"}}"#)
    let back = try decode(Scale.self, text(scale))
    #expect(back.name == "bench")
    #expect(back.division == 5)
    #expect(back.points == [1, 2])
  }

  @Test("scalars, nulls and JSON values stand at the top as well")
  func fragments() throws {
    #expect(try text(7) == "7")
    #expect(try text(Int?.none) == "null")
    #expect(try text(["a": JSONValue.number(7), "b": ["c": .null]]) == #"{"a":7,"b":{"c":null}}"#)
    #expect(try decode(Int?.self, "null") == nil)
    #expect(try decode([String: JSONValue].self, #"{"a":1.50}"#)["a"]?.number?.text == "1.50")
    #expect(try decode(Int.self, "1e3") == 1000)
    #expect(try decode(Place.self, #"{"unit":1,"more":[],"bus":"b"}"#) == Place(bus: "b", unit: 1))
  }

  @Test("what does not fit is refused with its path")
  func refusals() {
    #expect(
      failure([Place].self, #"[{"bus":"a","unit":1},{"bus":"a","unit":256}]"#)
        == "[1].unit: expected an integer from 0 to 255, found the number 256")
    #expect(
      failure(Place.self, #"{"bus":"a","unit":1.5}"#)
        == "unit: expected an integer from 0 to 255, found the number 1.5")
    #expect(failure(Place.self, #"{"bus":1,"unit":1}"#) == "bus: expected a string, found the number 1")
    #expect(failure(Place.self, #"{"bus":"a"}"#) == #"the document: the key "unit" is missing"#)
    #expect(failure([String: Place].self, #"{"x y":[]}"#) == #"["x y"]: expected an object, found an array"#)
    #expect(failure([Int].self, "{}") == "the document: expected an array, found an object")
    #expect(
      failure([Int: [Bool]].self, #"{"5":[true,"x"]}"#) == #"5[1]: expected true or false, found a string"#)
    #expect(failure([Place: Int].self, #"[{"bus":"a","unit":1}]"#)?.hasPrefix("the document: ") == true)
    #expect(failure([Entry.State].self, #"["open","ajar"]"#)?.hasPrefix("[1]: ") == true)
    #expect(failure([Fact].self, #"[{"settled":{},"corrected":{}}]"#)?.hasPrefix("[0]: ") == true)
    #expect(failure([String: [Even]].self, #"{"n":[2,3]}"#) == "n[1]: an odd number")
    #expect(failure([String: Int].self, "{\"\u{E9}\":1,\"e\u{301}\":2}")?.contains("occurs twice") == true)
  }

  @Test("binary floating point gets neither in nor out")
  func floats() throws {
    struct Rate: Codable { var rate: [Double] }
    let error = #expect(throws: JSONCodingError.self) {
      try JSONValueEncoder().encode(["a": Rate(rate: [0.5])])
    }
    #expect(
      error?.description == "a.rate[0]: expected an exact decimal; binary floating point is not kept in "
        + "records, got a Double")
    #expect(throws: JSONCodingError.self) { try JSONValueEncoder().encode(Float(1)) }
    #expect(
      failure(Rate.self, #"{"rate":[1]}"#) == "rate[0]: expected an exact decimal; binary floating point is "
        + "not kept in records, found the number 1")
  }

  @Test("a type that encodes two things in one place is an error, not a trap")
  func mixed() {
    struct Mixed: Encodable {
      func encode(to encoder: any Encoder) throws {
        var one = encoder.singleValueContainer()
        try one.encode(1)
        var list = encoder.unkeyedContainer()
        try list.encode(2)
      }
    }
    let error = #expect(throws: JSONCodingError.self) { try JSONValueEncoder().encode([Mixed()]) }
    #expect(
      error?.description
        == "[0]: the type encodes two values in one place; give each a key of its own")
  }
}
