import ArgumentParser
import Configuration
import Contract
import Foundation
import Jobs
import JSON

/// A command of the contract from the command line: `chargehand job start --work-center mill-1 --job JOB-1`.
///
/// Options come from the contract's table; what a verb is about may also be given in order without its option.
struct VerbInvocation {
  private let verb: CommandVerb
  private let arguments: [String]
  private var texts: [(name: String, text: String)] = []
  private var config = ConfigurationFile.standardPath
  private var id = "cli-\(getpid())-\(UInt64(Date().timeIntervalSince1970 * 1_000_000))"
  private var isJSON = false

  init(_ verb: CommandVerb, _ arguments: [String]) {
    self.verb = verb
    self.arguments = arguments
  }

  mutating func run() throws {
    try read()
    try send()
  }

  private mutating func read() throws {
    var rest = arguments[...]
    var isLiteral = false
    var given: Set<String> = []
    while let word = rest.popFirst() {
      if !isLiteral, word == "-h" { throw CleanExit.message(help) }
      if isLiteral || !word.hasPrefix("--") {
        try takePositional(word)
        continue
      }
      if word == "--" {
        isLiteral = true
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard given.insert(parts[0]).inserted else { throw usage("\(parts[0]) is given twice") }
      switch parts[0] {
      case "--help":
        throw CleanExit.message(help)
      case "--json": isJSON = true
      case "--config": config = try value(parts, &rest)
      case "--id": id = try value(parts, &rest)
      default: try takeOption(parts, &rest)
      }
    }
  }

  private mutating func takeOption(_ parts: [String], _ rest: inout ArraySlice<String>) throws {
    guard let spec = verb.arguments.first(where: { $0.option == parts[0] }) else {
      let known = verb.arguments.map(\.option)
      let near = Text.nearest(to: parts[0], among: known).map { "did you mean \($0)?" }
      let hint = near ?? "there are: \(known.joined(separator: " "))"
      throw usage("\(parts[0]) is no option of \(words); \(hint)")
    }
    guard !texts.contains(where: { $0.name == spec.name }) else { throw usage("\(parts[0]) is given twice") }
    if spec.kind == .flag || spec.kind == .affirmation, parts.count == 1 {
      let next = rest.first
      texts.append((spec.name, next == "true" || next == "false" ? rest.removeFirst() : "true"))
    } else {
      texts.append((spec.name, try value(parts, &rest)))
    }
  }

  private mutating func takePositional(_ word: String) throws {
    let given = Set(texts.map(\.name))
    guard let next = positional.first(where: { !given.contains($0.name) }) else {
      throw usage(
        "\(word) is more than \(words) needs; name it with an option")
    }
    texts.append((next.name, word))
  }

  /// What is required; where nothing is, what the verb is usually about.
  private var positional: [ArgumentSpec] {
    let required = verb.arguments.filter(\.isRequired)
    return required.isEmpty ? Array(verb.arguments.prefix(1)) : required
  }

  private func value(_ parts: [String], _ rest: inout ArraySlice<String>) throws -> String {
    if parts.count == 2 { return parts[1] }
    guard let next = rest.popFirst() else { throw usage("\(parts[0]) needs a value") }
    return next
  }

  private func send() throws {
    let payload = try payload()
    let configuration = try ConfigurationFile.require(config)
    let connection = try ControlConnection(path: configuration.gateway.controlSocket)
    defer { connection.close() }
    let reply = try connection.ask(verb.name, payload)
    if isJSON { print(reply.compactText) }
    guard reply["ok"]?.bool == true else {
      if !isJSON {
        let code = reply["error"]?["code"]?.string ?? "unavailable"
        throw Complaint(
          .refused,
          "\(Terminal.styled("refused", .red)) (\(code)): \(reply["error"]?["message"]?.string ?? "")")
      }
      throw Complaint(.refused)
    }
    if !isJSON { print(summary(reply["result"] ?? .null)) }
  }

  /// What the daemon would refuse whatever the shop's state is a mistake on the command line, daemon or not.
  private func payload() throws -> [UInt8] {
    do {
      let payload = try verb.payload(id: id, texts: texts)
      if case .failure(let refusal) = CommandMessage.decode(verb: verb.name, payload: payload).command,
        [.malformed, .invalidArgument, .tooLarge].contains(refusal.code)
      {
        throw refusal
      }
      return payload
    } catch let refusal as Refusal {
      throw usage(refusal.message)
    }
  }

  private func summary(_ result: JSONValue) -> String {
    let fields = (result.object ?? [:]).map { key, value in
      "\(key.replacing("_", with: " ")) \(value.string ?? value.compactText)"
    }
    return "\(Terminal.styled("done", .green))\(fields.isEmpty ? "" : ": ")\(fields.joined(separator: ", "))"
  }

  /// As they are typed, with a hyphen.
  private var words: String { "\(verb.words.group) \(verb.words.action.replacing("_", with: "-"))" }

  private func usage(_ message: String) -> Complaint { Complaint(.usage, "\(message)\n\n\(help)") }

  private var help: String {
    let names = positional.map { $0.isRequired ? $0.name.uppercased() : "[\($0.name.uppercased())]" }
    let rows = verb.arguments.map { spec in
      ["  " + spec.option, spec.isRequired ? "required" : "", "\(spec.help) (\(spec.kind.expectation))"]
    }
    let common = [
      ["  --config", "", "The configuration file."],
      ["  --id", "", "The command's id: repeated with the same id and words, it is done once."],
      ["  --json", "", "The reply as it came."],
    ]
    let rule = verb.rule.map { "\n\($0)" } ?? ""
    return """
      \(verb.summary)\(rule)
      usage: chargehand \(words) \(names.joined(separator: " ")) [options]
      What stands in capitals may be given by its option as well.

      \(Terminal.table(["options", "", ""], rows + common))
      """
  }
}
