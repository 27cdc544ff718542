import ArgumentParser
import Contract

/// Finds what ArgumentParser lets pass, or tells badly: a command that there is not, and an option given twice.
enum CommandWords {
  /// - Throws: ``Complaint`` with what somebody probably meant.
  static func check(_ arguments: [String]) throws {
    let words = Array(arguments.prefix { !$0.hasPrefix("-") }.prefix(2))
    guard let first = words.first, first != "help" else { return }
    let commands = Chargehand.configuration.subcommands
    guard let command = commands.first(where: { $0.configuration.commandName == first }) else {
      let shown = commands.filter { $0.configuration.shouldDisplay }.compactMap {
        $0.configuration.commandName
      }
      throw unknown(first, among: shown, help: "chargehand --help")
    }
    let verbs = CommandVerb.all.filter { $0.words.group == first }.map(\.words.action)
    let actions = command.configuration.subcommands.compactMap { $0.configuration.commandName } + verbs
    if words.count == 2, !actions.isEmpty, !actions.contains(words[1]) {
      throw unknown(
        words.joined(separator: " "), among: actions.map { "\(first) \($0)" },
        help: "chargehand \(first) --help")
    }
    let repeatable = command == QuoteCommand.self ? QuoteCommand.repeatable : []
    var given: Set<String> = []
    for word in arguments.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
      let option = String(word.prefix { $0 != "=" })
      // Of two values ArgumentParser would take the last, silently.
      guard given.insert(option).inserted || repeatable.contains(option) else {
        throw Complaint(.usage, "\(option) is given twice")
      }
    }
  }

  private static func unknown(_ words: String, among known: [String], help: String) -> Complaint {
    let hint = Text.nearest(to: words, among: known).map { "did you mean \"\($0)\"?" } ?? "see: \(help)"
    return Complaint(.usage, "there is no command \"\(words)\"; \(hint)")
  }
}
