internal import JSON
internal import Jobs

/// One verb of the contract with its arguments: what the decoder checks, the CLI offers and the docs list.
public struct CommandVerb: Sendable {
  /// `job.start`.
  public let name: String
  /// In the order the docs list them.
  public let arguments: [ArgumentSpec]
  /// One line for the CLI's help.
  public let summary: String
  /// Where arguments exclude or need each other, as words that follow "Give".
  public let rule: String?
  let make: @Sendable (ArgumentReader) throws(Refusal) -> Command

  init(
    _ name: String, _ summary: String, _ arguments: [ArgumentSpec], rule: String? = nil,
    make: @escaping @Sendable (ArgumentReader) throws(Refusal) -> Command
  ) {
    self.name = name
    self.summary = summary
    self.arguments = arguments
    self.rule = rule
    self.make = make
  }

  /// What the CLI calls the subcommand's two words: `job` and `start`.
  public var words: (group: String, action: String) {
    let parts = name.split(separator: ".", maxSplits: 1)
    return (String(parts.first ?? ""), String(parts.last ?? ""))
  }

  /// Every verb of the contract.
  public static let all: [CommandVerb] = jobVerbs + entryVerbs + billingVerbs
  public static func named(_ name: String) -> CommandVerb? { byName[name] }

  /// A verb by its words on the command line, where a dash is as good as an underscore.
  public static func named(words group: String, _ action: String) -> CommandVerb? {
    byName["\(group).\(String(action.map { $0 == "-" ? "_" : $0 }))"]
  }

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  /// Reads the arguments and makes the command; `id` and `expires_at` are not arguments.
  func command(from object: JSONObject) throws(Refusal) -> Command {
    let arguments = try ArgumentReader.read(
      object, by: self.arguments, besides: CommandMessage.envelope, of: name)
    return try make(arguments)
  }
}
