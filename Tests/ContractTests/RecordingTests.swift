import Contract
import JSON
import Measures
import Metering
import Testing

@Suite("A recording, metered without a daemon")
struct RecordingTests {
  /// A spool that loses 20 mg/s while its machine runs, and is swapped halfway.
  private func swapped(_ head: String = #"{"unit":"g","division":"0.1"}"#) -> String {
    var lines = [head]
    var (time, load) = (0, 900_000)
    func weigh(_ seconds: Int, using rate: Int, showing shown: Int? = nil) {
      for _ in 0..<seconds {
        time += 1
        load -= rate
        lines.append(#"{"at":\#(time),"weight":"\#((shown ?? load) / 1000).\#((shown ?? load) / 100 % 10)"}"#)
      }
    }
    weigh(20, using: 0)
    lines.append(#"{"at":\#(time),"state":"idle"}"#)
    lines.append(#"{"at":\#(time),"open":"print"}"#)
    lines.append(#"{"at":\#(time),"state":"running"}"#)
    weigh(300, using: 20)
    weigh(20, using: 20, showing: 0)
    load = 1_500_000
    weigh(300, using: 20)
    lines.append(#"{"at":\#(time),"state":"done"}"#)
    weigh(10, using: 0)
    lines.append(#"{"at":\#(time),"close":"print"}"#)
    weigh(100, using: 0)
    return lines.joined(separator: "\n")
  }

  private func result(_ text: String) throws -> JSONValue {
    try JSONScanner.parse(Recording(text.utf8).metered().bytes, limits: .trusted)
  }

  private func fault(_ lines: String...) -> String {
    do {
      _ = try Recording(lines.joined(separator: "\n").utf8)
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  private func number(_ value: JSONValue?) -> Double { Double(value?.string ?? "") ?? .nan }

  @Test("its runs come out with material, machine time, marks and segments")
  func metered() throws {
    let run = try #require(try result(swapped())["runs"]?.array?.first)
    #expect(run["run"]?.string == "print" && run["open"] == nil)
    #expect(abs(number(run["material"]?["quantity"]) - 12.4) <= 0.2, "\(run["material"]?["quantity"] as Any)")
    #expect(abs(number(run["material"]?["estimated"]) - 0.4) <= 0.2)
    #expect(run["material"]?["marks"]?.array == [.string("load_changed")])
    #expect(run["machine_time"]?["running"]?.string == "620")
    #expect((run["segments"]?.array?.count ?? 0) >= 3)
    #expect(try result(swapped())["loads"]?.array?.count == 2)
  }

  @Test("what left the scale with no run open is nobody's")
  func nobodys() throws {
    let text = swapped().split(separator: "\n").filter { !$0.contains("open") && !$0.contains("close") }
    let all = try result(text.joined(separator: "\n"))
    #expect(all["runs"]?.array == [])
    let material = (all["unattributed"]?.array ?? []).filter { $0["channel"]?.string == "weight" }
    #expect(abs(material.reduce(0) { $0 + number($1["quantity"]) } - 12) <= 0.2)
    #expect((all["unattributed"]?.array ?? []).contains { $0["state"]?.string == "running" })
  }

  @Test("a run that nobody closed is said to be open, with what it used until the end")
  func open() throws {
    let text = swapped().split(separator: "\n").filter { !$0.contains("close") }.joined(separator: "\n")
    let run = try #require(try result(text)["runs"]?.array?.first)
    #expect(run["open"] == true)
    #expect(number(run["material"]?["quantity"]) > 12)
  }

  @Test("no time is made up behind the last line")
  func theEnd() throws {
    let open = try result(
      [
        #"{"unit":"g","division":"0.1"}"#, #"{"at":0,"state":"idle"}"#,
        #"{"at":5,"open":"R","state":"running"}"#,
        #"{"at":60,"state":"running"}"#,
      ].joined(separator: "\n"))
    #expect(open["runs"]?.array?.first?["machine_time"]?["running"]?.string == "55")
    let closed = try result(
      [
        #"{"unit":"g","division":"0.1","presence":true}"#, #"{"at":0,"state":"idle","material_used":100}"#,
        #"{"at":5,"open":"R","state":"running"}"#, #"{"at":60,"state":"done","material_used":109}"#,
        #"{"at":61,"close":"R"}"#,
      ].joined(separator: "\n"))
    #expect(closed["runs"]?.array?.first?["material_used"]?["quantity"]?.string == "9")
    #expect(closed["unattributed"]?.array?.isEmpty == true)
  }

  @Test("other parameters tell another story of the same recording")
  func parameters() throws {
    var lines = [#"{"unit":"g","division":"0.1","max_use_rate":"500g/min"}"#]
    for second in 0..<200 {
      if second == 20 { lines.append(#"{"at":20,"open":"a"}"#) }
      if second == 180 { lines.append(#"{"at":180,"close":"a"}"#) }
      let used = max(0, min(second, 120) - 30) * 3
      lines.append(#"{"at":\#(second),"weight":\#(5000 - used)}"#)
    }
    let recording = try Recording(lines.joined(separator: "\n").utf8)
    func marks(_ result: TrialResult) throws -> [JSONValue]? {
      try JSONScanner.parse(result.bytes, limits: .trusted)["runs"]?.array?.first?["material"]?["marks"]?
        .array
    }
    #expect(try marks(recording.metered()) == [])
    let strict = recording.head.replacing(maxUseRate: MassRate(milligramsPerMinute: 1000), division: nil)
    #expect(try marks(recording.metered(by: strict))?.contains(.string("removed_by_hand")) == true)
  }

  @Test("times of day come back as times of day")
  func times() throws {
    let all = try result(
      """
      {"unit":"kg","division":"0.001"}
      {"at":"2026-11-21T08:00:00Z","weight":1.5}
      {"at":"2026-11-21T08:00:10Z","state":"idle"}
      {"at":"2026-11-21T08:00:10Z","state":"running"}
      {"at":"2026-11-21T08:00:40Z","state":"idle"}
      """)
    let first = try #require(all["unattributed"]?.array?.first)
    #expect(first["from"]?.string == "2026-11-21T08:00:10Z" && first["quantity"]?.string == "30")
  }

  @Test("a mistake is told with its line and what to write instead")
  func mistakes() {
    let head = #"{"unit":"g","division":"0.1"}"#
    #expect(
      fault(head, #"{"at":50,"open":"R"}"#, #"{"at":20,"close":"R"}"#).contains("the order of their times"))
    #expect(
      fault(#"{"unit":"g","division":"0.1"}"#, #"{"at":1,"pieces":-5}"#).contains("a whole number from 0"))
    #expect(fault(#"{"at":1,"weight":3}"#).contains("the first line says what the meters must know"))
    #expect(fault("").contains("line 1: the recording is empty"))
    #expect(fault(#"{"unit":"g"}"#).contains(#"line 1: the first line lacks "division""#))
    #expect(fault(#"{"unit":"stone","division":1}"#).contains("g, kg, mg, oz, lb or t"))
    #expect(fault(head, #"{"at":0,"weigth":1}"#).contains(#"did you mean "weight"?"#))
    #expect(fault(head, "", #"{"at":0}"#).contains("line 3: says nothing but its time"))
    #expect(fault(head, #"{"weight":1}"#).contains("line 2: lacks its time"))
    #expect(fault(head, #"{"at":-1,"weight":1}"#).contains("line 2:"))
    #expect(fault(head, #"{"at":1e15,"weight":1}"#).contains("line 2:"))
    #expect(fault(head, #"{"at":40000000,"weight":1}"#).contains("the year"))
    #expect(fault(head, #"{"at":0,"weight":"heavy"}"#).contains("found"))
    #expect(fault(head, #"{"at":0,"state":"dancing"}"#).contains("running"))
    #expect(fault(head, #"{"at":0,"open":"a"}"#, #"{"at":1,"open":"b"}"#).contains(#"run "a" is still open"#))
    #expect(fault(head, #"{"at":0,"close":"a"}"#).contains("is not open here"))
    #expect(
      fault(head, #"{"at":0,"weight":1}"#, #"{"at":"2026-11-21T08:00:00Z","weight":1}"#).contains("alike"))
    #expect(fault(head, "[1]").contains("line 2: expected one JSON object a line"))
    #expect(fault(head, #"{"at":0,"at":1}"#).contains("line 2: duplicate key"))
  }
}
