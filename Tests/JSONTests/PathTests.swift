import JSON
import Testing

@Suite("Paths")
struct PathTests {
  @Test(
    "a path finds its value",
    arguments: [
      ("energy.total", "962.5"), (#"params["switch:0"].apower"#, "12"), ("[0].x", nil),
      ("a[1][\"b c\"]", "true"),
      ("a[2]", nil), ("a.b", nil), ("energy[0]", nil), ("energy.missing", nil),
      ("params.switch:0.apower", "12"),
      (#"[""]"#, "\"empty\""),
    ] as [(String, String?)])
  func finding(_ path: String, _ found: String?) throws {
    let value = try parse(
      #"{"energy":{"total":962.5},"params":{"switch:0":{"apower":12}},"a":[0,{"b c":true}],"":"empty"}"#)
    #expect(try value.at(JSONPath(path))?.compactText == found)
  }

  @Test("an index may come first")
  func indexFirst() throws {
    #expect(try parse(#"[{"x":[7,8]}]"#).at(JSONPath("[0].x[1]")) == 8)
    #expect(try JSONPath("[0].x[1]").components == [.index(0), .name("x"), .index(1)])
    #expect(try parse("[1]").at(.root) == [1])
  }

  @Test(
    "a path is written the way it reads",
    arguments: [
      "energy.total", #"params["a.b"].apower"#, "[0].x", #"a[1]["b c"]"#, #"["say \"é\"\n"]"#, #"[""].x"#,
      #"["]"]["\\"]"#, "switch:0.größe", "a-b_c.0",
    ])
  func description(_ text: String) throws {
    #expect(try JSONPath(text).description == text)
  }

  @Test("any path reads back from its description")
  func roundTrips() throws {
    var random = Seeded(state: 99)
    let letters = Array("ab.[]\"\\ \n\0é:0\u{301}😀\u{85}".unicodeScalars)
    for _ in 0..<3_000 {
      let components = (0..<Int.random(in: 1...4, using: &random)).map { _ -> JSONPath.Component in
        if Bool.random(using: &random) { return .index(Int.random(in: 0...999_999, using: &random)) }
        var name = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...4, using: &random) {
          name.append(letters[Int.random(in: 0..<letters.count, using: &random)])
        }
        return .name(String(name))
      }
      let path = JSONPath(components)
      #expect(try JSONPath(path.description) == path)
    }
  }

  @Test(
    "a path that cannot be read says where and what was expected",
    arguments: [
      ("", #"path "", column 1: expected a name or '[', found the end"#),
      (".a", #"path ".a", column 1: expected a name or '[', found ".""#),
      ("a..b", #"path "a..b", column 3: expected a name, found ".""#),
      ("a.", #"path "a.", column 3: expected a name, found the end"#),
      ("a.[0]", #"path "a.[0]", column 3: expected a name, found "[""#),
      ("a b", #"path "a b", column 2: expected '.', '[' or the end, found " ""#),
      ("a]", #"path "a]", column 2: expected '.', '[' or the end, found "]""#),
      ("a[0]b", #"path "a[0]b", column 5: expected '.', '[' or the end, found "b""#),
      ("a[", #"path "a[", column 3: expected an index or a name in double quotes, found the end"#),
      ("a[-1]", #"path "a[-1]", column 3: expected an index or a name in double quotes, found "-""#),
      (
        "a[01]",
        #"path "a[01]", column 3: expected an index from 0 to 999999 without leading zeros, found "0""#
      ),
      (
        "a[1000000]",
        #"path "a[1000000]", column 3: expected an index from 0 to 999999 without leading zeros, found "1""#
      ),
      ("a[1", #"path "a[1", column 4: expected ']', found the end"#),
      (#"a["x]"#, #"path "a[\"x]", column 6: expected a closing quote, found the end"#),
      (#"a["x\"#, #"path "a[\"x\\", column 6: expected a closing quote, found the end"#),
      (#"a["\q"]"#, #"path "a[\"\\q\"]", column 4: expected a name written like a JSON string, found "\\""#),
      (#"a["x"0]"#, #"path "a[\"x\"0]", column 6: expected ']', found "0""#),
    ])
  func refusals(_ text: String, _ sentence: String) {
    let error = #expect(throws: JSONPathError.self) { try JSONPath(text) }
    #expect(error?.description == sentence)
  }

  @Test("a path has an end")
  func longest() {
    #expect(throws: JSONPathError.self) { try JSONPath(String(repeating: "[0]", count: 65)) }
    #expect(throws: Never.self) { try JSONPath(String(repeating: "[0]", count: 64)) }
    #expect(throws: JSONPathError.self) { try JSONPath("a[99999999999999999999999999]") }
  }
}
