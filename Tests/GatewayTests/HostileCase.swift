import Jobs
import Testing

/// Something that should not be sent, and what is said about it.
struct HostileCase: Sendable, CustomTestStringConvertible {
  let name: String
  let verb: String
  let payload: [UInt8]
  /// `false`: it has no usable id, so its reply is not to be found under one.
  let hasReply: Bool
  let code: RefusalCode

  init(_ name: String, _ verb: String, _ payload: String, _ code: RefusalCode, hasReply: Bool = true) {
    self.init(name, verb, bytes: Array(payload.utf8), code, hasReply: hasReply)
  }

  init(_ name: String, _ verb: String, bytes: [UInt8], _ code: RefusalCode, hasReply: Bool = true) {
    self.name = name
    self.verb = verb
    payload = bytes
    self.code = code
    self.hasReply = hasReply
  }

  var testDescription: String { name }

  /// `ID` stands for an id of its own.
  func payload(id: String) -> [UInt8] {
    Array(String(decoding: payload, as: UTF8.self).replacing("ID", with: id).utf8)
  }

  /// In a shop with the open job `J-1`, the complete job `J-9`, and the mill at work for `J-1`.
  static let all: [HostileCase] = form + values + names + states

  private static let form = [
    HostileCase("nothing at all", "job.create", "", .malformed, hasReply: false),
    HostileCase("no JSON", "job.create", "give me a job", .malformed, hasReply: false),
    HostileCase("half an object", "job.complete", #"{"id":"ID","job":"J-1""#, .malformed),
    HostileCase("a list", "job.complete", #"["ID","J-1"]"#, .malformed, hasReply: false),
    HostileCase("a duplicate key", "job.complete", #"{"id":"ID","job":"J-1","job":"J-2"}"#, .malformed),
    HostileCase(
      "two ids", "job.complete", #"{"id":"ID","id":"other","job":"J-1"}"#, .malformed, hasReply: false),
    HostileCase(
      "a key twice by escape", "job.complete", #"{"id":"ID","job":"J-1","j\u006fb":"J-2"}"#, .malformed),
    HostileCase("bytes after the end", "job.complete", #"{"id":"ID","job":"J-1"} x"#, .malformed),
    HostileCase("a comment", "job.complete", #"{"id":"ID",/* now */"job":"J-1"}"#, .malformed),
    HostileCase("single quotes", "job.complete", "{'id':'ID','job':'J-1'}", .malformed, hasReply: false),
    HostileCase("no id", "job.complete", #"{"job":"J-1"}"#, .malformed, hasReply: false),
    HostileCase("a number as id", "job.complete", #"{"id":7,"job":"J-1"}"#, .malformed, hasReply: false),
    HostileCase(
      "an id with a wildcard", "job.complete", #"{"id":"a+b","job":"J-1"}"#, .invalidArgument, hasReply: false
    ),
    HostileCase(
      "an id with a slash", "job.complete", #"{"id":"a/b","job":"J-1"}"#, .invalidArgument, hasReply: false),
    HostileCase(
      "an id too long", "job.complete", #"{"id":"\#(String(repeating: "x", count: 65))","job":"J-1"}"#,
      .invalidArgument, hasReply: false),
    HostileCase("a missing argument", "job.complete", #"{"id":"ID"}"#, .malformed),
    HostileCase("an unknown argument", "job.complete", #"{"id":"ID","job":"J-1","force":true}"#, .malformed),
    HostileCase("a wrong type", "job.complete", #"{"id":"ID","job":1001}"#, .malformed),
    HostileCase("null", "job.complete", #"{"id":"ID","job":null}"#, .malformed),
    HostileCase("an unknown verb", "job.destroy", #"{"id":"ID","job":"J-1"}"#, .unknownVerb),
    HostileCase("a verb in capitals", "JOB.CREATE", #"{"id":"ID","job":"J-3"}"#, .unknownVerb),
    HostileCase(
      "a verb of a kilobyte", String(repeating: "v", count: 1024), #"{"id":"ID"}"#, .unknownVerb),
    HostileCase(
      "too large", "job.create", #"{"id":"ID","job":"\#(String(repeating: "x", count: 17_000))"}"#, .tooLarge),
    HostileCase(
      "too deep", "job.create",
      #"{"id":"ID","parts":\#(String(repeating: "[", count: 40))\#(String(repeating: "]", count: 40))}"#,
      .tooLarge),
    HostileCase(
      "expired", "job.complete", #"{"id":"ID","expires_at":"2020-01-01T00:00:00Z","job":"J-1"}"#, .expired),
    HostileCase(
      "an expiry that is no time", "job.complete", #"{"id":"ID","expires_at":"tomorrow","job":"J-1"}"#,
      .invalidArgument),
    HostileCase(
      "no UTF-8", "job.create", bytes: [0x7B, 0x22, 0xFF, 0xFE, 0x22, 0x7D], .malformed, hasReply: false),
  ]

  private static let values = [
    HostileCase("negative minutes", "labor.record", labor(#""minutes":-5"#), .invalidArgument),
    HostileCase("no minutes", "labor.record", labor(#""minutes":0"#), .invalidArgument),
    HostileCase("years of minutes", "labor.record", labor(#""minutes":1e9"#), .invalidArgument),
    HostileCase("too fine minutes", "labor.record", labor(#""minutes":0.00001"#), .invalidArgument),
    HostileCase("minutes in words", "labor.record", labor(#""minutes":"ten""#), .invalidArgument),
    HostileCase(
      "minutes beyond any number", "labor.record", labor(#""minutes":1e999999999"#), .invalidArgument),
    HostileCase("a job with a slash", "job.complete", #"{"id":"ID","job":"../J-1"}"#, .invalidArgument),
    HostileCase("a job with a NUL", "job.complete", #"{"id":"ID","job":"J\u0000"}"#, .invalidArgument),
    HostileCase(
      "a job with a wildcard", "job.create", #"{"id":"ID","job":"a+b","customer":"acme","parts":[]}"#,
      .invalidArgument),
    HostileCase(
      "a title with a bell", "job.create",
      #"{"id":"ID","job":"J-4","customer":"acme","title":"a\u0007","parts":[]}"#,
      .invalidArgument),
    HostileCase(
      "an outcome of its own", "job.stop", #"{"id":"ID","work_center":"mill-1","outcome":"great"}"#,
      .invalidArgument),
    HostileCase(
      "both kinds of target", "job.complete", #"{"id":"ID","job":"J-1","work_center":"mill-1"}"#, .malformed),
    HostileCase(
      "a part without its job", "job.start", #"{"id":"ID","work_center":"mill-1","part":"plate"}"#, .malformed
    ),
    HostileCase(
      "grams without bound", "material.record",
      #"{"id":"ID","job":"J-1","material":"pla-black","grams":1e12}"#,
      .invalidArgument),
  ]

  private static let names = [
    HostileCase("an unknown job", "job.complete", #"{"id":"ID","job":"J-404"}"#, .unknownJob),
    HostileCase(
      "an unknown work center", "job.start", #"{"id":"ID","work_center":"press-7","job":"J-1"}"#,
      .unknownWorkCenter),
    HostileCase(
      "an unknown part", "job.start", #"{"id":"ID","work_center":"printer-1","job":"J-1","part":"wing"}"#,
      .unknownPart),
    HostileCase(
      "an unknown customer", "job.create", #"{"id":"ID","job":"J-5","customer":"nobody","parts":[]}"#,
      .unknownCustomer),
    HostileCase(
      "an unknown material", "material.load", #"{"id":"ID","scale":"scale-2","material":"gold"}"#,
      .unknownMaterial),
    HostileCase(
      "an unknown device", "material.load", #"{"id":"ID","scale":"scale-9","material":"pla-black"}"#,
      .unknownScale),
    HostileCase(
      "an unknown service", "service.add", #"{"id":"ID","job":"J-1","service":"coffee"}"#, .unknownService),
    HostileCase(
      "an unknown activity", "labor.start",
      #"{"id":"ID","job":"J-1","operator":"mira","activity":"sleeping"}"#,
      .unknownActivity),
    HostileCase(
      "an unknown draft", "draft.resend", #"{"id":"ID","draft_id":"ZZZZZZ-000001"}"#, .unknownDraft),
    HostileCase("an unknown entry", "entry.void", #"{"id":"ID","entry":"E404","reason":"x"}"#, .unknownEntry),
    HostileCase("unknown usage", "usage.assign", #"{"id":"ID","usage":"U404","job":"J-1"}"#, .unknownUsage),
    HostileCase(
      "an unknown run", "job.reassign", #"{"id":"ID","run":"R404","job":"J-1","reason":"x"}"#, .unknownRun),
    HostileCase(
      "an unknown hold", "hold.settle", #"{"id":"ID","job":"J-1","hold":"h","reason":"x","accept":true}"#,
      .unknownHold),
  ]

  private static let states = [
    HostileCase(
      "a start where something runs", "job.start",
      #"{"id":"ID","work_center":"mill-1","job":"J-1","part":"plate"}"#, .alreadyRunning),
    HostileCase(
      "a stop where nothing runs", "job.stop", #"{"id":"ID","work_center":"printer-1"}"#, .notRunning),
    HostileCase(
      "completion where nothing ran", "job.complete", #"{"id":"ID","work_center":"printer-1"}"#, .notRunning),
    HostileCase(
      "a pause while the machine goes on", "job.pause", #"{"id":"ID","work_center":"mill-1"}"#, .wrongState),
    HostileCase(
      "a job that exists", "job.create", #"{"id":"ID","job":"J-1","customer":"acme","parts":[]}"#,
      .alreadyExists),
    HostileCase(
      "a start of a complete job", "job.start", #"{"id":"ID","work_center":"printer-1","job":"J-9"}"#,
      .wrongState),
    HostileCase(
      "the end of labor that never began", "labor.stop",
      #"{"id":"ID","job":"J-1","operator":"mira","activity":"post-processing"}"#, .notRunning),
  ]

  private static func labor(_ minutes: String) -> String {
    #"{"id":"ID","job":"J-1","operator":"mira","activity":"post-processing",\#(minutes)}"#
  }
}
