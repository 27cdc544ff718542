import Contract
import Jobs
import Testing

/// A payload that must be refused, and how.
struct Hostile: Sendable, CustomTestStringConvertible {
  let verb: String
  let json: String
  let code: RefusalCode

  init(_ verb: String, _ json: String, _ code: RefusalCode) {
    self.verb = verb
    self.json = json
    self.code = code
  }

  var testDescription: String { "\(verb) \(json.prefix(90))" }

  func code(of message: CommandMessage.Decoded) -> RefusalCode? {
    if case .failure(let refusal) = message.command { refusal.code } else { nil }
  }

  private static let here = #""work_center":"mill-1""#
  private static let labor = #""job":"J","operator":"anna","activity":"sanding""#
  private static let material = #""job":"J","material":"pla""#
  private static let service = #""job":"J","service":"design""#
  private static let free = #""job":"J","name":"Courier","tax":"standard""#
  private static let hold = #""job":"J","hold":"h","reason":"r""#
  private static let order = #""job":"J","customer":"acme""#
  private static func long(_ count: Int) -> String { String(repeating: "a", count: count) }

  static let arguments: [Hostile] = types + ids + texts + numbers + choices + nested + verbs

  /// Wrong types, unknown and missing arguments.
  private static let types: [Hostile] = [
    Hostile("job.pause", #""work_center":null"#, .malformed),
    Hostile("job.pause", #""work_center":7"#, .malformed),
    Hostile("job.pause", #""work_center":true"#, .malformed),
    Hostile("job.pause", #""work_center":["a"]"#, .malformed),
    Hostile("job.pause", #""work_center":{"id":"a"}"#, .malformed),
    Hostile("job.pause", #""job":"J""#, .malformed),
    Hostile("job.pause", here + #","job":"J""#, .malformed),
    Hostile("job.pause", here + #","":1"#, .malformed),
    Hostile("job.pause", #""Work_Center":"mill-1""#, .malformed),
    Hostile("job.pause", #""work_center":"a","work_center":"a""#, .malformed),
    Hostile("job.pause", #""work_center":"a","work\u005fcenter":"b""#, .malformed),
    Hostile("job.cancel", #""job":"J","reason":"r""#, .malformed),
    Hostile("job.cancel", #""job":"J","reason":"r","bill":"true""#, .malformed),
    Hostile("job.cancel", #""job":"J","reason":"r","bill":1"#, .malformed),
    Hostile("job.cancel", #""job":"J","bill":true"#, .malformed),
    Hostile("job.reopen", #""job":"J""#, .malformed), Hostile("job.reopen", #""reason":"r""#, .malformed),
    Hostile("job.reassign", #""run":"R1","reason":"r""#, .malformed),
    Hostile("labor.start", #""job":"J","operator":"anna""#, .malformed),
    Hostile("labor.record", labor, .malformed),
    Hostile("labor.record", labor + #","minutes":true"#, .malformed),
    Hostile("labor.record", labor + #","minutes":{}"#, .malformed),
    Hostile("material.load", #""scale":"s""#, .malformed),
    Hostile("material.load", #""scale":"s","material":"m","lot":7"#, .malformed),
    Hostile("material.record", material, .malformed),
    Hostile("material.record", material + #","grams":null"#, .malformed),
    Hostile("entry.void", #""entry":"E1""#, .malformed),
    Hostile("ledger.publish", #""x":1"#, .malformed),
    Hostile("draft.resend", #""draft_id":7"#, .malformed),
    Hostile("job.pause", here + #","expires_at":7"#, .malformed),
    Hostile("job.pause", here + #","expires_at":null"#, .malformed),
    Hostile("job.pause", here + #","actor":"root""#, .malformed),
  ]

  private static let ids: [Hostile] =
    [
      "", " ", "a b", "a/b", "a+b", "#", "ä", "a\\u0000", "a\\n", "..\\/..", "a:b", "\\u202Ea", "𝟙",
      String(repeating: "a", count: 65), String(repeating: "a", count: 3000), "$(reboot)",
      "'; DROP TABLE job; --",
    ].map { Hostile("job.pause", #""work_center":"\#($0)""#, .invalidArgument) } + [
      Hostile("draft.resend", #""draft_id":"k7q2zp-1""#, .invalidArgument),
      Hostile("draft.resend", #""draft_id":"K7Q2ZP-00000000000001""#, .invalidArgument),
      Hostile("draft.resend", #""draft_id":"K7Q2ZP_1""#, .invalidArgument),
      Hostile("job.pause", here + #","expires_at":"tomorrow""#, .invalidArgument),
      Hostile("job.pause", here + #","expires_at":"2026-02-30T00:00:00Z""#, .invalidArgument),
      Hostile("job.pause", here + #","expires_at":"2026-11-21T08:00:00""#, .invalidArgument),
    ]

  private static let texts: [Hostile] = [
    Hostile("job.reopen", #""job":"J","reason":"""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"  ""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"\#(long(501))""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"\#(long(4097))""#, .tooLarge),
    Hostile("job.reopen", #""job":"J","reason":"a\nb""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"a\u0000b""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"a\u001b[2Jb""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"a\u0085b""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"a\u2028b""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"a\u202eb""#, .invalidArgument),
    Hostile("job.reopen", #""job":"J","reason":"a\ud800b""#, .malformed),
    Hostile("job.create", order + #","title":"\#(long(201))","parts":[]"#, .invalidArgument),
    Hostile(
      "job.create", order + #","title":"e\#(String(repeating: "\u{301}", count: 300))","parts":[]"#,
      .invalidArgument),
    Hostile("job.create", order + #","po_number":"\u007f","parts":[]"#, .invalidArgument),
    Hostile("material.load", #""scale":"s","material":"m","lot":"\ufeff""#, .invalidArgument),
    Hostile("job.stop", here + #","outcome":"Done""#, .invalidArgument),
    Hostile("job.stop", here + #","outcome":"\#(long(100))""#, .invalidArgument),
    Hostile("job.stop", here + #","outcome":1"#, .malformed),
  ]

  private static let numbers: [Hostile] =
    [
      "0", "-1", "100000.001", "0.0001", "1e9", "1e400", "-0", "\"\"", "\" 5\"", "\"5 min\"", "\"0x10\"",
      "\"NaN\"",
      "\"Infinity\"", "\"1,5\"", "1e-4", "99999999999999999999999999999999999999999999",
    ].map { Hostile("labor.record", labor + #","minutes":\#($0)"#, .invalidArgument) }
    + ["0", "-0.5", "1000000.001", "0.0005", "\"12.5 g\"", "\"٣\"", "1e7"].map {
      Hostile("material.record", material + #","grams":\#($0)"#, .invalidArgument)
    }
    + ["0", "-1", "1000001", "0.0000001", "\"two\""].map {
      Hostile("service.add", service + #","quantity":\#($0)"#, .invalidArgument)
    }
    + ["-0.01", "1000000001", "\"12.50 USD\"", "\"free\"", "0.0000001"].map {
      Hostile("service.add", free + #","price":\#($0)"#, .invalidArgument)
    }
    + ["-100.000001", "1000.1", "\"15%\"", "0.0000001"].map {
      Hostile("job.create", order + #","parts":[],"markup":\#($0)"#, .invalidArgument)
    }

  /// Exactly one of several, and values that make no sense.
  private static let choices: [Hostile] =
    [
      Hostile("job.complete", #""job":"J","work_center":"a""#, .malformed),
      Hostile("job.start", here + #","part":"a""#, .malformed),
      Hostile("job.start", here + #","job":"J","parts":[{"job":"J","part":"a","share":1}]"#, .malformed),
      Hostile("job.start", here + #","parts":[{"job":"J","share":0}]"#, .invalidArgument),
      Hostile("job.start", here + #","parts":[{"job":"J","part":"a"}]"#, .malformed),
      Hostile("service.add", #""job":"J""#, .malformed), Hostile("service.add", free, .malformed),
      Hostile("service.add", service + #","price":"1""#, .malformed),
      Hostile("hold.settle", hold, .malformed),
      Hostile("hold.settle", hold + #","accept":false"#, .invalidArgument),
      Hostile("hold.settle", hold + #","accept":"yes""#, .malformed),
      Hostile("hold.settle", hold + #","accept":true,"price":"1/kg""#, .malformed),
      Hostile("hold.settle", hold + #","quantity":"1 g","price":"1/kg""#, .malformed),
      Hostile("hold.settle", hold + #","quantity":12.5"#, .malformed),
      Hostile("draft.resend", #""reason":"r""#, .malformed),
      Hostile("draft.resend", #""draft_id":"K-1","from_sequence":1"#, .malformed),
      Hostile("draft.resend", #""from_sequence":"one""#, .malformed),
      Hostile("draft.resend", #""from_sequence":0"#, .invalidArgument),
      Hostile("draft.resend", #""from_sequence":1.5"#, .invalidArgument),
      Hostile("draft.resend", #""from_sequence":99999999999999999999"#, .invalidArgument),
    ]
    + [
      "12.5", "g", "12.5 gr", "-1 g", "1 e3 g", "1e30 kg", "2 g g", "12,5 g", "1 week", "1 h 5 min", "",
      "100001 min",
    ].map {
      Hostile("hold.settle", hold + #","quantity":"\#($0)""#, .invalidArgument)
    }
    + ["24.90/lb", "-1/kg", "1/kg/h", "/kg", "abc", "$5", "", "1e12/kg", "24.90 /kg"].map {
      Hostile("hold.settle", hold + #","price":"\#($0)""#, .invalidArgument)
    }

  private static let nested: [Hostile] = [
    Hostile("job.create", order, .malformed), Hostile("job.create", order + #","parts":{}"#, .malformed),
    Hostile("job.create", order + #","parts":["a"]"#, .malformed),
    Hostile("job.create", order + #","parts":[{}]"#, .malformed),
    Hostile("job.create", order + #","parts":[{"part":"a","qty":1}]"#, .malformed),
    Hostile("job.create", order + #","parts":[{"part":"a","part":"b"}]"#, .malformed),
    Hostile("job.create", order + #","parts":[{"part":7}]"#, .malformed),
    Hostile("job.create", order + #","parts":[{"part":"a/b"}]"#, .invalidArgument),
    Hostile("job.create", order + #","parts":[{"part":"a","quantity":"2"}]"#, .malformed),
    Hostile("job.create", order + #","parts":[{"part":"a","quantity":1.5}]"#, .invalidArgument),
    Hostile("job.create", order + #","parts":[{"part":"a","quantity":-1}]"#, .invalidArgument),
    Hostile(
      "job.create", order + #","parts":[{"part":"a","quantity":9223372036854775808}]"#, .invalidArgument),
    Hostile(
      "job.create",
      order + #","parts":[\#(Array(repeating: #"{"part":"a"}"#, count: 101).joined(separator: ","))]"#,
      .invalidArgument),
    Hostile("job.create", #""job":"J","customer":{"ref":"a"},"parts":[]"#, .malformed),
    Hostile("job.create", #""job":"J","customer":{"name":"a"},"parts":[]"#, .malformed),
    Hostile(
      "job.create", #""job":"J","customer":{"ref":"a","name":"b","discount":50},"parts":[]"#, .malformed),
    Hostile("job.create", #""job":"J","customer":{"ref":"a b","name":"b"},"parts":[]"#, .invalidArgument),
    Hostile("job.create", #""job":"J","customer":["acme"],"parts":[]"#, .malformed),
    Hostile("job.create", #""job":"J","customer":"a b","parts":[]"#, .invalidArgument),
  ]

  private static let verbs: [Hostile] = [
    "", "job", "job.", ".start", "JOB.START", "job.start ", "job.delete", "jobs.start", "job.start.now",
    "job\u{0}start", "системa.job", String(repeating: "job.", count: 500),
  ].map { Hostile($0, #""work_center":"a""#, .unknownVerb) }

  /// Nobody can be answered: there is no usable id.
  static let payloads: [Hostile] = [
    Hostile("job.pause", #"{"id":"a b","work_center":}"#, .malformed),
    Hostile("job.pause", ##"{"id":"#","work_center":}"##, .malformed),
    Hostile("job.pause", #"{"id":"a\"b","work_center":}"#, .malformed),
    Hostile("job.pause", #"{"id":"\u0061","work_center":}"#, .malformed),
    Hostile("job.pause", #"{"work_center":,"id":"1"}"#, .malformed),
    Hostile("job.pause", #"{"id":"\#(long(65))","work_center":}"#, .malformed),
    Hostile("job.pause", #"["id":"1",]"#, .malformed),
    Hostile("job.pause", "", .malformed),
    Hostile("job.pause", " ", .malformed),
    Hostile("job.pause", "null", .malformed),
    Hostile("job.pause", "[]", .malformed),
    Hostile("job.pause", #""job""#, .malformed),
    Hostile("job.pause", "7", .malformed),
    Hostile("job.pause", "{", .malformed),
    Hostile("job.pause", #"{"id":"1""#, .malformed),
    Hostile("job.pause", #"{'id':'1'}"#, .malformed),
    Hostile("job.pause", #"{id:"1"}"#, .malformed),
    Hostile("job.pause", "\u{FEFF}{}", .malformed),
    Hostile("job.pause", "{}", .malformed),
    Hostile("job.pause", #"{"id":7,"work_center":"a"}"#, .malformed),
    Hostile("job.pause", #"{"id":null,"work_center":"a"}"#, .malformed),
    Hostile("job.pause", #"{"id":"","work_center":"a"}"#, .invalidArgument),
    Hostile("job.pause", #"{"id":"a b","work_center":"a"}"#, .invalidArgument),
    Hostile("job.pause", #"{"id":"a/b","work_center":"a"}"#, .invalidArgument),
    Hostile("job.pause", #"{"id":"\u0000","work_center":"a"}"#, .invalidArgument),
    Hostile("job.pause", ##"{"id":"#","work_center":"a"}"##, .invalidArgument),
    Hostile("job.pause", #"{"id":"\#(long(65))","work_center":"a"}"#, .invalidArgument),
    Hostile("job.pause", #"{"id":"1","id":"1","work_center":"a"}"#, .malformed),
    Hostile("job.pause", "{" + (0..<257).map { #""k\#($0)":0"# }.joined(separator: ",") + "}", .tooLarge),
  ]

  /// Broken behind a usable id, which can be answered all the same.
  static let broken: [Hostile] = [
    Hostile("job.pause", #"{"id":"1",}"#, .malformed),
    Hostile("job.pause", #"{"id":"1"}{"id":"2"}"#, .malformed),
    Hostile("job.pause", #"{"id":"1"} // please"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":01}"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":1.}"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":+1}"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":0x10}"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":NaN}"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":.5}"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":"\x41"}"#, .malformed),
    Hostile("job.pause", "{\"id\":\"1\",\"work_center\":\"a\u{1}\"}", .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":"\#(long(16_400))"}"#, .tooLarge),
    Hostile("job.pause", #"{"id":"1","work_center":\#(String(repeating: "[", count: 9_000))"#, .tooLarge),
    Hostile("job.pause", #"{"id":"1","work_center":\#(String(repeating: "9", count: 65))}"#, .tooLarge),
    Hostile("job.pause", #" { "id" : "1" , "work_center" }"#, .malformed),
    Hostile("job.pause", #"{"id":"1","work_center":"a"}"# + long(16_384), .tooLarge),
  ]
}
